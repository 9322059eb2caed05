/** Calls by plans that are made once and kept, as an engine gets them. */
package io.github.attention4j.internal.calls;
