package io.github.attention4j.layers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Multi-head attention with its projections, as models have it:
 *
 * <pre>
 * query, key, value = input · in_weightᵀ + in_bias      (key and value of memory, with cross(..))
 * out = attention(query, key, value) · out_weightᵀ + out_bias (+ residual)
 * </pre>
 *
 * <p>Rows of input are those of all batch entries behind one another, ragged or not; what attention reads lies as the
 * projections wrote it, nothing is copied. Planned once, then only enqueued. What lies between is kept on the device
 * with this object, so calls must go to one stream, or to streams that the caller makes wait for each other.
 *
 * <p>With {@link MultiHeadAttentionBuilder#backward}, {@link #enqueueBackward} computes the gradients of the call
 * before.
 */
public final class MultiHeadAttention implements AutoCloseable {
    private final MultiHeadShapes shapes;
    private final Map<MultiHeadOperand, TensorSpec> operands;
    private final MultiHeadMemory memory;
    private final List<Step> projections = new ArrayList<>();
    private final AttentionPlan attention;
    private final LayerPlan output;
    private final LayerPlan keyCopy;
    private final LayerPlan valueCopy;
    private final MultiHeadGradients gradients;

    /** A projection with its plan, and with those which copy its parts of a bias and of scales, or null. */
    private record Step(Projection projection, LayerPlan plan, LayerPlan biasCopy, LayerPlan scalesCopy) {}

    MultiHeadAttention(AttentionEngine engine, MultiHeadShapes shapes) {
        this.shapes = shapes;
        operands = shapes.operands();
        for (Projection projection : shapes.projections) {
            projections.add(new Step(
                    projection,
                    engine.plan(projection.spec()),
                    partCopy(engine, projection, LayerOperand.BIAS),
                    partCopy(engine, projection, LayerOperand.WEIGHT_SCALES)));
        }
        attention = engine.plan(shapes.attention);
        output = engine.plan(shapes.output);
        boolean appends = shapes.cache != null;
        keyCopy = appends ? engine.plan(shapes.cacheCopy(shapes.queryColumns)) : null;
        valueCopy = appends ? engine.plan(shapes.cacheCopy(shapes.queryColumns + shapes.keyColumns)) : null;
        gradients = shapes.hasBackward ? new MultiHeadGradients(engine, shapes) : null;
        memory = new MultiHeadMemory(engine, shapes);
    }

    private LayerPlan partCopy(AttentionEngine engine, Projection projection, LayerOperand operand) {
        boolean isPart = projection.hasPartOf(operand, shapes.packedColumns());
        return isPart ? engine.plan(shapes.partCopy(projection, operand)) : null;
    }

    /** A new request. */
    public static MultiHeadAttentionBuilder builder() {
        return new MultiHeadAttentionBuilder();
    }

    /** The attention in the middle, with all its options. */
    public AttentionSpec attention() {
        return shapes.attention;
    }

    /** Rows of input and out, of all batch entries together. */
    public int rows() {
        return shapes.rows;
    }

    /** Whether calls have this operand. */
    public boolean has(MultiHeadOperand operand) {
        return operands.containsKey(Objects.requireNonNull(operand, "operand"));
    }

    /**
     * Type and shape of an operand.
     *
     * @throws IllegalArgumentException if calls do not have it
     */
    public TensorSpec operand(MultiHeadOperand operand) {
        if (!has(operand)) {
            throw new IllegalArgumentException("this layer has no " + operand.label());
        }
        return operands.get(operand);
    }

    /** How each part is computed; several lines for people. */
    public String explain() {
        StringBuilder text = new StringBuilder();
        for (Step step : projections) {
            text.append(step.plan.explain()).append('\n');
        }
        return text.append(attention.explain())
                .append('\n')
                .append(output.explain())
                .toString();
    }

    /**
     * Enqueues the layer and returns at once.
     *
     * @throws IllegalArgumentException if an operand is missing, too many, does not fit, or is of another engine; or if
     *     there is a cache
     * @throws IllegalStateException if stream, tensors, engine or this are closed
     */
    public void enqueue(Stream stream, MultiHeadTensors tensors) {
        if (shapes.cache != null) {
            throw new IllegalArgumentException(
                    "this layer appends to a cache; say to which of its sequences: enqueue(stream, tensors, sequences, counts)");
        }
        check(tensors, false);
        project(stream, tensors);
        attend(stream, tensors);
    }

    /**
     * Likewise, and appends the keys and values of the rows to sequences of the cache, which then see them.
     *
     * @param sequences of the cache, none twice
     * @param counts rows of each, which lie behind one another in input
     * @throws io.github.attention4j.CacheFullException if the cache has no room for them
     */
    public void enqueue(Stream stream, MultiHeadTensors tensors, int[] sequences, int[] counts) {
        if (shapes.cache == null) {
            throw new IllegalArgumentException("this layer has no cache; build it with cache(..)");
        }
        check(tensors, false);
        project(stream, tensors);
        copy(stream, keyCopy, memory.projected, memory.keys);
        copy(stream, valueCopy, memory.projected, memory.values);
        shapes.cache.append(stream, sequences, counts, memory.keys, memory.values);
        attend(stream, tensors);
    }

    /**
     * Enqueues the gradients of the call that was enqueued last, from {@link MultiHeadOperand#GRAD_OUT} and the same
     * tensors.
     *
     * @throws IllegalArgumentException likewise, or if the layer was built without {@code backward()}
     */
    public void enqueueBackward(Stream stream, MultiHeadTensors tensors) {
        if (gradients == null) {
            throw new IllegalArgumentException("this layer was built without gradients; ask for backward()");
        }
        check(tensors, true);
        gradients.enqueue(stream, tensors, memory);
    }

    private void check(MultiHeadTensors tensors, boolean isBackward) {
        Objects.requireNonNull(tensors, "tensors");
        memory.requireOpen();
        for (MultiHeadOperand operand : MultiHeadOperand.values()) {
            boolean isWanted = has(operand) && (isBackward || !operand.isOfBackward());
            if (isWanted && !tensors.has(operand)) {
                throw new IllegalArgumentException("the layer has " + operand.label()
                        + ", but no tensor is given for it; pass one of type "
                        + operand(operand).dtype() + " and shape "
                        + operand(operand).shape());
            }
            if (!has(operand) && tensors.has(operand)) {
                throw new IllegalArgumentException("a tensor for " + operand.label()
                        + " is given, but the layer does not have this operand; build the layer with it");
            }
            if (isWanted && tensors.get(operand).elements() != operand(operand).elements()) {
                throw new IllegalArgumentException(operand.label() + " must have "
                        + operand(operand).elements() + " elements for "
                        + operand(operand).shape() + ", but has "
                        + tensors.get(operand).elements());
            }
        }
    }

    private void project(Stream stream, MultiHeadTensors tensors) {
        for (int i = 0; i < projections.size(); i++) {
            Step step = projections.get(i);
            Projection projection = step.projection;
            LayerTensors call = new LayerTensors()
                    .with(LayerOperand.INPUT, tensors.get(projection.source()))
                    .with(LayerOperand.WEIGHT, tensors.get(projection.weight()))
                    .with(LayerOperand.OUT, memory.projected(projection));
            if (shapes.hasBias) {
                DeviceTensor bias = tensors.get(projection.bias());
                call.with(LayerOperand.BIAS, part(stream, step.biasCopy, bias, memory.biases.get(i)));
            }
            if (projection.spec().has(LayerOperand.WEIGHT_SCALES)) {
                DeviceTensor scales = tensors.get(projection.weight().scales());
                call.with(LayerOperand.WEIGHT_SCALES, part(stream, step.scalesCopy, scales, memory.scales.get(i)));
            }
            step.plan.enqueue(stream, call);
        }
    }

    /** The whole tensor, or the part of it that the copy takes. */
    private static DeviceTensor part(Stream stream, LayerPlan copy, DeviceTensor whole, DeviceTensor part) {
        if (copy == null) {
            return whole;
        }
        copy(stream, copy, whole, part);
        return part;
    }

    private static void copy(Stream stream, LayerPlan plan, DeviceTensor from, DeviceTensor to) {
        plan.enqueue(stream, new LayerTensors().with(LayerOperand.INPUT, from).with(LayerOperand.OUT, to));
    }

    private void attend(Stream stream, MultiHeadTensors tensors) {
        AttentionTensors call = new AttentionTensors();
        tensors.addTo(call);
        call.with(Operand.QUERY, memory.projected).with(Operand.OUT, memory.attended);
        if (shapes.cache != null) {
            shapes.cache.addTo(call);
        } else {
            call.with(Operand.KEY, memory.ofMemory).with(Operand.VALUE, memory.ofMemory);
        }
        if (shapes.hasBackward) {
            call.with(Operand.LSE, memory.lse);
        }
        attention.enqueue(stream, call);
        LayerTensors last = new LayerTensors()
                .with(LayerOperand.INPUT, memory.attended)
                .with(LayerOperand.WEIGHT, tensors.get(MultiHeadOperand.OUT_WEIGHT))
                .with(LayerOperand.OUT, tensors.get(MultiHeadOperand.OUT));
        if (shapes.weightType.isQuantised()) {
            last.with(LayerOperand.WEIGHT_SCALES, tensors.get(MultiHeadOperand.OUT_WEIGHT_SCALES));
        }
        if (shapes.hasBias) {
            last.with(LayerOperand.BIAS, tensors.get(MultiHeadOperand.OUT_BIAS));
        }
        if (shapes.hasResidual) {
            last.with(LayerOperand.RESIDUAL, tensors.get(MultiHeadOperand.RESIDUAL));
        }
        output.enqueue(stream, last);
    }

    /** Frees what lies between once no queued work uses it; a cache stays open. Closing twice is harmless. */
    @Override
    public void close() {
        memory.close();
    }
}
