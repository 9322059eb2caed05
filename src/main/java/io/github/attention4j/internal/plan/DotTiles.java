package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_forward_lanes} where it multiplies pairs of bf16.
 *
 * @param tiles as of floats; {@code keyBlock} is even
 * @param dot what multiplies them
 */
public record DotTiles(LaneTiles tiles, DotProduct dot) implements TileConfig {
    private static final String DOT = "DOT";

    static boolean isMeant(Map<String, Integer> macros) {
        return macros.containsKey(DOT);
    }

    static DotTiles of(Map<String, Integer> macros) {
        Map<String, Integer> others = new LinkedHashMap<>(macros);
        int dot = others.remove(DOT);
        if (dot < 1 || dot > DotProduct.values().length) {
            throw new IllegalArgumentException("DOT must be 1 to " + DotProduct.values().length + ", but is " + dot);
        }
        return new DotTiles(LaneTiles.of(others), DotProduct.values()[dot - 1]);
    }

    @Override
    public KernelFamily family() {
        return tiles.family();
    }

    @Override
    public int tileQ() {
        return tiles.tileQ();
    }

    @Override
    public int queryStep() {
        return tiles.queryStep();
    }

    @Override
    public int workItems() {
        return tiles.workItems();
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        long headWords = words(spec.headDim());
        long perQuery = headWords + spec.valueDim() + 2; // query and output, maximum and sum
        long keys = areKeysStaged(spec) ? tiles.tileKv() * headWords + spec.headDim() : 0;
        long values = (long) words(tiles.tileKv()) * spec.valueDim();
        long masks = 2L * tileQ() + 4L * tiles.queryBlocks();
        return Float.BYTES * (tileQ() * perQuery + (long) tiles.tileKv() * queryStep() + keys + values + masks);
    }

    private static int words(int elements) {
        return Heuristics.ceilDiv(elements, 2);
    }

    /** Whether tiles of keys are brought into local memory first; values always are, for their rows must be joined in pairs. */
    static boolean areKeysStaged(AttentionSpec spec) {
        boolean areWords = spec.operand(Operand.KEY).dtype() == DType.BF16 && spec.headDim() % 2 == 0;
        return !areWords || spec.rotary() != null || spec.isPaged() || LaneTiles.areFarApart(spec);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>(tiles.macros());
        macros.put(DOT, dot.ordinal() + 1);
        return macros;
    }

    @Override
    public boolean isDaring() {
        return dot == DotProduct.VDPBF16PS;
    }

    @Override
    public Optional<String> misfit() {
        if (tiles.keyBlock() % 2 != 0) {
            return Optional.of("KEY_BLOCK must be even for pairs of keys, but is " + tiles.keyBlock());
        }
        if (dot == DotProduct.VDPBF16PS && tiles.lanes() != 16) {
            return Optional.of("vdpbf16ps has 16 lanes, but LANES is " + tiles.lanes());
        }
        return tiles.misfit();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> obstacle = DotProduct.requestObstacle(spec);
        if (obstacle.isEmpty() && dot == DotProduct.VDPBF16PS) {
            obstacle = DotProduct.deviceObstacle(device);
        }
        return obstacle.isPresent() ? obstacle : TileConfig.super.obstacle(spec, device);
    }
}
