package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.transformer.Pooling;

/**
 * An encoder on a device; its files may be forgotten.
 *
 * @param config its sizes
 * @param weights on the device
 * @param pooling how rows become a vector
 * @param normalized whether vectors are scaled to length 1
 */
record EncoderModel(BertConfig config, EncoderWeights weights, Pooling pooling, boolean normalized) {}
