package io.github.attention4j.internal.plan.lanes;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.plan.family.Product;
import java.util.Optional;

/**
 * How {@code attn_forward_lanes} and {@code attn_backward_lanes} multiply: the number in the macro {@code DOT} of
 * {@code kernels/lib} is the position here. All but the first multiply pairs of bf16.
 */
public enum PairProduct implements Product {
    /** Floats. */
    NONE(null, 0, ""),
    /** Pairs by plain arithmetic, on any device: slow, and so never chosen unless a tuning table says so. */
    PLAIN(null, 0, ""),
    /** Pairs by an instruction of AVX-512. */
    VDPBF16PS(Instruction.VDPBF16PS, 16, "products of query, key, value and weights in bf16, sums in f32"),
    /** Tiles of pairs by the matrix unit of Intel's processors. */
    AMX(Instruction.TDPBF16PS, 16, "products of query, key, value and weights in bf16 by AMX, sums in f32"),
    /** What that computes by plain arithmetic, on any device: for tests, and so never chosen likewise. */
    AMX_PLAIN(null, 16, "");

    /** The macro. */
    public static final String MACRO = "DOT";

    private final Instruction instruction;
    /** Floats of the vectors that the instruction sums in; 0 for any. */
    final int lanes;
    /** What it computes, for people. */
    final String meaning;

    PairProduct(Instruction instruction, int lanes, String meaning) {
        this.instruction = instruction;
        this.lanes = lanes;
        this.meaning = meaning;
    }

    @Override
    public Instruction instruction() {
        return instruction;
    }

    /**
     * What a number in the macro says; null, and a macro that is not there, for floats.
     *
     * @throws IllegalArgumentException if it is no product of pairs
     */
    static PairProduct of(Integer dot) {
        PairProduct[] products = values();
        if (dot != null && (dot < 1 || dot >= products.length)) {
            throw new IllegalArgumentException("DOT must be 1 to " + (products.length - 1) + ", but is " + dot);
        }
        return dot == null ? NONE : products[dot];
    }

    /** Whether tiles are multiplied, and not vectors. */
    public boolean isOfTiles() {
        return this == AMX || this == AMX_PLAIN;
    }

    /** The best of vectors with an instruction that a device has; {@link #NONE} if there is none. */
    public static PairProduct bestOfVectors(Device device) {
        return Product.best(new PairProduct[] {NONE, PLAIN, VDPBF16PS}, device);
    }

    /** What kernels that have no tiles of pairs say of one of tiles; empty of others. */
    public Optional<String> tilesMisfit() {
        return isOfTiles() ? Optional.of("only attention multiplies tiles of pairs") : Optional.empty();
    }

    /** Why vectors of so many floats cannot be multiplied like this, or empty. */
    Optional<String> misfit(int width) {
        return lanes == 0 || width == lanes
                ? Optional.empty()
                : Optional.of((instruction == null ? name() : instructionName()) + " has " + lanes
                        + " lanes, but LANES is " + width);
    }

    /** Why a device cannot compute a spec with this product, or must not, or empty. */
    Optional<String> obstacle(AttentionSpec spec, Device device) {
        return this == NONE ? Optional.empty() : requestObstacle(spec).or(() -> deviceObstacle(device));
    }

    /** Why a spec may not be computed with products of pairs, which round, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        if (spec.has(Operand.ADDITIVE_VECTOR)) {
            return Optional.of("additive scores are no products of pairs");
        }
        if (spec.precision() == Precision.BF16) {
            return Optional.empty();
        }
        DType query = spec.operand(Operand.QUERY).dtype();
        DType key = spec.operand(Operand.KEY).dtype();
        DType value = spec.operand(Operand.VALUE).dtype();
        if (query != DType.BF16 || key != DType.BF16 || value != DType.BF16) {
            return Optional.of("query, key and value are " + query + ", " + key + " and " + value
                    + "; precision(Precision.BF16) lets them be rounded to bf16");
        }
        DType gradient = spec.isBackward() ? spec.operand(Operand.GRAD_OUT).dtype() : DType.BF16;
        if (gradient != DType.BF16) {
            return Optional.of("grad_out is " + gradient + "; precision(Precision.BF16) lets it be rounded to bf16");
        }
        if (spec.rotary() != null) {
            return Optional.of(
                    "rotated queries and keys would have to be rounded to bf16; precision(Precision.BF16) lets them");
        }
        return Optional.empty();
    }
}
