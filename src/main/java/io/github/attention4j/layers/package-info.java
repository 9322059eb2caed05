/**
 * What stands around attention in a model: linear layers and what goes with them. A
 * {@link io.github.attention4j.layers.LayerSpec} says what to compute,
 * {@link io.github.attention4j.AttentionEngine#plan(LayerSpec)} decides how, once, and the
 * {@link io.github.attention4j.layers.LayerPlan} is enqueued many times on {@link io.github.attention4j.DeviceTensor}s,
 * in one stream with attention, so that nothing between the first layer and the last leaves the device.
 */
package io.github.attention4j.layers;
