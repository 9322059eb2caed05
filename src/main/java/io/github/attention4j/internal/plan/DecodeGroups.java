package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_decode_tiles}, which is {@code attn_forward_tiles} with rows of several heads in a work-group.
 *
 * @param tiles its tiles; {@link GroupTiles#tileQ} counts query rows of all heads that read one key/value head
 */
public record DecodeGroups(GroupTiles tiles) implements TileConfig {

    @Override
    public KernelFamily family() {
        return KernelFamily.DECODE;
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
    public String compilerFlags() {
        return tiles.compilerFlags();
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
