package io.github.attention4j.layers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.KvCache;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a multi-head attention is made of: sizes, the attention in the middle, and the projections before and behind.
 */
final class MultiHeadShapes {
    final AttentionSpec attention;
    final List<Projection> projections = new ArrayList<>();
    final LinearSpec output;
    final KvCache cache;
    final boolean isCross;
    final boolean hasBias;
    final boolean hasResidual;
    final boolean hasBackward;
    final DType inputType;
    final DType weightType;
    final DType biasType;
    /** Columns of all query heads, and of all key heads. */
    final int queryColumns;

    final int keyColumns;
    final int rows;
    final int memoryRows;

    private final MultiHeadAttentionBuilder asked;
    private final int headDim;
    private final int kvHeads;

    MultiHeadShapes(MultiHeadAttentionBuilder asked) {
        this.asked = asked;
        LayerChecks.requireSet("width", asked.width);
        LayerChecks.requireSet("heads", asked.heads);
        if (asked.options == null) {
            throw new IllegalArgumentException("lengths were not set; call attention(a -> a.sequenceLength(..))");
        }
        if (asked.headDim == 0 && asked.width % asked.heads != 0) {
            throw new IllegalArgumentException("width must be a multiple of heads, but they are " + asked.width
                    + " and " + asked.heads + "; give headDim(..) too");
        }
        requireTogether();
        headDim = asked.headDim == 0 ? asked.width / asked.heads : asked.headDim;
        kvHeads = asked.kvHeads == 0 ? asked.heads : asked.kvHeads;
        queryColumns = Math.multiplyExact(asked.heads, headDim);
        keyColumns = Math.multiplyExact(kvHeads, headDim);
        cache = asked.cache;
        isCross = asked.isCross;
        hasBias = asked.hasBias;
        hasResidual = asked.hasResidual;
        hasBackward = asked.hasBackward;
        inputType = asked.inputType;
        weightType = asked.weightType;
        biasType = weightType.isQuantised() ? DType.F32 : weightType;
        attention = attention();
        TensorSpec query = attention.operand(Operand.QUERY);
        rows = Math.multiplyExact(query.batch(), query.rows());
        TensorSpec key = attention.operand(Operand.KEY);
        memoryRows = isCross ? Math.multiplyExact(key.batch(), key.rows()) : rows;
        addProjections();
        LinearSpecBuilder last = linear(rows, queryColumns, asked.width, asked.outType);
        output = (hasResidual ? last.residual() : last).build();
    }

    private void requireTogether() {
        if (asked.isCross && asked.cache != null) {
            throw new IllegalArgumentException("a cache is for rows that attend to those before them, but cross(..)"
                    + " takes keys from a memory; append its keys once and attend to the cache without this layer");
        }
        if (asked.hasBackward && asked.cache != null) {
            throw new IllegalArgumentException("there are no gradients through a cache; build a layer without it");
        }
        if (asked.hasBackward && asked.weightType.isQuantised()) {
            throw new IllegalArgumentException("there are no gradients of weights of " + asked.weightType
                    + "; train with F32, F16 or BF16 and quantise afterwards");
        }
        if (asked.isCross && !asked.isSeparate && asked.memoryWidth != asked.width) {
            throw new IllegalArgumentException("a packed weight has rows of one width, but width is " + asked.width
                    + " and memoryWidth is " + asked.memoryWidth + "; ask for separateWeights() too");
        }
    }

    private AttentionSpec attention() {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .heads(asked.heads)
                .kvHeads(kvHeads)
                .headDim(headDim)
                .types(inputType);
        builder = cache == null ? builder : cache.applyTo(builder);
        builder = asked.options.apply(builder);
        if (cache == null && !isCross) {
            return withLse(builder.order(Layout.Order.PACKED_QKV).build());
        }
        AttentionSpec plain = builder.build();
        TensorSpec query = plain.operand(Operand.QUERY);
        TensorSpec key = plain.operand(Operand.KEY);
        builder = plain.toBuilder()
                .layout(Operand.QUERY, columns(query, 0, cache == null ? queryColumns : packedColumns()))
                .layout(Operand.OUT, columns(query, 0, queryColumns));
        if (isCross) {
            builder.layout(Operand.KEY, columns(key, 0, 2 * keyColumns))
                    .layout(Operand.VALUE, columns(key, keyColumns, 2 * keyColumns));
        }
        return withLse(builder.build());
    }

    private AttentionSpec withLse(AttentionSpec spec) {
        return spec.withLse(hasBackward || spec.returnLse());
    }

    /** The heads of each row side by side, from a column on, in rows of so many. */
    private static Layout columns(TensorSpec heads, int start, long rowStride) {
        return new Layout(start, Math.multiplyExact(rowStride, heads.rows()), heads.columns(), rowStride);
    }

    /** Columns of query, key and value together. */
    int packedColumns() {
        return Math.addExact(queryColumns, Math.multiplyExact(2, keyColumns));
    }

