package io.github.attention4j.layers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The gradients of a multi-head attention, part by part from the last to the first. */
final class MultiHeadGradients {
    private final LayerPlan output;
    private final AttentionPlan attention;
    private final List<Step> steps = new ArrayList<>();

    /**
     * Gradients of a projection.
     *
     * @param number of the projection
     * @param weightCopy takes the gradient of its part of a packed weight to its place, or null
     * @param biasCopy likewise of a bias
     */
    private record Step(int number, Projection projection, LayerPlan plan, LayerPlan weightCopy, LayerPlan biasCopy) {}

    MultiHeadGradients(AttentionEngine engine, MultiHeadShapes shapes) {
        output = engine.plan(shapes.output.backward());
        attention = engine.plan(shapes.attention.backward());
        Set<MultiHeadOperand> sources = EnumSet.noneOf(MultiHeadOperand.class);
        for (int i = 0; i < shapes.projections.size(); i++) {
            Projection projection = shapes.projections.get(i);
            LinearSpec spec = projection.spec();
            if (sources.add(projection.source())) {
                steps.add(step(engine, shapes, i, spec.backward()));
            } else { // the gradient of a source that others have is the sum, but those of weights are their own
                LinearSpec ofInput = spec.backward(LayerOperand.GRAD_INPUT).accumulating();
                steps.add(step(engine, shapes, i, ofInput));
                LinearSpec ofWeight = shapes.hasBias
                        ? spec.backward(LayerOperand.GRAD_WEIGHT, LayerOperand.GRAD_BIAS)
                        : spec.backward(LayerOperand.GRAD_WEIGHT);
                steps.add(step(engine, shapes, i, ofWeight));
            }
        }
    }

    private static Step step(AttentionEngine engine, MultiHeadShapes shapes, int number, LinearSpec gradients) {
        Projection projection = shapes.projections.get(number);
        boolean isPart = projection.isPart(shapes.packedColumns());
        boolean hasWeight = isPart && gradients.has(LayerOperand.GRAD_WEIGHT);
        boolean hasBias = isPart && gradients.has(LayerOperand.GRAD_BIAS);
        return new Step(
                number,
                projection,
                engine.plan(gradients),
                hasWeight ? engine.plan(shapes.weightGradientCopy(projection)) : null,
                hasBias ? engine.plan(shapes.biasGradientCopy(projection)) : null);
    }

    void enqueue(Stream stream, MultiHeadTensors tensors, MultiHeadMemory memory) {
        LayerTensors last = new LayerTensors()
                .with(LayerOperand.GRAD_OUT, tensors.get(MultiHeadOperand.GRAD_OUT))
                .with(LayerOperand.INPUT, memory.attended)
                .with(LayerOperand.WEIGHT, tensors.get(MultiHeadOperand.OUT_WEIGHT))
                .with(LayerOperand.GRAD_INPUT, memory.gradAttended)
                .with(LayerOperand.GRAD_WEIGHT, tensors.get(MultiHeadOperand.GRAD_OUT_WEIGHT));
        if (output.spec().has(LayerOperand.GRAD_BIAS)) {
            last.with(LayerOperand.GRAD_BIAS, tensors.get(MultiHeadOperand.GRAD_OUT_BIAS));
        }
        output.enqueue(stream, last);
        AttentionTensors call = new AttentionTensors();
        tensors.addTo(call);
        attention.enqueue(
                stream,
                call.with(Operand.QUERY, memory.projected)
                        .with(Operand.KEY, memory.ofMemory)
                        .with(Operand.VALUE, memory.ofMemory)
                        .with(Operand.OUT, memory.attended)
                        .with(Operand.LSE, memory.lse)
                        .with(Operand.GRAD_OUT, memory.gradAttended)
                        .with(Operand.GRAD_QUERY, memory.gradProjected)
                        .with(Operand.GRAD_KEY, memory.gradOfMemory)
                        .with(Operand.GRAD_VALUE, memory.gradOfMemory));
        for (Step step : steps) {
            enqueue(stream, step, tensors, memory);
        }
    }

    private static void enqueue(Stream stream, Step step, MultiHeadTensors tensors, MultiHeadMemory memory) {
        Projection projection = step.projection;
        LayerSpec spec = step.plan.spec();
        LayerTensors call = new LayerTensors().with(LayerOperand.GRAD_OUT, memory.gradProjected(projection));
        if (spec.has(LayerOperand.GRAD_INPUT)) {
            call.with(LayerOperand.WEIGHT, tensors.get(projection.weight()))
                    .with(
                            LayerOperand.GRAD_INPUT,
                            tensors.get(projection.source().gradient()));
        }
        DeviceTensor weight = tensors.get(projection.weight().gradient());
        DeviceTensor bias = tensors.get(projection.bias().gradient());
        if (spec.has(LayerOperand.GRAD_WEIGHT)) {
            call.with(LayerOperand.INPUT, tensors.get(projection.source()))
                    .with(
                            LayerOperand.GRAD_WEIGHT,
                            step.weightCopy == null ? weight : memory.gradWeights.get(step.number));
        }
        if (spec.has(LayerOperand.GRAD_BIAS)) {
            call.with(LayerOperand.GRAD_BIAS, step.biasCopy == null ? bias : memory.gradBiases.get(step.number));
        }
        step.plan.enqueue(stream, call);
        copy(stream, step.weightCopy, memory.gradWeights.get(step.number), weight);
        copy(stream, step.biasCopy, memory.gradBiases.get(step.number), bias);
    }

    private static void copy(Stream stream, LayerPlan plan, DeviceTensor part, DeviceTensor whole) {
        if (plan != null) {
            plan.enqueue(
                    stream, new LayerTensors().with(LayerOperand.INPUT, part).with(LayerOperand.OUT, whole));
        }
    }
}
