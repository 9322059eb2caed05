package io.github.attention4j.testing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.TuningTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Engines of the decode family: with the kernel for the device there is, or with that for GPUs. Never closed by a test. */
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

    /** An engine that shares keys out in pieces of {@code splitSize}, or as the planner likes if that is 0. */
    public static synchronized AttentionEngine of(Kernel kernel, int splitSize) {
        return SHARED.computeIfAbsent(kernel + " " + splitSize, name -> open(kernel, splitSize));
    }

    private static AttentionEngine open(Kernel kernel, int splitSize) {
        EngineOptions options =
                EngineOptions.defaults().withFamily(KernelFamily.DECODE).withSplitSize(splitSize);
        return AttentionEngine.open(
                Engines.openClDevice(), kernel == Kernel.OF_DEVICE ? options : options.withTuningFile(table(kernel)));
    }

    private static Path table(Kernel kernel) {
        try {
            Path file = Files.createTempFile("decode", ".csv");
            file.toFile().deleteOnExit();
            return Files.writeString(
                    file,
                    TuningTable.HEADER + "\nDECODE,*,F32,256,any," + (kernel == Kernel.TILES ? GROUP_TILES : ROW_TILES)
                            + ",1,a test,2026-01-01\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
