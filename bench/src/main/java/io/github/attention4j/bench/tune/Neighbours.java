package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.Candidates;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which tiles are worth a try. They know nothing of what the numbers mean: {@link Tiles} says which are legal. */
public final class Neighbours {
    /** Choices of code rather than sizes, which the device decides. */
    private static final Set<String> FIXED = Set.of("LANES", "DOT", "BYTE_DOT", "SHUFFLE", "UNIT", "EMULATED");
    /** Numbers up to this are not only doubled and halved: register tiles of 5 or 6 lie between powers of two. */
    private static final int SMALL = 16;

    private Neighbours() {}

    /** Where to begin: what the planner would guess for the device, and what won on other devices. */
    public static Set<Tiles> first(KernelFamily family, AttentionSpec spec, Device device) {
        Set<Tiles> tiles = new LinkedHashSet<>();
        tiles.addAll(Candidates.guesses(family, spec, device));
        tiles.addAll(Candidates.winners(family));
        return tiles;
    }

    /**
     * The tiles with one number doubled, halved, or, if it is small, a little larger or smaller, and with two of them
     * moved against each other.
     */
    public static Set<Tiles> of(Tiles tiles) {
        List<String> names = new ArrayList<>(tiles.numbers().keySet());
        names.removeAll(FIXED);
        Set<Tiles> all = new LinkedHashSet<>();
        for (String name : names) {
            add(all, tiles, Map.of(name, half(tiles, name)));
            add(all, tiles, Map.of(name, twice(tiles, name)));
            int number = tiles.numbers().get(name);
            for (int step = -2; step <= 2 && number <= SMALL; step++) {
                add(all, tiles, Map.of(name, number + step));
            }
        }
        for (String up : names) {
            for (String down : names) {
                if (!up.equals(down)) {
                    add(all, tiles, Map.of(up, twice(tiles, up), down, half(tiles, down)));
                }
            }
        }
        all.remove(tiles);
        return all;
    }

    private static int twice(Tiles tiles, String name) {
        return 2 * tiles.numbers().get(name);
    }

    private static int half(Tiles tiles, String name) {
        return tiles.numbers().get(name) / 2;
    }

    /** A key block that does not divide the tile of keys takes the nearest tile that it divides. */
    private static void fitTileKv(Map<String, Integer> macros) {
        int block = macros.getOrDefault("KEY_BLOCK", 1);
        if (block > 1) {
            macros.computeIfPresent("TILE_KV", (name, keys) -> Math.max(1, Math.round((float) keys / block)) * block);
        }
    }

    private static void add(Set<Tiles> all, Tiles tiles, Map<String, Integer> changes) {
        Map<String, Integer> macros = new LinkedHashMap<>(tiles.numbers());
        macros.putAll(changes);
        fitTileKv(macros);
        String text = macros.entrySet().stream()
                .map(macro -> macro.getKey() + "=" + macro.getValue())
                .collect(Collectors.joining(" "));
        Tiles changed = new Tiles(tiles.family(), text);
        if (changed.misfit().isEmpty()) {
            all.add(changed);
        }
    }
}
