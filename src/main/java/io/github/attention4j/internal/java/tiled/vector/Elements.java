package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;

import io.github.attention4j.internal.java.memory.Codec;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of elements of a few types, as floats: those of which a few operations make floats. With many of them a loop
 * of four loads is more than C2 of Java 17 puts up with in a method, and vectors become objects; so they do, in one
 * process of ten, behind a shift by a number, whose result may for C2 be of any class, hence the shifts by vectors. A
 * method a type: one for all would become so long that C2 puts it into no loop once it has been compiled for each of
 * them.
 */
final class Elements {
    private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);
    static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

    /** There are no vectors of fewer bytes. */
    static final int LEAST_BYTES = 8;

    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Byte.SIZE * Math.max(LEAST_BYTES, VECTOR)));

    static final IntVector UP_F16 = IntVector.broadcast(INTEGERS, 13);
    private static final IntVector UP_BF16 = IntVector.broadcast(INTEGERS, 16);

    private static final IntVector HALF = IntVector.broadcast(INTEGERS, 4);
    private static final IntVector ABOVE_HALF = IntVector.broadcast(INTEGERS, 28);

    /** Sign, exponent and fraction of binary16, moved to where binary32 has them; the exponent's bias is another. */
    private static final IntVector MOVED = IntVector.broadcast(INTEGERS, 0x8fff_e000);

    /** From the bias of binary16's exponent to that of binary32's. */
    private static final FloatVector BIAS = FloatVector.broadcast(SPECIES, 0x1p112f);

    private Elements() {}

    /** Whether rows of so many elements are whole vectors of a type that is read here. */
    static boolean areRead(Codec codec, int columns) {
        boolean isRead = codec == Codec.F16 || codec == Codec.BF16 || codec == Codec.I8 && VECTOR >= LEAST_BYTES;
        return isRead && columns % VECTOR == 0;
    }

    static FloatVector ofFloats(Object array, int at) {
        return FloatVector.fromArray(SPECIES, (float[]) array, at);
    }

    /** Wrong for infinities and NaNs: {@link HalfVectors#areOrdinary}. */
    static FloatVector ofF16(Object array, int at) {
        return Apart.known(bits(array, at)
                        .lanewise(LSHL, UP_F16)
                        .lanewise(AND, MOVED)
                        .reinterpretAsFloats())
                .mul(BIAS);
    }

    static FloatVector ofBf16(Object array, int at) {
        return Apart.known(bits(array, at).lanewise(LSHL, UP_BF16).reinterpretAsFloats());
    }

    /** Numbers of 16 bits, with their sign in the upper half of each lane too. */
    static IntVector bits(Object array, int at) {
        return Apart.knownIntegers(
                ShortVector.fromArray(SHORTS, (short[]) array, at).convertShape(S2I, INTEGERS, 0));
    }

    /** Bytes with their signs. */
    static IntVector wholeBytes(byte[] array, int at) {
        return Apart.knownIntegers(ByteVector.fromArray(BYTES, array, at).convertShape(B2I, INTEGERS, 0));
    }

    /** Of each byte the number of 4 bits in its lower half. */
    static FloatVector lowerHalves(IntVector bytes) {
        return Apart.known(
                bytes.lanewise(LSHL, ABOVE_HALF).lanewise(ASHR, ABOVE_HALF).convertShape(I2F, SPECIES, 0));
    }

    /** Of each byte the number of 4 bits in its upper half. */
    static FloatVector upperHalves(IntVector bytes) {
        return Apart.known(bytes.lanewise(ASHR, HALF).convertShape(I2F, SPECIES, 0));
    }

    /** Whole numbers, without their scales. */
    static FloatVector ofBytes(Object array, int at) {
        return Apart.known(ByteVector.fromArray(BYTES, (byte[]) array, at).convertShape(B2F, SPECIES, 0));
    }
}
