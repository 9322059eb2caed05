package io.github.attention4j.internal.plan.decode;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Instruction;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.family.Product;
import java.util.Optional;

/**
 * How {@code attn_decode_lanes} multiplies queries by keys of 8 or 4 bits. The number in the macro {@code BYTE_DOT} of
 * {@code kernels/lib/decode/bytes.clh} is the position here.
 */
public enum ByteProduct implements Product {
    /** As floats, like all other keys. */
    NONE(null),
    /** As bytes by plain arithmetic, on any device: slow, and so never chosen unless a tuning table says so. */
    PLAIN(null),
    /** As bytes by an instruction of AVX-512 that makes four times as many products as a multiply-add of floats. */
    VPDPBUSD(Instruction.VPDPBUSD),
    /**
     * That for keys of 4 bits; those of 8, and values of 8, as tiles of bytes by the matrix unit of Intel's processors.
     */
    AMX(Instruction.TDPBSSD),
    /** What that computes by plain arithmetic, on any device: for tests, and so never chosen likewise. */
    AMX_PLAIN(null);

    /** The macro. */
    public static final String MACRO = "BYTE_DOT";

    /** Of a vector: rows of keys must be a multiple of it. */
    private static final int VECTOR_BITS = 512;

    /** Query rows whose digits a tile has. */
    static final int TILE_ROWS = 4;

    private final Instruction instruction;

    ByteProduct(Instruction instruction) {
        this.instruction = instruction;
    }

    @Override
    public Instruction instruction() {
        return instruction;
    }

    /** Whether tiles are multiplied, of which one has the digits of {@value #TILE_ROWS} queries. */
    boolean isOfTiles() {
        return this == AMX || this == AMX_PLAIN;
    }

    /**
     * Whether it is worth it for a spec: tiles where keys are of 8 bits and more query rows share them than one tile
     * has. With eight rows over 65,536 keys of 128 columns a step took 0.73 to 0.97 of the time, with four 0.91 to
     * 0.99, and over 16,384 keys 1.08 (Sapphire Rapids, two cores).
     */
    boolean isFor(AttentionSpec spec) {
        return !isOfTiles()
                || spec.operand(Operand.KEY).dtype() == DType.I8
                        && spec.queryLength() * (long) spec.groupSize() > TILE_ROWS;
    }

    /** Whether keys are whole numbers of a byte each, or less. */
    static boolean areKeysBytes(AttentionSpec spec) {
        return spec.operand(Operand.KEY).dtype().isQuantised();
    }

    /** Why the keys of a spec cannot be multiplied as bytes, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        if (!areKeysBytes(spec)) {
            return Optional.of("keys are " + spec.operand(Operand.KEY).dtype());
        }
        if (spec.rotary() != null) {
            return Optional.of(
                    "keys are rotated, which makes floats of them; a KvCache rotates them as it stores them");
        }
        DType key = spec.operand(Operand.KEY).dtype();
        int columns = VECTOR_BITS / key.bits();
        return spec.headDim() % columns == 0
                ? Optional.empty()
                : Optional.of("headDim must be a multiple of " + columns + " for it with keys of " + key + ", but is "
                        + spec.headDim());
    }
}
