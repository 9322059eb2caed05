/** From text to tokens and back. */
package io.github.attention4j.transformer.internal.text;
