package io.github.attention4j.testing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Engines of the matrix family on a device without matrix units: a tuning file asks for emulated ones. Never closed by
 * a test.
 */
public final class MatrixEngines {
    private static final Map<MatrixUnit, AttentionEngine> SHARED = new EnumMap<>(MatrixUnit.class);
    private static final Map<MatrixUnit, AttentionEngine> OF_GRADIENTS = new EnumMap<>(MatrixUnit.class);

    private static final Map<MatrixUnit, AttentionEngine> OF_PIECES = new EnumMap<>(MatrixUnit.class);
    private static final Map<Integer, AttentionEngine> OF_BULK = new HashMap<>();

    private MatrixEngines() {}

    /** The engine that emulates this unit; skips the test if its kernels cannot be judged on this device. */
    public static synchronized AttentionEngine of(MatrixUnit unit) {
        DeviceCondition.assumeGroupsAreCompiledRight();
        return SHARED.computeIfAbsent(unit, each -> open(tiles(each)));
    }

    /** The same for gradients. */
    public static synchronized AttentionEngine ofGradients(MatrixUnit unit) {
        DeviceCondition.assumeGroupsAreCompiledRight();
        return OF_GRADIENTS.computeIfAbsent(unit, each -> open(gradientTiles(each)));
    }

    /** The same for f32 in pieces of bf16. */
    public static synchronized AttentionEngine ofPieces(MatrixUnit unit) {
        DeviceCondition.assumeGroupsAreCompiledRight();
        return OF_PIECES.computeIfAbsent(unit, each -> open(tiles(each) + " PIECES=3"));
    }

    /** The same for tiles that Hopper's copy engine brings, with so many places for them. */
    public static synchronized AttentionEngine ofBulk(int stages) {
        DeviceCondition.assumeGroupsAreCompiledRight();
        return OF_BULK.computeIfAbsent(stages, each -> open(bulkTiles(each)));
    }

    private static AttentionEngine open(String tiles) {
        EngineOptions options =
                EngineOptions.defaults().withFamily(KernelFamily.MATRIX).withTuningFile(table(tiles));
        return AttentionEngine.open(Engines.openClDevice(), options);
    }

    /** The tiles that these engines run. */
    public static String tiles(MatrixUnit unit) {
        String sizes = unit == MatrixUnit.WGMMA ? " SUB_GROUPS=4 TILE_KV=64" : " SUB_GROUPS=2 TILE_KV=32";
        return "UNIT=" + (unit.ordinal() + 1) + sizes + " SHUFFLE=5 EMULATED=1";
    }

    /** The tiles that engines of gradients run. */
    public static String gradientTiles(MatrixUnit unit) {
        int kept = unit == MatrixUnit.MMA || unit == MatrixUnit.MFMA ? 1 : 0;
        return tiles(unit) + " IS_OWN_KEPT=" + kept;
    }

    /** The tiles that engines with a copy engine run. */
    public static String bulkTiles(int stages) {
        return tiles(MatrixUnit.WGMMA) + " STAGES=" + stages + " PRODUCER=0 PING_PONG=0";
    }

    /** A tuning file with these tiles for every float type and head size. */
    public static Path table(String tiles) {
        StringBuilder text = new StringBuilder(TuningTable.HEADER).append('\n');
        for (String type : new String[] {"F16", "BF16", "F32"}) {
            text.append("forward,MATRIX,*,")
                    .append(type)
                    .append(",256,any,any,any,")
                    .append(tiles)
                    .append(",1,a test,2026-01-01\n");
        }
        try {
            Path file = Files.createTempFile("matrix", ".csv");
            file.toFile().deleteOnExit();
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
