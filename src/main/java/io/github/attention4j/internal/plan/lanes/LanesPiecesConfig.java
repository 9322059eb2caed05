package io.github.attention4j.internal.plan.lanes;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.family.DerivedConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tiles of {@code attn_forward_lanes} for f16, each number of which is the sum of two of bf16 that
 * {@link PairProduct#AMX} multiplies: see {@code kernels/lib/cpu/amx_pieces.clh}. All digits are kept, those of weights
 * too, so nothing is rounded.
 *
 * @param products what multiplies
 */
record LanesPiecesConfig(LanesConfig products) implements DerivedConfig {
    static final String PIECES = "PIECES";
    /** Of a number. */
    static final int COUNT = 2;
    /** Of a weight. */
    private static final int WEIGHT_PIECES = 3;
    /**
     * Queries and keys from which on it was measured to be sooner than floats: 1.1 to 1.4 times from 512 to 4096, of 64
     * and 128 columns, causal and not; 0.94 times at 128 (Sapphire Rapids, PoCL 3.1, medians).
     */
    private static final int LEAST_LENGTH = 512;

    /** What {@link #macros()} gives. */
    static LanesPiecesConfig of(Map<String, Integer> macros) {
        Map<String, Integer> products = new LinkedHashMap<>(macros);
        int pieces = products.remove(PIECES);
        if (pieces != COUNT) {
            throw new IllegalArgumentException(PIECES + " must be " + COUNT + ", but is " + pieces);
        }
        return new LanesPiecesConfig(LanesConfig.of(products));
    }

    /** Four pairs of pieces for scores and five for values, and as much time again for what surrounds them. */
    @Override
    public int productsEach() {
        return 9;
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        return products.pairBytes(spec, COUNT, WEIGHT_PIECES);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>(products.macros());
        macros.put(PIECES, COUNT);
        return macros;
    }

    @Override
    public Map<String, Integer> specMacros(AttentionSpec spec) {
        Map<String, Integer> macros = new TreeMap<>(products.specMacros(spec));
        macros.put("IS_KEY_STAGED", 1);
        return macros;
    }

    @Override
    public Optional<String> misfit() {
        return products.product().isOfTiles()
                ? products.misfit()
                : Optional.of("only tiles of pairs are multiplied in pieces, but DOT is "
                        + products.product().ordinal());
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        return requestObstacle(spec)
                .or(() -> products.product().deviceObstacle(device))
                .or(() -> DerivedConfig.super.obstacle(spec, device));
    }

    /** Why it is not tried for a spec unless a table says so, or empty. */
    static Optional<String> unwanted(AttentionSpec spec) {
        int shorter = Math.min(spec.queryLength(), spec.keyLength());
        return requestObstacle(spec)
                .or(() -> shorter >= LEAST_LENGTH
                        ? Optional.empty()
                        : Optional.of(spec.queryLength() + " queries and " + spec.keyLength() + " keys; from "
                                + LEAST_LENGTH + " of both on it is sooner than floats"));
    }

    /** Why f16 in pieces cannot compute this, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        if (spec.operand(Operand.QUERY).dtype() != DType.F16
                || spec.operand(Operand.KEY).dtype() != DType.F16
                || spec.operand(Operand.VALUE).dtype() != DType.F16) {
            return Optional.of("pieces are those of f16, in query, key and value alike");
        }
        if (spec.isBackward()) {
            return Optional.of("gradients are not computed in pieces");
        }
        if (spec.has(Operand.ADDITIVE_VECTOR)) {
            return Optional.of("additive scores are no products of matrices");
        }
        return spec.rotary() == null
                ? Optional.empty()
                : Optional.of("rotated queries and keys have more digits than two pieces");
    }
}
