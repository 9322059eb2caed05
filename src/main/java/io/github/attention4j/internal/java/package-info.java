/**
 * This JVM as a device: engine, plans, streams and events in plain Java. It calls the rooms below, which do not know
 * it: {@code reference} and {@code tiled} compute, by the rules of {@code steps}, on the rows of {@code memory}, with
 * the {@code threads} of an engine.
 *
 * <p>What is also a kernel file has its name here, and what does the same has the name of the function there:
 *
 * <table>
 * <caption>Twins</caption>
 * <tr><th>kernels</th><th>Java</th><th>on vectors</th></tr>
 * <tr><td>{@code softmax.clh}: {@code softmax_weigh}, {@code _start}, {@code _mean}, {@code _lse}</td><td>{@code steps.Softmax}</td><td>{@code VectorSoftmax}</td></tr>
 * <tr><td>{@code score.clh}: {@code score_of_pair}</td><td>{@code steps.Score}</td><td>{@code VectorScore}</td></tr>
 * <tr><td>{@code pairs.clh}: bias and keep-mask as one term</td><td>{@code steps.Pairs}</td><td></td></tr>
 * <tr><td>{@code mask.clh}: {@code mask_row}; {@code mask_rows}, {@code _any}, {@code _all}</td><td>{@code steps.MaskRow}; {@code tiled.MaskRows}</td><td></td></tr>
 * <tr><td>{@code rows.clh}</td><td>{@code memory.Rows}</td><td></td></tr>
 * <tr><td>{@code types.clh}</td><td>{@code memory.Codec}</td><td>{@code HalfVectors}</td></tr>
 * <tr><td>{@code sequence.clh}, {@code rotary.clh}, {@code quantise.clh}</td><td>{@code memory.Sequence}, {@code RotaryTable}, {@code Quantiser}</td><td></td></tr>
 * <tr><td>{@code layers/activation.clh}</td><td>{@code steps.Activations}</td><td>{@code VectorActivations}</td></tr>
 * <tr><td>layers that treat each row by itself: {@code layers/rows.clh}</td><td>{@code layers.RowKinds}</td><td></td></tr>
 * </table>
 *
 * <p>A change to what a score or a weight is, such as a function of the user's, goes into {@code Score} or
 * {@code Softmax} and their twins.
 */
package io.github.attention4j.internal.java;
