/**
 * The public API. {@link io.github.attention4j.AttentionSpec} says what to compute,
 * {@link io.github.attention4j.AttentionEngine} computes it on one device, at once ({@code attend}) or as an
 * {@link io.github.attention4j.AttentionPlan} that is decided once and enqueued many times on
 * {@link io.github.attention4j.DeviceTensor}s. {@link io.github.attention4j.KvCache} keeps keys and values for text
 * generation, {@link io.github.attention4j.AttentionEngine#devices} lists what there is, and
 * {@link io.github.attention4j.Diagnose} says why something is not.
 */
package io.github.attention4j;
