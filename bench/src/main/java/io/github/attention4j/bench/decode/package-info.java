/** One step of text generation over full caches of each type, beside how fast the device reads. */
package io.github.attention4j.bench.decode;
