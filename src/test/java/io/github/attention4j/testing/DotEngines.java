package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Half;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Engines of the lanes family that multiply pairs of bf16, by the instruction where there is one, or by hand. Never
 * closed by a test.
 */
public final class DotEngines {
    private static final Map<PairProduct, AttentionEngine> SHARED = new EnumMap<>(PairProduct.class);
    private static final Map<PairProduct, AttentionEngine> OF_PIECES = new EnumMap<>(PairProduct.class);

    private DotEngines() {}

    /** By hand; and by the instruction, if the first OpenCL device has it and is not slower with it. */
    public static List<PairProduct> here() {
        Device device = AttentionEngine.devices().get(0);
        boolean hasIt = device.id().equals(Engines.openClDevice())
                && device.instructions().contains(Instruction.VDPBF16PS);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .sequenceLength(64)
                .headDim(64)
                .types(DType.BF16)
                .build();
        return hasIt && of(PairProduct.VDPBF16PS).plan(spec).explain().contains(macro(PairProduct.VDPBF16PS))
                ? List.of(PairProduct.PLAIN, PairProduct.VDPBF16PS)
                : List.of(PairProduct.PLAIN);
    }

    /** Tiles of pairs by hand; and by AMX, if {@link #amxObstacle()} is empty. */
    public static List<PairProduct> tilesHere() {
        return amxObstacle().isEmpty()
                ? List.of(PairProduct.AMX_PLAIN, PairProduct.AMX)
                : List.of(PairProduct.AMX_PLAIN);
    }

    /** Why tests do not multiply by AMX itself, or empty. */
    public static Optional<String> amxObstacle() {
        Device device = AttentionEngine.devices().get(0);
        if (!device.id().equals(Engines.openClDevice())
                || !device.instructions().contains(Instruction.TDPBF16PS)) {
            return Optional.of(device.name() + " is not known to have AMX, whose tiles are emulated");
        }
        return EngineOptions.defaults().amx()
                ? Optional.empty()
                : Optional.of(
                        "the processor has AMX, which -Dattention4j.amx=false turned off; its tiles are emulated");
    }

    /** The engine that multiplies like this. */
    public static synchronized AttentionEngine of(PairProduct dot) {
        return SHARED.computeIfAbsent(dot, DotEngines::open);
    }

    /** The engine that multiplies f16 in pieces like this, by tiles. */
    public static synchronized AttentionEngine ofPieces(PairProduct dot) {
        return OF_PIECES.computeIfAbsent(dot, each -> {
            String tiles = "LANES=16 LANE_VECTORS=2 QUERY_BLOCKS=2 TILE_KV=64 KEY_BLOCK=32 VALUE_BLOCK=16 DOT="
                    + each.ordinal() + " PIECES=2";
            EngineOptions options =
                    EngineOptions.defaults().withFamily(KernelFamily.LANES).withTuningFile(table("F16", tiles));
            return AttentionEngine.open(Engines.openClDevice(), options.withAmx(each == PairProduct.AMX));
        });
    }

    /** The macro that says so, as {@code explain()} has it of what was compiled, and not of tiles that were refused. */
    public static String macro(PairProduct dot) {
        return " -D DOT=" + dot.ordinal() + " ";
    }

    /** Whether a plan rounds weights to bf16, so that {@link Budget#checkRounded} is what its results must keep to. */
    public static boolean isRounding(AttentionPlan plan) {
        return Stream.of(PairProduct.values())
                .filter(dot -> dot != PairProduct.NONE)
                .anyMatch(dot -> plan.explain().contains(macro(dot)));
    }

    private static AttentionEngine open(PairProduct dot) {
        EngineOptions options = EngineOptions.defaults().withFamily(KernelFamily.LANES);
        if (dot == PairProduct.PLAIN) {
            int lanes =
                    Math.max(4, Math.min(16, AttentionEngine.devices().get(0).vectorWidth()));
            options = options.withTuningFile(table(
                    "BF16",
                    "LANES=" + lanes + " LANE_VECTORS=2 QUERY_BLOCKS=2 TILE_KV=20 KEY_BLOCK=4 VALUE_BLOCK=3 DOT=1",
                    "LANES=" + lanes + " TILE_KV=" + 2 * lanes
                            + " TILE_Q=12 QUERY_BLOCK=2 COLUMN_BLOCK=3 ROW_VECTORS=2 DOT=1"));
        }
        if (dot == PairProduct.AMX_PLAIN) {
            options = options.withTuningFile(table(
                    "BF16",
                    "LANES=16 LANE_VECTORS=2 QUERY_BLOCKS=2 TILE_KV=64 KEY_BLOCK=32 VALUE_BLOCK=16 DOT=4",
                    "LANES=16 TILE_KV=64 TILE_Q=64 QUERY_BLOCK=2 COLUMN_BLOCK=3 ROW_VECTORS=2 DOT=4"));
        }
        return AttentionEngine.open(Engines.openClDevice(), options.withAmx(dot == PairProduct.AMX));
    }

    private static Path table(String type, String... tiles) {
        try {
            Path file = Files.createTempFile("dot", ".csv");
            file.toFile().deleteOnExit();
            StringBuilder table = new StringBuilder(TuningTable.HEADER + "\n");
            for (String of : tiles) {
                table.append("forward,LANES,*,")
                        .append(type)
                        .append(",256,any,any,any,")
                        .append(of)
                        .append(",1,a test,2026-01-01\n");
            }
            return Files.writeString(file, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same inputs with query, key, value and the gradient of out rounded to bf16, in the types that they had. */
    public static AttentionArrays rounded(AttentionSpec spec, AttentionArrays inputs) {
        AttentionArrays rounded = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (inputs.get(operand) != null) {
                HostArrays.put(rounded, operand, inputs.get(operand));
            }
        }
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.GRAD_OUT}) {
            if (inputs.get(operand) == null) {
                continue;
            }
            boolean f16 = spec.operand(operand).dtype() == DType.F16;
            if (inputs.get(operand) instanceof float[] floats) {
                float[] all = floats.clone();
                for (int i = 0; i < all.length; i++) {
                    all[i] = Half.fromBf16(Half.toBf16(all[i]));
                }
                rounded.with(operand, all);
            } else if (f16) {
                short[] all = ((short[]) inputs.get(operand)).clone();
                for (int i = 0; i < all.length; i++) {
                    all[i] = Half.toF16(Half.fromBf16(Half.toBf16(Half.fromF16(all[i]))));
                }
                rounded.with(operand, all);
            }
        }
        return rounded;
    }
}
