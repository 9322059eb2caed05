/** Reads models' files. */
package io.github.attention4j.transformer.internal.files;
