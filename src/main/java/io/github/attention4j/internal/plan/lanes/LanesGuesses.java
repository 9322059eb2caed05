package io.github.attention4j.internal.plan.lanes;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.internal.plan.family.Family.Guess;
import java.util.ArrayList;
import java.util.List;

/**
 * Tiles of {@code attn_forward_lanes} and {@code attn_backward_lanes} for a processor that nobody has tuned. Pure
 * functions; each branch says what limited it.
 */
public final class LanesGuesses {
    private LanesGuesses() {}

    /** The best tiles if nothing limits them. */
    public static LanesConfig best(Device device) {
        int lanes = lanes(device);
        // 32 registers: 16 accumulators, 2 query vectors and a broadcast. Other shares of them, 4 x 4 and 16 x 1, are
        // within 2 % without a mask (PoCL 3.1 on Zen 4); under a causal one, half a block of 64 queries wastes up to
        // 6 % more than one of 32.
        return lanes == 16 ? new LanesConfig(16, 2, 4, 128, 8, 8) : new LanesConfig(lanes, 2, 4, 126, 6, 6);
    }

    /** Floats of a vector, as kernels count them. */
    public static int lanes(Device device) {
        return device.vectorWidth() >= 16 ? 16 : device.vectorWidth() >= 8 ? 8 : 4;
    }

    static List<Guess> ofFloats(Device device) {
        LanesConfig best = best(device);
        int lanes = best.lanes();
        List<Guess> guesses = new ArrayList<>();
        guesses.add(new Guess(
                best,
                lanes + " floats a vector: "
                        + (lanes == 16 ? "8 x 2 accumulators in 32 registers" : "6 x 2 accumulators in 16 registers")));
        for (int blocks = 2; blocks >= 1; blocks--) {
            guesses.add(new Guess(
                    new LanesConfig(lanes, 2, blocks, 24, 6, 6),
                    "local memory holds " + blocks + " blocks of " + 2 * lanes + " queries"));
        }
        guesses.add(new Guess(new LanesConfig(lanes, 1, 1, 6, 6, 6), "smallest tiles: local memory"));
        return guesses;
    }

    static List<Guess> ofGradients(Device device) {
        int lanes = lanes(device);
        boolean many = lanes == 16;
        String reason = lanes + " floats a vector: "
                + (many ? "4 x 4 accumulators in 32 registers" : "6 x 2 accumulators in 16 registers");
        int block = many ? 4 : 6;
        int vectors = many ? 4 : 2;
        List<Guess> guesses = new ArrayList<>();
        guesses.add(new Guess(
                new LanesBackwardConfig(lanes, vectors * lanes, many ? 32 : 30, block, block, vectors), reason));
        guesses.add(new Guess(
                new LanesBackwardConfig(lanes, 2 * lanes, 12, 6, 6, 2), "local memory holds " + 2 * lanes + " keys"));
        guesses.add(new Guess(new LanesBackwardConfig(lanes, lanes, 4, 4, 4, 2), "smallest tiles: local memory"));
        return guesses;
    }

    /** None on a device without the instruction. */
    static List<Guess> ofPairs(AttentionSpec spec, Device device) {
        List<Guess> guesses = new ArrayList<>();
        if (PairProduct.AMX.deviceObstacle(device).isEmpty()) {
            guesses.addAll(spec.isBackward() ? tilesOfGradients() : ofTiles());
        }
        PairProduct product = PairProduct.bestOfVectors(device);
        if (product != PairProduct.NONE) {
            guesses.addAll(ofVectors(spec, product));
        }
        return guesses;
    }

    /**
     * Long tiles of keys, for each turn from the unit to vectors and back costs time: 256 keys took 0.9 to 0.95 of the
     * time that 128 took, and 0.8 of 64. Values are packed once for all blocks of queries: 16 blocks took 0.9 to 0.95
     * of 8 (Sapphire Rapids, PoCL 3.1).
     */
    private static List<Guess> ofTiles() {
        String reason = PairProduct.AMX.instructionName() + ": " + PairProduct.AMX.meaning;
        return List.of(
                new Guess(tiles(16, 256), reason),
                new Guess(tiles(4, 128), reason + "; local memory holds 4 blocks of 32 queries"),
                new Guess(tiles(1, 32), reason + "; smallest tiles: local memory"));
    }

    /** None on a device without AMX, or where floats are sooner. */
    static List<Guess> ofPieces(AttentionSpec spec, Device device) {
        if (PairProduct.AMX.deviceObstacle(device).isPresent()
                || LanesPiecesConfig.unwanted(spec).isPresent()) {
            return List.of();
        }
        String reason = PairProduct.AMX.instructionName()
                + ": f16 as two numbers of bf16 and weights as three, products by AMX, sums in f32";
        return List.of(
                new Guess(new LanesPiecesConfig(tiles(16, 256)), reason),
                new Guess(new LanesPiecesConfig(tiles(8, 128)), reason + "; local memory holds 8 blocks of 32 queries"),
                new Guess(new LanesPiecesConfig(tiles(1, 32)), reason + "; smallest tiles: local memory"));
    }

    private static List<Guess> tilesOfGradients() {
        String reason = PairProduct.AMX.instructionName() + ": " + PairProduct.AMX.meaning;
        return List.of(
                new Guess(tilesOfGradients(128, 128), reason),
                new Guess(tilesOfGradients(32, 32), reason + "; smallest tiles: local memory"));
    }

    private static LanesBackwardConfig tilesOfGradients(int tileKv, int tileQ) {
        return new LanesBackwardConfig(PairProduct.AMX.lanes, tileKv, tileQ, 2, 4, 4, PairProduct.AMX);
    }

    private static LanesConfig tiles(int queryBlocks, int tileKv) {
        return new LanesConfig(PairProduct.AMX.lanes, 2, queryBlocks, tileKv, 32, 16, PairProduct.AMX);
    }

    private static List<Guess> ofVectors(AttentionSpec spec, PairProduct product) {
        String reason = product.instructionName() + ": " + product.meaning;
        if (spec.isBackward()) {
            return List.of(
                    new Guess(pairsOfGradients(product, 4, 64), reason),
                    new Guess(pairsOfGradients(product, 2, 12), reason + "; local memory holds 32 keys"));
        }
        // 8 x 2 accumulators in 32 registers. Blocks of 32 queries waste less of a causal diagonal than of 64, and more
        // of them share what is staged: 4 to 6 % faster than 4 x 4 and one block on short causal problems, 3 % on long
        // ones; what must be rounded on the way gains 20 % (PoCL 3.1, Zen 4).
        int blocks = LanesConfig.arePairsStaged(spec, product) ? 16 : 8;
        return List.of(
                new Guess(pairs(product, 2, blocks, 128), reason),
                new Guess(pairs(product, 2, 4, 64), reason + "; local memory holds 4 blocks of 32 queries"),
                new Guess(pairs(product, 1, 1, 16), reason + "; smallest tiles: local memory"));
    }

    private static LanesBackwardConfig pairsOfGradients(PairProduct product, int vectors, int tileQ) {
        return new LanesBackwardConfig(product.lanes, vectors * product.lanes, tileQ, 4, 4, vectors, product);
    }

    private static LanesConfig pairs(PairProduct product, int laneVectors, int queryBlocks, int tileKv) {
        return new LanesConfig(product.lanes, laneVectors, queryBlocks, tileKv, 8, 8, product);
    }
}
