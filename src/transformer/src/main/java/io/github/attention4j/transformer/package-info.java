/**
 * Whole transformer models from their files, computed on the device that is there: texts in, embeddings out
 * ({@link io.github.attention4j.transformer.TextEncoder}), and texts that go on
 * ({@link io.github.attention4j.transformer.TextDecoder}).
 *
 * <p>Tokenizers are read by this package's own Java and not by Hugging Face's library in Rust, which
 * {@code ai.djl.huggingface:tokenizers} brings to Java. That one, under the same license, knows every kind of
 * tokenizer, but it is native code for four platforms (Linux, macOS and Windows, not musl), 19 MB packed, which is
 * unpacked to a folder of the user's when it is first used. The two kinds that the models of this package have,
 * WordPiece and byte-level BPE, are a few hundred lines; their pieces are the same, which tests compare on real texts.
 * Models with other tokenizers are refused by name.
 */
package io.github.attention4j.transformer;
