package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import io.github.attention4j.Half;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Half}'s conversions to floats, a vector at a time. Each returns how many it did: whole vectors only. Sign
 * extension fills the upper bits, which are shifted out or masked away.
 */
final class HalfVectors {
    private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);

    private static final int F32_INFINITY = 0x7f80_0000;

    /** The smallest infinite or NaN magnitude of binary16, moved to where binary32 has its fraction. */
    private static final int INFINITY = 0x7c00 << 13;

    /** From the bias of binary16's exponent to that of binary32's. */
    private static final int EXPONENT = 127 - 15 << 23;

    /** Makes of a subnormal number 2^-14 plus it. */
    private static final int SMALL = EXPONENT + (1 << 23);

    private static final int SMALLEST_NORMAL = 0x400 << 13;

    private static final int SAMPLED = 64;

    /** Where more than one number in so many is subnormal, it is slow on processors of Intel. */
    private static final int FEW = 16;

    private static MethodHandle areFinite = Apart.find(
            MethodHandles.lookup(),
            "areFinite",
            MethodType.methodType(boolean.class, short[].class, int.class, int.class));

    private static MethodHandle ofBf16 = conversion("ofBf16", void.class);
    private static MethodHandle ofFiniteF16 = conversion("ofFiniteF16", boolean.class);
    private static MethodHandle ofAnyF16 = conversion("ofAnyF16", void.class);

    private static final short[] LITTLE = new short[2 * VECTOR];
    private static final float[] FLOATS = new float[2 * VECTOR];
    private static final Practice FINITE = new Practice(6, turn -> areVectorsFinite(LITTLE, 0, count(turn)));
    private static final Practice BF16 = new Practice(6, turn -> ofVectors(ofBf16, LITTLE, 0, FLOATS, 0, count(turn)));
    private static final Practice F16 = new Practice(8, turn -> ofFinite(LITTLE, 0, FLOATS, 0, count(turn)));

    private HalfVectors() {}

    private static int count(int turn) {
        return turn % 16 == 0 ? 2 * VECTOR : VECTOR;
    }

    private static MethodHandle conversion(String name, Class<?> result) {
        return Apart.find(
                MethodHandles.lookup(),
                name,
                MethodType.methodType(result, short[].class, int.class, float[].class, int.class, int.class));
    }

    /**
     * Whether rows of whole vectors are finite and few of their numbers subnormal, so that {@link Elements} may read
     * them.
     */
    static boolean areOrdinary(short[] source, int at, int stride, int rows, int columns) {
        if (stride == columns) {
            return areOrdinary(source, at, rows * columns);
        }
        boolean are = true;
        for (int row = 0; row < rows && are; row++) {
            are = areOrdinary(source, at + row * stride, columns);
        }
        return are;
    }

    private static boolean areOrdinary(short[] source, int from, int count) {
        boolean areFinite =
                FINITE.isOver() ? areVectorsFinite(source, from, count) : areNumbersFinite(source, from, count);
        return areFinite && !isMostlySubnormal(source, from, count);
    }

    private static boolean areNumbersFinite(short[] source, int from, int count) {
        int largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, source[i] & 0x7fff);
        }
        return largest < 0x7c00;
    }

    private static boolean areVectorsFinite(short[] source, int from, int count) {
        try {
            return (boolean) areFinite.invokeExact(source, from, count);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static boolean areFinite(short[] source, int from, int count) {
        ShortVector largest = ShortVector.zero(Elements.SHORTS);
        for (int i = 0; i < count; i += VECTOR) {
            largest = ShortVector.fromArray(Elements.SHORTS, source, from + i)
                    .and((short) 0x7fff)
                    .max(largest);
        }
        return largest.reduceLanes(MAX) < 0x7c00;
    }

    static int fromBf16(short[] source, int from, float[] target, int to, int count) {
        int whole = BF16.isOver() ? count / VECTOR * VECTOR : 0;
        ofVectors(ofBf16, source, from, target, to, whole);
        return whole;
    }

    private static void ofVectors(
            MethodHandle conversion, short[] source, int from, float[] target, int to, int count) {
        try {
            conversion.invokeExact(source, from, target, to, count);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void ofBf16(short[] source, int from, float[] target, int to, int count) {
        for (int i = 0; i < count; i += VECTOR) {
            Elements.ofBf16(source, from + i).intoArray(target, to + i);
        }
    }

    static int fromF16(short[] source, int from, float[] target, int to, int count) {
        int whole = F16.isOver() ? count / VECTOR * VECTOR : 0;
        if (isMostlySubnormal(source, from, whole) || !ofFinite(source, from, target, to, whole)) {
            ofVectors(ofAnyF16, source, from, target, to, whole);
        }
        return whole;
    }

    private static boolean ofFinite(short[] source, int from, float[] target, int to, int count) {
        try {
            return (boolean) ofFiniteF16.invokeExact(source, from, target, to, count);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    /**
     * By one number of {@value #SAMPLED}: then a factor that is subnormal in binary32 takes Intel's a hundred cycles.
     */
    private static boolean isMostlySubnormal(short[] source, int from, int count) {
        int subnormal = 0;
        for (int i = from; i < from + count; i += SAMPLED) {
            int magnitude = source[i] & 0x7fff;
            subnormal += magnitude != 0 && magnitude < 0x400 ? 1 : 0;
        }
        return subnormal > count / SAMPLED / FEW;
    }

    /** Returns whether all were finite; others come out wrong. */
    private static boolean ofFiniteF16(short[] source, int from, float[] target, int to, int count) {
        IntVector largest = IntVector.zero(INTEGERS);
        for (int i = 0; i < count; i += VECTOR) {
            // The receiver is what C2 knows the class of; that of what goes round a loop it guesses.
            largest = Elements.bits(source, from + i).and(0x7fff).max(largest);
            Elements.ofF16(source, from + i).intoArray(target, to + i);
        }
        return largest.reduceLanes(MAX) < 0x7c00;
    }

    private static void ofAnyF16(short[] source, int from, float[] target, int to, int count) {
        for (int i = 0; i < count; i += VECTOR) {
            IntVector bits = Elements.bits(source, from + i);
            IntVector magnitude = bits.and(0x7fff).lanewise(LSHL, Elements.UP_F16);
            IntVector number =
                    magnitude.add(EXPONENT).blend(magnitude.or(F32_INFINITY), magnitude.compare(GE, INFINITY));
            FloatVector small = magnitude.add(SMALL).reinterpretAsFloats().sub(0x1p-14f);
            number = number.blend(small.reinterpretAsInts(), magnitude.compare(LT, SMALLEST_NORMAL));
            number.or(bits.and(0x8000_0000)).reinterpretAsFloats().intoArray(target, to + i);
        }
    }
}
