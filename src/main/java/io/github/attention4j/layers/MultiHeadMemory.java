package io.github.attention4j.layers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** What lies between the parts of a multi-head attention, on the device. */
final class MultiHeadMemory implements AutoCloseable {
    /** Query, key and value of each row side by side; with cross attention the query alone. */
    final DeviceTensor projected;

    /** Key and value of each row of the memory; the same tensor where there is none. */
    final DeviceTensor ofMemory;

    /** What attention gives. */
    final DeviceTensor attended;

    /** Null without gradients. */
    final DeviceTensor lse;

    /** For a cache, else null. */
    final DeviceTensor keys;

    final DeviceTensor values;

    /** The part of a packed bias that each projection takes; null where it takes all. */
    final List<DeviceTensor> biases = new ArrayList<>();

    /** Likewise of packed scales. */
    final List<DeviceTensor> scales = new ArrayList<>();

    /** The gradient of the part of a packed weight that each projection takes; null where it takes all. */
    final List<DeviceTensor> gradWeights = new ArrayList<>();

    /** Likewise of a bias. */
    final List<DeviceTensor> gradBiases = new ArrayList<>();

    /** As of what they are the gradients of; null without gradients. */
    final DeviceTensor gradProjected;

    final DeviceTensor gradOfMemory;
    final DeviceTensor gradAttended;

    private final AttentionEngine engine;
    private final List<DeviceTensor> all = new ArrayList<>();
    private volatile boolean closed;

    MultiHeadMemory(AttentionEngine engine, MultiHeadShapes shapes) {
        this.engine = engine;
        try {
            projected = projected(shapes);
            ofMemory = shapes.isCross ? ofMemory(shapes) : projected;
            attended = make(shapes.attention.operand(Operand.OUT));
            lse = shapes.hasBackward ? make(shapes.attention.operand(Operand.LSE)) : null;
            keys = shapes.cache == null ? null : rows(shapes);
            values = shapes.cache == null ? null : rows(shapes);
            for (Projection projection : shapes.projections) {
                LinearSpec part = projection.spec();
                boolean isPart = projection.isPart(shapes.packedColumns());
                boolean hasPart = projection.hasPartOf(LayerOperand.BIAS, shapes.packedColumns());
                biases.add(hasPart ? make(1, part.outFeatures(), shapes.biasType) : null);
                boolean hasScales = projection.hasPartOf(LayerOperand.WEIGHT_SCALES, shapes.packedColumns());
                scales.add(hasScales ? make(1, part.outFeatures(), DType.F32) : null);
                boolean isBackward = shapes.hasBackward;
                gradWeights.add(isPart && isBackward ? make(part.outFeatures(), part.inFeatures(), DType.F32) : null);
                gradBiases.add(hasPart && isBackward ? make(1, part.outFeatures(), DType.F32) : null);
            }
            gradProjected = shapes.hasBackward ? projected(shapes) : null;
            gradOfMemory = shapes.hasBackward && shapes.isCross ? ofMemory(shapes) : gradProjected;
            gradAttended = shapes.hasBackward ? make(shapes.attention.operand(Operand.OUT)) : null;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private DeviceTensor make(TensorSpec tensor) {
        DeviceTensor made = engine.allocate(tensor);
        all.add(made);
        return made;
    }

    private DeviceTensor make(int rows, int columns, DType type) {
        return make(TensorSpec.dense(type, 1, 1, rows, columns));
    }

    private DeviceTensor projected(MultiHeadShapes shapes) {
        return make(
                shapes.isCross
                        ? shapes.attention.operand(Operand.QUERY)
                        : TensorSpec.dense(shapes.inputType, 1, 1, shapes.rows, shapes.packedColumns()));
    }

    private DeviceTensor ofMemory(MultiHeadShapes shapes) {
        return make(TensorSpec.dense(shapes.inputType, 1, 1, shapes.memoryRows, 2 * shapes.keyColumns));
    }

    private DeviceTensor rows(MultiHeadShapes shapes) {
        DType type = shapes.inputType;
        int kvHeads = shapes.cache.spec().kvHeads();
        return make(TensorSpec.dense(type, 1, shapes.rows, kvHeads, shapes.keyColumns / kvHeads));
    }

    /** Where a projection writes. */
    DeviceTensor projected(Projection projection) {
        return projection.isOfMemory() ? ofMemory : projected;
    }

    /** The gradient with respect to that. */
    DeviceTensor gradProjected(Projection projection) {
        return projection.isOfMemory() ? gradOfMemory : gradProjected;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("layer is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        all.forEach(DeviceTensor::close);
    }
}
