/** What both example models share: weights from files, linear layers, norms, and the vocabulary of a tokenizer. */
package io.github.attention4j.examples.model;
