package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Layout.Order;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.bench.cost.CostCase.Group;
import java.util.List;
import java.util.function.Supplier;

/** Which options are timed on which shapes, and what each may cost. */
public final class CostGroups {
    private static final double NO_GOAL = Double.NaN;
    private static final double TYPE_GOAL = 1.06;
    private static final double BIAS_GOAL = 1.17;
    private static final double SCORE_GOAL = 1.08;
    private static final double ORDER_GOAL = 1.05;
    private static final double WINDOW_GOAL = 1.0 / 20;
    private static final double RAGGED_GOAL = 1.15;
    private static final double DROPOUT_GOAL = 1.15;
    private static final double DROPOUT_BACKWARD_GOAL = 1.12;
    private static final float DROPOUT = 0.1f;
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
                ragged(16, 2048 / divisor, 64, divisor),
                backward(16, 2048 / divisor, 64),
                backward(8, 4096 / divisor, 128));
    }

    /** What dropout costs forward and backward, and nothing else; likewise. */
    public static List<Group> dropout(int divisor) {
        AttentionSpec plain = spec(16, 2048 / divisor, 64).build();
        CostCase dropout = dropout(plain, DROPOUT_GOAL);
        CostCase backward = dropout(plain, DROPOUT_BACKWARD_GOAL).backward();
        return List.of(
                new Group(plain("plain", plain), List.of(dropout)),
                new Group(plain("plain", plain).backward(), List.of(backward)));
    }

    private static CostCase dropout(AttentionSpec plain, double goal) {
        return CostCase.of("dropout " + DROPOUT, plain.toBuilder().dropout(DROPOUT), goal);
    }

    private static Group backward(int heads, int length, int dim) {
        AttentionSpec plain = spec(heads, length, dim).build();
        return new Group(
                plain("plain", plain).backward(),
                List.of(
                        dropout(plain, DROPOUT_BACKWARD_GOAL).backward(),
                        CostCase.of("causal", plain.toBuilder().causal(), NO_GOAL)
                                .backward(),
                        CostCase.of("[batch, row, head]", plain.toBuilder().order(Order.BATCH_ROW_HEAD), NO_GOAL)
                                .backward()));
    }

    private static Group options(int heads, int length, int dim) {
        AttentionSpec plain = spec(heads, length, dim).build();
        Supplier<AttentionSpecBuilder> with = plain::toBuilder;
        return new Group(
                plain("plain", plain),
                List.of(
                        half("f16", with, DType.F16),
                        half("bf16", with, DType.BF16),
                        CostCase.of("f32 bias", with.get().bias(DType.F32, 1, 1, length, length), BIAS_GOAL),
                        CostCase.of("f16 bias", with.get().bias(DType.F16, 1, 1, length, length), BIAS_GOAL),
                        CostCase.of("byte keep-mask", with.get().keepMask(DType.U8, 1, 1, length, length), NO_GOAL),
                        CostCase.of("bit keep-mask", with.get().keepMask(DType.BIT, 1, 1, length, length), NO_GOAL),
                        CostCase.of("softcap", with.get().softcap(SOFTCAP), SCORE_GOAL),
                        CostCase.of("ALiBi", with.get().alibi(), SCORE_GOAL),
                        CostCase.of("sink", with.get().sink(), SCORE_GOAL),
                        dropout(plain, DROPOUT_GOAL),
                        CostCase.of("key lengths (full)", with.get().keyLengths(), SCORE_GOAL),
                        CostCase.of("[batch, row, head]", with.get().order(Order.BATCH_ROW_HEAD), ORDER_GOAL),
                        CostCase.of("packed QKV", with.get().order(Order.PACKED_QKV), ORDER_GOAL),
                        CostCase.of("rotary", with.get().rotary(new Rotary(dim, false, length)), NO_GOAL)));
    }

    private static CostCase half(String name, Supplier<AttentionSpecBuilder> with, DType type) {
        AttentionSpecBuilder spec = with.get().type(Operand.KEY, type).type(Operand.VALUE, type);
        return CostCase.of(name + " keys and values", spec, TYPE_GOAL);
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
}
