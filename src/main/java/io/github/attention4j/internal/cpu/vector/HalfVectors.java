package io.github.attention4j.internal.cpu.vector;

import static io.github.attention4j.internal.cpu.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.cpu.vector.VectorPanel.VECTOR;

import io.github.attention4j.Half;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link Half}'s conversions to floats, a vector at a time. Each returns how many it did: whole vectors only. */
final class HalfVectors {
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));
    private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);

    private static final int F32_INFINITY = 0x7f80_0000;

    /** The smallest infinite or NaN magnitude of binary16, moved to where binary32 has its fraction. */
    private static final int INFINITY = 0x7c00 << 13;

    private HalfVectors() {}

    static int fromBf16(short[] source, int from, float[] target, int to, int count) {
        int i = 0;
        for (; i + VECTOR <= count; i += VECTOR) {
            widened(source, from + i)
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(target, to + i);
        }
        return i;
    }

    static int fromF16(short[] source, int from, float[] target, int to, int count) {
        int i = 0;
        for (; i + VECTOR <= count; i += VECTOR) {
            IntVector bits = widened(source, from + i);
            IntVector magnitude = bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13);
            FloatVector value = magnitude.reinterpretAsFloats().mul(0x1p112f);
            IntVector finite = value.reinterpretAsInts();
            IntVector number =
                    finite.blend(magnitude.or(F32_INFINITY), magnitude.compare(VectorOperators.GE, INFINITY));
            number.or(bits.and(0x8000_0000)).reinterpretAsFloats().intoArray(target, to + i);
        }
        return i;
    }

    /** With the sign in all upper bits. */
    private static IntVector widened(short[] source, int from) {
        return (IntVector) ShortVector.fromArray(SHORTS, source, from).convertShape(VectorOperators.S2I, INTEGERS, 0);
    }
}
