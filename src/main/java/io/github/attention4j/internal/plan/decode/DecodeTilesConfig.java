package io.github.attention4j.internal.plan.decode;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.tiles.TilesConfig;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_decode_tiles}, which is {@code attn_forward_tiles} with rows of several heads in a work-group.
 *
 * @param tiles its tiles; {@link TilesConfig#tileQ} counts query rows of all heads that read one key/value head
 */
public record DecodeTilesConfig(TilesConfig tiles) implements TileConfig {
    static DecodeTilesConfig of(Map<String, Integer> macros) {
        return new DecodeTilesConfig(TilesConfig.of(macros));
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.DECODE;
    }

    @Override
    public String kernelName() {
        return "attn_decode_tiles";
    }

    @Override
    public boolean areHeadsJoined() {
        return true;
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
        return tiles.localBytes(spec) - TileConfig.RANGE_PARTS + Long.BYTES; // where the partial results are
    }

    @Override
    public Map<String, Integer> macros() {
        return tiles.macros();
    }

    @Override
    public Map<String, Integer> specMacros(AttentionSpec spec) {
        return tiles.specMacros(spec);
    }

    @Override
    public String compilerFlags() {
        return tiles.compilerFlags();
    }

    @Override
    public boolean hasAssembly() {
        return tiles.hasAssembly();
    }

    @Override
    public Optional<String> misfit() {
        return tiles.misfit();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> missing = tiles.shuffle().missingOn(device);
        return missing.isPresent() ? missing : TileConfig.super.obstacle(spec, device);
    }
}
