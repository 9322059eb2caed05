package io.github.attention4j.testing;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import java.util.SplittableRandom;

/**
 * What of a random spec a kernel is compiled for. On OpenCL each of these costs seconds, and what {@link SweepCase}
 * adds costs nothing, so a sweep draws few of these and many of those.
 *
 * @param number the seed, which names the program in messages
 * @param tiny for a simulator: heads of at most 8 elements
 * @param types of query, key, value and out
 * @param bias its type, or null for none
 * @param keepMask its type, or null for none
 * @param rotaryDim elements rotated, or 0 for no rotary embedding
 */
public record SweepProgram(
        int number,
        boolean tiny,
        int headDim,
        int valueDim,
        DType[] types,
        boolean softcap,
        boolean alibi,
        DType bias,
        DType keepMask,
        int rotaryDim,
        boolean interleaved,
        boolean scores,
        boolean dropout,
        boolean additive) {
    private static final int[] HEAD_DIMS = {
        64, 64, 64, 128, 128, 32, 96, 80, 16, 8, 40, 1, 2, 3, 4, 5, 7, 12, 15, 20, 24, 31, 33, 48, 63, 65, 72, 100, 127,
        129, 192, 256
    };
    private static final DType[] FLOATS = {DType.F32, DType.F16, DType.BF16};

    /** The program of this number. The first has nothing but what every call has, the second has everything. */
    public static SweepProgram of(int number, boolean tiny, long seed) {
        SplittableRandom random = new SplittableRandom((seed * 1_000_003 + number) * 2 + (tiny ? 1 : 0));
        int headDim = tiny ? 1 + random.nextInt(8) : HEAD_DIMS[random.nextInt(HEAD_DIMS.length)];
        int valueDim = random.nextInt(10) < 7 ? headDim : HEAD_DIMS[random.nextInt(HEAD_DIMS.length)];
        if (number < 2) {
            headDim = tiny ? 6 : 64;
        }
        valueDim = number < 2 ? headDim : tiny ? Math.min(valueDim, 8) : valueDim;
        boolean all = number == 1;
        boolean some = number > 1;
        boolean rotary = headDim > 1 && (all || some && random.nextInt(10) < 3);
        return new SweepProgram(
                number,
                tiny,
                headDim,
                valueDim,
                some ? types(random) : new DType[] {DType.F32, DType.F32, DType.F32, DType.F32},
                all || some && random.nextInt(10) < 3,
                all || some && random.nextInt(10) < 3,
                all || some && random.nextInt(10) < 4 ? FLOATS[random.nextInt(3)] : null,
                all || some && random.nextInt(10) < 4 ? random.nextBoolean() ? DType.U8 : DType.BIT : null,
                rotary ? random.nextBoolean() ? headDim / 2 * 2 : 2 * (1 + random.nextInt(headDim / 2)) : 0,
                random.nextBoolean(),
                all || some && random.nextInt(10) < 3,
                all || some && random.nextInt(10) < 3,
                some && !rotary && random.nextInt(10) < 2);
    }

    private static DType[] types(SplittableRandom random) {
        DType[] types = new DType[4];
        DType same = FLOATS[random.nextInt(3)];
        boolean mixed = random.nextInt(10) < 3;
        for (int i = 0; i < types.length; i++) {
            types[i] = mixed ? FLOATS[random.nextInt(3)] : same;
        }
        return types;
    }

    /** A spec of these head sizes and types, without what {@link SweepCase} adds. */
    public AttentionSpecBuilder builder() {
        AttentionSpecBuilder builder = AttentionSpec.builder().headDim(headDim).valueDim(valueDim);
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.OUT}) {
            builder.type(operand, types[operand.ordinal()]);
        }
        return builder;
    }

    /** As {@link SweepCase} numbers are given on the command line: {@code "17"} or {@code "tiny3"}. */
    public String label() {
        return (tiny ? "tiny" : "") + number;
    }

    /** For test names. */
    @Override
    public String toString() {
        return label() + ": dim " + headDim + "/" + valueDim + " " + types[0] + " " + types[1] + " " + types[2] + " to "
                + types[3]
                + (softcap ? ", softcap" : "")
                + (alibi ? ", ALiBi" : "")
                + (bias == null ? "" : ", bias " + bias)
                + (keepMask == null ? "" : ", keep-mask " + keepMask)
                + (rotaryDim == 0 ? "" : ", rotary " + rotaryDim + (interleaved ? " interleaved" : ""))
                + (scores ? ", scores" : "")
                + (dropout ? ", dropout" : "")
                + (additive ? ", additive" : "");
    }
}
