package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.bench.cost.CostCase.Group;
import java.util.ArrayList;
import java.util.List;

/** Which options are timed on which shapes, and what each may cost. */
public final class CostGroups {
    private static final double NO_GOAL = Double.NaN;
    private static final double TYPE_GOAL = 1.06;
    private static final double BIAS_GOAL = 1.17;
    private static final double SCORE_GOAL = 1.08;
    private static final double ORDER_GOAL = 1.05;
    private static final double WINDOW_GOAL = 1.0 / 20;
    private static final double RAGGED_GOAL = 1.15;
    /** So low that it bends the scores of random data, which are about 1. */
    private static final float SOFTCAP = 5;

    private static final int[] RAGGED_LENGTHS = {1186, 100, 2000, 643, 371, 1729, 914, 1457};

    private CostGroups() {}

    /**
     * All of them.
     *
     * @param divisor lengths are divided by this: 1 for those that the goals are about
     */
    public static List<Group> all(int divisor) {
        return List.of(
                options(16, 2048 / divisor, 64),
                options(8, 4096 / divisor, 128),
                window(8, 16_384 / divisor, 64, 256 / divisor),
                ragged(16, 2048 / divisor, 64, divisor));
    }

    private static Group options(int heads, int length, int dim) {
        AttentionSpec plain = spec(heads, length, dim).build();
        List<CostCase> options = new ArrayList<>();
        for (DType type : List.of(DType.F16, DType.BF16)) {
            options.add(CostCase.of(
                    name(type) + " keys and values",
                    plain.toBuilder().type(Operand.KEY, type).type(Operand.VALUE, type),
                    TYPE_GOAL));
        }
        for (DType type : List.of(DType.F32, DType.F16)) {
            options.add(
                    CostCase.of(name(type) + " bias", plain.toBuilder().bias(type, 1, 1, length, length), BIAS_GOAL));
        }
        for (DType type : List.of(DType.U8, DType.BIT)) {
            options.add(CostCase.of(
                    name(type) + " keep-mask", plain.toBuilder().keepMask(type, 1, 1, length, length), NO_GOAL));
        }
        options.add(CostCase.of("softcap", plain.toBuilder().softcap(SOFTCAP), SCORE_GOAL));
        options.add(CostCase.of("ALiBi", plain.toBuilder().alibi(), SCORE_GOAL));
        options.add(CostCase.of("sink", plain.toBuilder().sink(), SCORE_GOAL));
        options.add(CostCase.of("key lengths (full)", plain.toBuilder().keyLengths(), SCORE_GOAL));
        options.add(
                CostCase.of("[batch, row, head]", plain.toBuilder().order(Layout.Order.BATCH_ROW_HEAD), ORDER_GOAL));
        options.add(CostCase.of("packed QKV", plain.toBuilder().order(Layout.Order.PACKED_QKV), ORDER_GOAL));
        options.add(CostCase.of("rotary", plain.toBuilder().rotary(new Rotary(dim, false, length)), NO_GOAL));
        return new Group(plain("plain", plain), List.copyOf(options));
    }

    private static Group window(int heads, int length, int dim, int keys) {
        AttentionSpec plain = spec(heads, length, dim).build();
        AttentionSpecBuilder window = plain.toBuilder().mask(Mask.window(keys - 1, 0));
        return new Group(
                plain("plain", plain), List.of(CostCase.of("window of " + keys + " keys", window, WINDOW_GOAL)));
    }

    private static Group ragged(int heads, int length, int dim, int divisor) {
        AttentionSpec plain = spec(heads, length, dim).causal().build();
        int[] offsets = new int[RAGGED_LENGTHS.length + 1];
        int longest = 0;
        for (int entry = 0; entry < RAGGED_LENGTHS.length; entry++) {
            offsets[entry + 1] = offsets[entry] + RAGGED_LENGTHS[entry] / divisor;
            longest = Math.max(longest, RAGGED_LENGTHS[entry] / divisor);
        }
        CostCase ragged = CostCase.ragged(
                "ragged batch, per pair", plain.toBuilder().sequenceLength(longest), offsets, RAGGED_GOAL);
        return new Group(plain("causal", plain), List.of(ragged));
    }

    private static AttentionSpecBuilder spec(int heads, int length, int dim) {
        return AttentionSpec.builder().heads(heads).sequenceLength(length).headDim(dim);
    }

    private static CostCase plain(String name, AttentionSpec spec) {
        return CostCase.of(name, spec.toBuilder(), NO_GOAL);
    }

    private static String name(DType type) {
        return switch (type) {
            case F32 -> "f32";
            case F16 -> "f16";
            case BF16 -> "bf16";
            case U8 -> "byte";
            case BIT -> "bit";
            case I32 -> "int";
            case I8 -> "8 bits";
            case I4 -> "4 bits";
        };
    }
}
