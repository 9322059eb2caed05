/** Whole models that the bench looks into: what is read at once, where an encoder looks, and how a decoder goes on. */
package io.github.attention4j.bench.model;
