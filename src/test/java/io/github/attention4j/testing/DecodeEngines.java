package io.github.attention4j.testing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.decode.ByteProduct;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Engines of the decode family: with the kernel for the device there is, or with that for GPUs. Never closed by a test.
 */
public final class DecodeEngines {
    /** Of the kernel for GPUs. Small, for what counts on a CPU is how long they take to compile. */
    public static final String GROUP_TILES = "TILE_Q=8 TILE_KV=16 ITEMS_X=4 ITEMS_Y=2 DEPTH=4 SHUFFLE=0";

    /** Of the kernel that exchanges numbers within sub-groups. */
    public static final String ROW_TILES = "ITEMS=8 KEY_LANES=4 ROW_BLOCK=2 KEY_STEPS=2 SHUFFLE=5";

    private static final Map<String, AttentionEngine> SHARED = new HashMap<>();

    private DecodeEngines() {}

    /** Which of the two kernels. */
    public enum Kernel {
        /** That which the planner takes for the device. */
        OF_DEVICE,
        /** That for GPUs, with the smallest tiles. */
        TILES,
        /** That for GPUs with an exchange within sub-groups, which is emulated. */
        ROWS
    }

    /**
     * An engine that shares keys out in pieces of {@code splitSize}, or as the planner likes if that is 0; skips the
     * test if kernels for GPUs cannot be judged on this device.
     */
    public static synchronized AttentionEngine of(Kernel kernel, int splitSize) {
        if (kernel != Kernel.OF_DEVICE) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        return SHARED.computeIfAbsent(kernel + " " + splitSize, name -> open(kernel, splitSize));
    }

    /**
     * An engine whose kernel for CPUs multiplies keys of few bits like this; its tiles are small, so that there are
     * many.
     */
    public static synchronized AttentionEngine of(ByteProduct product, int splitSize) {
        return SHARED.computeIfAbsent(product + " " + splitSize, name -> {
            boolean tiled = product == ByteProduct.AMX || product == ByteProduct.AMX_PLAIN;
            String sizes = tiled ? "ROW_BLOCK=4 TILE_ROWS=4 TILE_KV=128" : "ROW_BLOCK=2 TILE_ROWS=4 TILE_KV=64";
            String tiles = "LANES=16 " + sizes + " VALUE_BLOCK=3 " + macro(product);
            EngineOptions options =
                    EngineOptions.defaults().withFamily(KernelFamily.DECODE).withSplitSize(splitSize);
            options = options.withAmx(product == ByteProduct.AMX); // which would come before the table
            return AttentionEngine.open(Engines.openClDevice(), options.withTuningFile(table("I8", tiles)));
        });
    }

    /** An engine whose kernel for CPUs has vectors of so many floats, and small tiles. */
    public static synchronized AttentionEngine ofLanes(int lanes) {
        return SHARED.computeIfAbsent("lanes " + lanes, name -> {
            String tiles = "LANES=" + lanes + " ROW_BLOCK=4 TILE_ROWS=4 TILE_KV=64 VALUE_BLOCK=3 BYTE_DOT=0";
            EngineOptions options = EngineOptions.defaults().withFamily(KernelFamily.DECODE);
            return AttentionEngine.open(Engines.openClDevice(), options.withTuningFile(table("F32", tiles)));
        });
    }

    /** An engine that reads keys and values of a 16-bit type by 16 bytes, a round ahead. */
    public static synchronized AttentionEngine ofPairs(DType type, int splitSize) {
        DeviceCondition.assumeGroupsAreCompiledRight();
        return SHARED.computeIfAbsent("pairs " + type + " " + splitSize, name -> {
            EngineOptions options =
                    EngineOptions.defaults().withFamily(KernelFamily.DECODE).withSplitSize(splitSize);
            Path table = table("F16", ROW_TILES + " LOAD_FOURS=2"); // what GPUs look for, and processors
            try {
                String row = Files.readAllLines(table).get(1);
                Files.writeString(table, row.replace(",F16,", ",F32,") + "\n", StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return AttentionEngine.open(Engines.openClDevice(), options.withTuningFile(table));
        });
    }

    /** The macro that says so, as {@code explain()} has it. */
    public static String macro(ByteProduct product) {
        return "BYTE_DOT=" + product.ordinal();
    }

    private static AttentionEngine open(Kernel kernel, int splitSize) {
        EngineOptions options =
                EngineOptions.defaults().withFamily(KernelFamily.DECODE).withSplitSize(splitSize);
        String tiles = kernel == Kernel.TILES ? GROUP_TILES : ROW_TILES;
        return AttentionEngine.open(
                Engines.openClDevice(),
                kernel == Kernel.OF_DEVICE ? options : options.withTuningFile(table("F32", tiles)));
    }

    private static Path table(String type, String tiles) {
        try {
            Path file = Files.createTempFile("decode", ".csv");
            file.toFile().deleteOnExit();
            return Files.writeString(
                    file,
                    TuningTable.HEADER + "\nforward,DECODE,*," + type + ",256,any,any,any," + tiles
                            + ",1,a test,2026-01-01\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
