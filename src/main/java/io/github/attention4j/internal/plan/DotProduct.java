package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.device.PairProducts;
import io.github.attention4j.internal.device.Quirks;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How {@code attn_forward_lanes} multiplies pairs of bf16. The number in the macro {@code DOT} of {@code kernels/lib/cpu/words.clh} is the position here,
 * counted from 1; 0 is products of floats.
 */
public enum DotProduct {
    /** By plain arithmetic, on any device: slow, and so never chosen unless a tuning table says so. */
    PLAIN,
    /** By an instruction of AVX-512, twice as fast as multiply-adds of f32 where {@link PairProducts} does not say otherwise. */
    VDPBF16PS;

    /** Why a spec may not be computed with rounded products, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
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
        if (spec.rotary() != null) {
            return Optional.of(
                    "rotated queries and keys would have to be rounded to bf16; precision(Precision.BF16) lets them");
        }
        return Optional.empty();
    }

    /** Why a device has no such instruction that is known, or empty. */
    static Optional<String> deviceObstacle(Device device) {
        if (device.matrixUnit().equals(VDPBF16PS.name())) {
            return Optional.empty();
        }
        String slow = PairProducts.obstacle(device.vendor(), device.name());
        if (device.matrixUnit().equals(ByteProduct.VPDPBUSD.name()) && !slow.isEmpty()) {
            return Optional.of("vdpbf16ps is not taken: " + slow);
        }
        return Optional.of(device.name()
                + " is not known to have vdpbf16ps: that takes Linux, PoCL with vectors of 16 floats, and"
                + " avx512_bf16 among the flags of every processor in /proc/cpuinfo" + driverObstacle(device));
    }

    /** {@code "; PoCL 9.0 is not …"} where that is a reason not to use an instruction of the processor. */
    static String driverObstacle(Device device) {
        String obstacle =
                Quirks.of(device.platform(), device.name(), device.driver()).instructionsObstacle();
        return obstacle.isEmpty() ? "" : "; " + obstacle;
    }

    /** Tiles to try, best first; none on a device without the instruction. */
    static List<Heuristics.Guess> guesses(AttentionSpec spec, Device device) {
        if (deviceObstacle(device).isPresent()) {
            return List.of();
        }
        String reason = "vdpbf16ps: products of query, key, value and weights in bf16, sums in f32";
        // 8 x 2 accumulators in 32 registers. Blocks of 32 queries waste less of a causal diagonal than of 64, and more
        // of them share what is staged: 4 to 6 % faster than 4 x 4 and one block on short causal problems, 3 % on long
        // ones; what must be rounded on the way gains 20 % (PoCL 3.1, Zen 4).
        int blocks = DotTiles.areKeysStaged(spec) ? 16 : 8;
        return List.of(
                new Heuristics.Guess(tiles(2, blocks, 128), reason),
                new Heuristics.Guess(tiles(2, 4, 64), reason + "; local memory holds 4 blocks of 32 queries"),
                new Heuristics.Guess(tiles(1, 1, 16), reason + "; smallest tiles: local memory"));
    }

    private static DotTiles tiles(int laneVectors, int queryBlocks, int tileKv) {
        return new DotTiles(new LaneTiles(16, laneVectors, queryBlocks, tileKv, 8, 8), VDPBF16PS);
    }

    /**
     * What {@link Device#matrixUnit()} is for a processor. An instruction that the processor lacks ends the JVM, so every condition must be known to
     * hold: kernels run in this process (PoCL's own processor drivers, on this very processor, which is part of the device's name), compiled for
     * AVX-512, and on processors all of which have it. {@link #VDPBF16PS} stands for {@link ByteProduct#VPDPBUSD} too, for no processor has but the
     * first. Where {@link PairProducts} says that pairs are slow, only the products of bytes are named. Whether the driver's version compiles them
     * right is not looked at: {@link Quirks#takesInstructions} says it.
     *
     * @param system the name of the operating system, as Java says it
     * @param platform the OpenCL platform's name
     * @param device the device's name
     * @param vectorWidth the device's native vectors, in floats
     * @param cpuinfo Linux's account of the processors; empty where there is none
     */
    public static String name(String system, String platform, String device, int vectorWidth, String cpuinfo) {
        boolean runsHere = Quirks.of(platform, device, "").runsHere();
        if (!system.toLowerCase(Locale.ROOT).equals("linux") || !runsHere || vectorWidth < 16) {
            return "";
        }
        int processors = 0;
        int multiplyBytes = 0;
        int multiplyPairs = 0;
        boolean arePairsSlow = false;
        for (String line : cpuinfo.split("\n")) {
            String name = line.substring(0, Math.max(0, line.indexOf(':'))).trim();
            String content = line.substring(line.indexOf(':') + 1).trim();
            if (name.equals("processor")) {
                processors++;
            } else if (name.equals("vendor_id")) {
                arePairsSlow |= PairProducts.areSlow(content);
            } else if (name.equals("model name") && !device.endsWith(content)) {
                return "";
            } else if (name.equals("flags")) {
                boolean bytes = (" " + content + " ").contains(" avx512_vnni ");
                boolean pairs = (" " + content + " ").contains(" avx512_bf16 ");
                multiplyBytes += bytes ? 1 : 0;
                multiplyPairs += bytes && pairs ? 1 : 0;
            }
        }
        if (processors == 0 || multiplyBytes != processors) {
            return "";
        }
        return multiplyPairs == processors && !arePairsSlow ? VDPBF16PS.name() : ByteProduct.VPDPBUSD.name();
    }
}
