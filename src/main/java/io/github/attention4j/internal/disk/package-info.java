/**
 * Where something may be read from or left on disk: paths from text, whether a folder is this user's alone, and files
 * that are written whole. Native code and compiled programs come from such places only; a place that will not do costs
 * a sentence and never an engine. Knows nothing of what the files hold.
 */
package io.github.attention4j.internal.disk;