    private void addProjections() {
        int memoryColumns = isCross ? 2 * keyColumns : packedColumns();
        int before = isCross ? 0 : queryColumns;
        if (asked.isSeparate) {
            add(MultiHeadOperand.QUERY_WEIGHT, MultiHeadOperand.QUERY_BIAS, 0, queryColumns, 0, false);
            add(MultiHeadOperand.KEY_WEIGHT, MultiHeadOperand.KEY_BIAS, 0, keyColumns, before, isCross);
            add(
                    MultiHeadOperand.VALUE_WEIGHT,
                    MultiHeadOperand.VALUE_BIAS,
                    0,
                    keyColumns,
                    before + keyColumns,
                    isCross);
        } else if (isCross) {
            add(MultiHeadOperand.IN_WEIGHT, MultiHeadOperand.IN_BIAS, 0, queryColumns, 0, false);
            add(MultiHeadOperand.IN_WEIGHT, MultiHeadOperand.IN_BIAS, queryColumns, memoryColumns, 0, true);
        } else {
            add(MultiHeadOperand.IN_WEIGHT, MultiHeadOperand.IN_BIAS, 0, packedColumns(), 0, false);
        }
    }

    private void add(
            MultiHeadOperand weight, MultiHeadOperand bias, int firstRow, int columns, int at, boolean isOfMemory) {
        int width = isOfMemory ? asked.memoryWidth : asked.width;
        int all = isOfMemory ? 2 * keyColumns : isCross ? queryColumns : packedColumns();
        LinearSpec spec = linear(isOfMemory ? memoryRows : rows, width, columns, inputType)
                .start(LayerOperand.WEIGHT, Math.multiplyExact((long) firstRow, width))
                .rowStride(LayerOperand.OUT, all)
                .start(LayerOperand.OUT, at)
                .build();
        projections.add(new Projection(spec, isOfMemory, weight, bias, firstRow));
    }

    private LinearSpecBuilder linear(int rows, int in, int out, DType outType) {
        LinearSpecBuilder builder =
                LinearSpec.builder().rows(rows).inFeatures(in).outFeatures(out).types(inputType, weightType, outType);
        return hasBias ? builder.bias().type(LayerOperand.BIAS, biasType) : builder;
    }

    /** From a packed bias, or packed scales, to the part that a projection takes. */
    ActivationSpec partCopy(Projection projection, LayerOperand operand) {
        DType type = projection.spec().operand(operand).dtype();
        return ActivationSpec.of(Activation.NONE, 1, projection.spec().outFeatures())
                .withTypes(type, type)
                .withStart(LayerOperand.INPUT, projection.firstRow());
    }

    /** From the gradient of a part of a packed weight into that of the whole. */
    ActivationSpec weightGradientCopy(Projection projection) {
        LinearSpec part = projection.spec();
        return ActivationSpec.of(Activation.NONE, part.outFeatures(), part.inFeatures())
                .withStart(LayerOperand.OUT, (long) projection.firstRow() * part.inFeatures());
    }

    /** Likewise of a bias. */
    ActivationSpec biasGradientCopy(Projection projection) {
        return ActivationSpec.of(Activation.NONE, 1, projection.spec().outFeatures())
                .withStart(LayerOperand.OUT, projection.firstRow());
    }

    /** From keys or values among other columns, from this one on, to rows as a cache takes them. */
    ActivationSpec cacheCopy(int start) {
        return ActivationSpec.of(Activation.NONE, rows, keyColumns)
                .withTypes(inputType, inputType)
                .withRowStride(LayerOperand.INPUT, packedColumns())
                .withStart(LayerOperand.INPUT, start);
    }

    /** The operands of calls, all dense. */
    Map<MultiHeadOperand, TensorSpec> operands() {
        Map<MultiHeadOperand, TensorSpec> all = new EnumMap<>(MultiHeadOperand.class);
        TensorSpec out = output.operand(LayerOperand.OUT);
        all.put(MultiHeadOperand.OUT, out);
        all.put(MultiHeadOperand.OUT_WEIGHT, output.operand(LayerOperand.WEIGHT));
        for (Projection projection : projections) {
            LinearSpec spec = projection.spec();
            int weightRows = asked.isSeparate ? spec.outFeatures() : packedColumns();
            all.put(projection.source(), spec.operand(LayerOperand.INPUT));
            all.put(projection.weight(), TensorSpec.dense(weightType, 1, 1, weightRows, spec.inFeatures()));
            if (weightType.isQuantised()) {
                all.put(projection.weight().scales(), TensorSpec.dense(DType.F32, 1, 1, 1, weightRows));
            }
            if (hasBias) {
                all.put(projection.bias(), TensorSpec.dense(biasType, 1, 1, 1, weightRows));
            }
        }
        if (weightType.isQuantised()) {
            all.put(MultiHeadOperand.OUT_WEIGHT_SCALES, output.operand(LayerOperand.WEIGHT_SCALES));
        }
        if (hasBias) {
            all.put(MultiHeadOperand.OUT_BIAS, output.operand(LayerOperand.BIAS));
        }
        if (hasResidual) {
            all.put(MultiHeadOperand.RESIDUAL, output.operand(LayerOperand.RESIDUAL));
        }
        if (hasBackward) {
            addGradients(all);
        }
        return all;
    }

    private static void addGradients(Map<MultiHeadOperand, TensorSpec> all) {
        for (MultiHeadOperand operand : List.copyOf(all.keySet())) {
            TensorSpec tensor = all.get(operand);
            switch (operand) {
                case RESIDUAL -> {}
                case OUT, INPUT, MEMORY -> all.put(operand.gradient(), tensor);
                default -> all.put(operand.gradient(), tensor.with(DType.F32));
            }
        }
    }
}
