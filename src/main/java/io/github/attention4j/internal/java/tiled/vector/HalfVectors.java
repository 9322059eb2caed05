package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.S2I;

import io.github.attention4j.Half;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Half}'s conversions to floats, a vector at a time. Each returns how many it did: whole vectors only. Sign
 * extension fills the upper bits, which are shifted out or masked away.
 */
final class HalfVectors {
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));
    private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);

    private static final int F32_INFINITY = 0x7f80_0000;

    /** The smallest infinite or NaN magnitude of binary16, moved to where binary32 has its fraction. */
    private static final int INFINITY = 0x7c00 << 13;

    /** From the bias of binary16's exponent to that of binary32's. */
    private static final int EXPONENT = 127 - 15 << 23;

    /**
     * Makes of a subnormal number 2^-14 plus it. A multiplication would do instead, but a factor that is subnormal in
     * binary32 takes a processor of Intel a hundred cycles.
     */
    private static final int SMALL = EXPONENT + (1 << 23);

    private static final int SMALLEST_NORMAL = 0x400 << 13;

    private HalfVectors() {}

    static int fromBf16(short[] source, int from, float[] target, int to, int count) {
        int i = 0;
        for (; i + VECTOR <= count; i += VECTOR) {
            ShortVector.fromArray(SHORTS, source, from + i)
                    .convertShape(S2I, INTEGERS, 0)
                    .reinterpretAsInts()
                    .lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(target, to + i);
        }
        return i;
    }

    static int fromF16(short[] source, int from, float[] target, int to, int count) {
        int i = 0;
        for (; i + VECTOR <= count; i += VECTOR) {
            IntVector bits = ShortVector.fromArray(SHORTS, source, from + i)
                    .convertShape(S2I, INTEGERS, 0)
                    .reinterpretAsInts();
            IntVector magnitude = bits.and(0x7fff).lanewise(LSHL, 13);
            IntVector number =
                    magnitude.add(EXPONENT).blend(magnitude.or(F32_INFINITY), magnitude.compare(GE, INFINITY));
            FloatVector small = magnitude.add(SMALL).reinterpretAsFloats().sub(0x1p-14f);
            number = number.blend(small.reinterpretAsInts(), magnitude.compare(LT, SMALLEST_NORMAL));
            number.or(bits.and(0x8000_0000)).reinterpretAsFloats().intoArray(target, to + i);
        }
        return i;
    }
}
