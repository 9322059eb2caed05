package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import java.util.Map;
import java.util.TreeMap;

/**
 * One compiled kernel: its name and its {@code -D} list. Every macro that {@code lib/config.clh} and the tiles ask for is set here and
 * nowhere else; the text is sorted, so it is also the key of the program cache. Lengths, strides and scale are not here: they
 * change from call to call and must not compile anything.
 *
 * @param kernel the kernel function; its file is {@code kernel + ".cl"}
 * @param text what the driver's compiler is given
 */
public record KernelOptions(String kernel, String text) {

    /** The options that compute this spec with these tiles. */
    public static KernelOptions of(AttentionSpec spec, TileConfig tiles) {
        Map<String, Integer> macros = new TreeMap<>(tiles.macros());
        macros.put("HEAD_DIM", spec.headDim());
        macros.put("VALUE_DIM", spec.valueDim());
        macros.put("IS_CAUSAL", flag(spec.mask().isBounded()));
        macros.put("RETURN_LSE", flag(spec.returnLse()));
        StringBuilder text = new StringBuilder("-cl-std=CL1.2");
        for (Map.Entry<String, Integer> macro : macros.entrySet()) {
            text.append(" -D ").append(macro.getKey()).append('=').append(macro.getValue());
        }
        return new KernelOptions(kernel(tiles), text.toString());
    }

    @Override
    public boolean equals(Object other) { // written out for a fast start, see AttentionSpec
        return other instanceof KernelOptions that && kernel.equals(that.kernel) && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return 31 * kernel.hashCode() + text.hashCode();
    }

    private static String kernel(TileConfig tiles) {
        return tiles instanceof LaneTiles ? "attn_forward_lanes" : "attn_forward_tiles";
    }

    private static int flag(boolean on) {
        return on ? 1 : 0;
    }
}
