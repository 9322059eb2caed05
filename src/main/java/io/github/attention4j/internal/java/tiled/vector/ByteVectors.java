package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import io.github.attention4j.DType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Whole numbers of 8 and 4 bits times a factor, a vector at a time. Each returns how many it did: whole vectors only,
 * and none where vectors are too short for it. All vectors of floats have one shape, here as everywhere: with two C2
 * makes objects of them, in all code that it compiles later.
 */
final class ByteVectors {
    /** Eight numbers of 4 bits are an int. */
    private static final int PACKED = 8;

    private static final int MOST = 2 * PACKED;
    private static final VectorSpecies<Integer> WORDS = SPECIES.withLanes(int.class);

    /** How far each number is from the upper end of its int. */
    private static final IntVector UP =
            IntVector.fromArray(WORDS, new int[] {28, 24, 20, 16, 12, 8, 4, 0, 28, 24, 20, 16, 12, 8, 4, 0}, 0);

    private static final IntVector DOWN = IntVector.broadcast(WORDS, 28);

    /** The lanes of the second int. */
    private static final VectorMask<Integer> SECOND = VectorMask.fromLong(WORDS, 0xff00 & (1L << VECTOR) - 1);

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static MethodHandle ofHalves = ofFactors("ofWholeHalves");
    private static MethodHandle ofHalfBytes = ofFactors("ofWholeHalfBytes");

    private static MethodHandle ofBytes = Apart.find(
            MethodHandles.lookup(),
            "ofWholeBytes",
            byte[].class,
            int.class,
            float[].class,
            int.class,
            int.class,
            float.class);

    private static final byte[] LITTLE = new byte[2 * MOST];
    private static final float[] FLOATS = new float[4 * MOST];
    private static final float[] FACTORS = new float[4];
    private static final Practice BYTES =
            new Practice(6, turn -> ofVectors(LITTLE, 0, FLOATS, 0, turn % 16 == 0 ? 2 * VECTOR : VECTOR, 0));
    private static final Practice HALVES = practiceOf(8, ofHalves, 2 * VECTOR);
    private static final Practice HALF_BYTES = practiceOf(8, ofHalfBytes, VECTOR);

    private ByteVectors() {}

    private static Practice practiceOf(int operations, MethodHandle loop, int unit) {
        return new Practice(
                operations,
                turn -> ofVectors(loop, LITTLE, 0, FLOATS, 0, turn % 16 == 0 ? 2 * unit : unit, FACTORS, 0));
    }

    private static MethodHandle ofFactors(String name) {
        return Apart.find(
                MethodHandles.lookup(),
                name,
                byte[].class,
                int.class,
                float[].class,
                int.class,
                int.class,
                float[].class,
                int.class);
    }

    /** Elements of as many bytes as a vector has lanes, if such vectors of bytes are and rows are whole ones. */
    static int unitOfHalves(int columns) {
        int unit = 2 * VECTOR;
        return VECTOR >= Elements.LEAST_BYTES && DType.GROUP % unit == 0 && columns % unit == 0 ? unit : 0;
    }

    /** {@link #ofHalfBytes} of whole units, in the order of {@code Halves}. */
    static void ofHalves(byte[] source, int from, float[] target, int to, int count, float[] factors, int at) {
        if (HALVES.isOver()) {
            ofVectors(ofHalves, source, from, target, to, count, factors, at);
            return;
        }
        for (int i = 0; i < count; i += 2 * VECTOR) {
            Numbers.ofHalves(source, from + i / 2, target, to + i);
            for (int d = i; d < i + 2 * VECTOR; d++) {
                target[to + d] *= factors[at + i / DType.GROUP];
            }
        }
    }

    private static void ofVectors(
            MethodHandle loop, byte[] source, int from, float[] target, int to, int count, float[] factors, int at) {
        try {
            loop.invokeExact(source, from, target, to, count, factors, at);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void ofWholeHalves(
            byte[] source, int from, float[] target, int to, int count, float[] factors, int at) {
        for (int i = 0; i < count; i += 2 * VECTOR) {
            IntVector bytes = Elements.wholeBytes(source, from + i / 2);
            float factor = factors[at + i / DType.GROUP];
            Elements.lowerHalves(bytes).mul(factor).intoArray(target, to + i);
            Elements.upperHalves(bytes).mul(factor).intoArray(target, to + i + VECTOR);
        }
    }

    static int ofBytes(byte[] source, int from, float[] target, int to, int count, float factor) {
        if (VECTOR < Elements.LEAST_BYTES || !BYTES.isOver()) {
            return 0;
        }
        int whole = count / VECTOR * VECTOR;
        ofVectors(source, from, target, to, whole, factor);
        return whole;
    }

    private static void ofVectors(byte[] source, int from, float[] target, int to, int count, float factor) {
        try {
            ofBytes.invokeExact(source, from, target, to, count, factor);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void ofWholeBytes(byte[] source, int from, float[] target, int to, int count, float factor) {
        for (int i = 0; i < count; i += VECTOR) {
            Elements.ofBytes(source, from + i).mul(factor).intoArray(target, to + i);
        }
    }

    /** The lower half of a byte comes first; each {@link DType#GROUP} numbers have a factor, from {@code at} on. */
    static int ofHalfBytes(byte[] source, int from, float[] target, int to, int count, float[] factors, int at) {
        if (VECTOR != PACKED && VECTOR != MOST || !HALF_BYTES.isOver()) {
            return 0;
        }
        int whole = count / VECTOR * VECTOR;
        ofVectors(ofHalfBytes, source, from, target, to, whole, factors, at);
        return whole;
    }

    private static void ofWholeHalfBytes(
            byte[] source, int from, float[] target, int to, int count, float[] factors, int at) {
        for (int i = 0; i < count; i += VECTOR) {
            int first = from + i / 2;
            IntVector all = IntVector.broadcast(WORDS, (int) INTS.get(source, first));
            if (VECTOR == MOST) {
                all = all.blend((int) INTS.get(source, first + PACKED / 2), SECOND);
            }
            Apart.known(all.lanewise(LSHL, UP).lanewise(ASHR, DOWN).convertShape(I2F, SPECIES, 0))
                    .mul(factors[at + i / DType.GROUP])
                    .intoArray(target, to + i);
        }
    }
}
