/** Small programs over whole models of {@code attention4j-transformer}: sentence embeddings, and text that goes on. */
package io.github.attention4j.examples.models;
