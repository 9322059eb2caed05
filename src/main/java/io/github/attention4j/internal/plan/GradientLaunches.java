package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.plan.family.GradientScratch;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.RowGroups;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.score.CallTensor;
import java.util.ArrayList;
import java.util.List;

/** The kernels of a backward call: those of the family, and before and behind them those that all families share. */
final class GradientLaunches {
    private GradientLaunches() {}

    static List<Launch> of(AttentionSpec spec, Device device, TileConfig tiles) {
        int items = RowGroups.items(device);
        List<Launch> launches = new ArrayList<>();
        launches.add(RowGroups.ofQueries(spec, KernelOptions.delta(spec, items), items, true));
        launches.addAll(tiles.gradientLaunches(spec, device));
        if (spec.has(Operand.GRAD_BIAS)) {
            launches.add(ofBias(spec, items));
        }
        boolean haveHeads = spec.has(Operand.GRAD_SINK)
                || spec.has(Operand.GRAD_ALIBI_SLOPES)
                || spec.has(Operand.GRAD_ADDITIVE_VECTOR);
        if (haveHeads) {
            int entries = spec.has(Operand.GRAD_ALIBI_SLOPES)
                    ? spec.operand(Operand.GRAD_ALIBI_SLOPES).batch()
                    : 1;
            launches.add(new Launch(KernelOptions.gradientHeads(spec, items), spec.heads(), entries, 1, items, true));
        }
        for (int i = 0; i < CallTensor.MOST; i++) {
            if (spec.has(OperandTable.gradientOf(OperandTable.scoreTensor(i)))) {
                addTensor(launches, spec, i, items);
            }
        }
        return List.copyOf(launches);
    }

    private static void addTensor(List<Launch> launches, AttentionSpec spec, int tensor, int items) {
        int sums = GradientScratch.sums(spec, tensor);
        long groups = (spec.operand(OperandTable.scoreTensor(tensor)).elements() + items - 1) / items;
        KernelOptions sum = KernelOptions.gradientTensorSum(spec, tensor, sums, items);
        launches.add(new Launch(KernelOptions.gradientTensor(spec, tensor, items), sums, 1, 1, items, true));
        launches.add(new Launch(sum, groups, 1, 1, items, true));
    }

    private static Launch ofBias(AttentionSpec spec, int items) {
        TensorSpec bias = spec.operand(Operand.GRAD_BIAS);
        long keys = (bias.columns() + items - 1L) / items;
        long heads = (long) bias.batch() * bias.heads();
        return new Launch(KernelOptions.gradientBias(spec, items), keys, bias.rows(), heads, items, true);
    }
}
