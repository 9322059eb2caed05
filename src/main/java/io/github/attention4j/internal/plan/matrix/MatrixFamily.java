package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.device.GpuInstructions;
import io.github.attention4j.internal.plan.family.Family;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code attn_forward_matrix} and {@code attn_forward_warpgroups}, and the kernels of gradients: for GPUs with matrix
 * units.
 */
public final class MatrixFamily implements Family {
    @Override
    public KernelFamily name() {
        return KernelFamily.MATRIX;
    }

    @Override
    public Optional<String> unwanted(AttentionSpec spec, Device device) {
        boolean hasUnit = MatrixUnit.of(device) != null;
        if (hasUnit && PiecesConfig.requestObstacle(spec).isEmpty()) {
            return Optional.empty();
        }
        Optional<String> obstacle = MatrixConfig.requestObstacle(spec);
        if (obstacle.isPresent() || hasUnit) {
            return obstacle;
        }
        return Optional.of(GpuInstructions.whyNone(device));
    }

    @Override
    public List<String> remarks(AttentionSpec spec, Device device) {
        MatrixUnit unit = MatrixUnit.of(device);
        if (unit != null && PiecesConfig.requestObstacle(spec).isEmpty()) {
            return PiecesGuesses.doubt(unit, spec).stream()
                    .map(why ->
                            "not MATRIX: " + MatrixConfig.requestObstacle(spec).orElseThrow() + "; " + why)
                    .toList();
        }
        if (unit == null || !guesses(unit, spec).isEmpty()) {
            return BulkGuesses.remark(unit, spec).stream().toList();
        }
        String rows = "rows of " + Math.max(spec.headDim(), spec.valueDim()) + " columns";
        return List.of(
                spec.isBackward()
                        ? "not MATRIX: gradients of " + rows
                                + ", and what this call does to scores, do not fit into the" + " registers of " + unit
                        : "not MATRIX: " + rows + " do not fit into the registers of " + unit + ", which hold "
                                + MatrixGuesses.mostColumns(unit));
    }

    private static List<Guess> guesses(MatrixUnit unit, AttentionSpec spec) {
        return spec.isBackward() ? MatrixBackwardGuesses.of(unit, spec) : MatrixGuesses.of(unit, spec);
    }

    @Override
    public List<Variant> variants(AttentionSpec spec, Device device) {
        DType type = spec.operand(Operand.KEY).dtype();
        if (PiecesConfig.requestObstacle(spec).isEmpty()) {
            return List.of(new Variant(DType.F32.name(), PiecesGuesses.of(MatrixUnit.of(device), spec)));
        }
        List<Guess> guesses = guesses(MatrixUnit.of(device), spec);
        // Units multiply both types at one rate, so what was measured with the other comes before guesses.
        return type == DType.BF16
                ? List.of(new Variant(DType.BF16.name(), List.of()), new Variant(DType.F16.name(), guesses))
                : List.of(new Variant(type.name(), guesses));
    }

    @Override
    public TileConfig config(Map<String, Integer> macros) {
        if (macros.containsKey(PiecesConfig.PIECES)) {
            return PiecesConfig.of(macros);
        }
        if (macros.containsKey(BulkConfig.STAGES)) {
            return BulkConfig.of(macros);
        }
        return macros.containsKey(MatrixBackwardConfig.KEPT)
                ? MatrixBackwardConfig.of(macros)
                : MatrixConfig.of(macros);
    }

    @Override
    public boolean mayFailToBuild() {
        return true;
    }
}
