package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Layout;
import io.github.attention4j.bench.option.OptionProblem;
import io.github.attention4j.internal.plan.TileConfig;
import io.github.attention4j.internal.plan.TuningTable;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/**
 * What one row of the tuning table speaks for.
 *
 * @param family the kernel family
 * @param type of query, key, value and out
 * @param headDim the head size
 */
public record TuningTarget(KernelFamily family, DType type, int headDim) {
    private static final int HEADS = 16;
    private static final long SEED = 2017;

    /** Two problems of this length, without and with a causal mask: tiles must do for both. */
    List<OptionProblem> problems(int length) {
        AttentionSpec plain = AttentionSpec.builder()
                .heads(HEADS)
                .sequenceLength(length)
                .headDim(headDim)
                .types(type)
                .build();
        return List.of(problem(plain), problem(plain.toBuilder().causal().build()));
    }

    private static OptionProblem problem(AttentionSpec spec) {
        return new OptionProblem(spec, Layout.Order.BATCH_HEAD_ROW).fill(SEED);
    }

    /** The line of a tuning table that makes the planner take these tiles on this device, where they are legal. */
    public String row(Device device, TileConfig tiles, double gflops) {
        String name = device.name().contains(",") ? device.vendor() + "/" + device.type() : device.name();
        return String.join(
                ",",
                family.name(),
                name,
                type.name(),
                Integer.toString(headDim),
                "any",
                tiles.text(),
                String.format(Locale.ROOT, "%.1f", gflops),
                "bench/run --card",
                LocalDate.now().toString());
    }

    /** A table of lines. */
    public static String table(List<String> rows) {
        return TuningTable.HEADER + "\n" + String.join("\n", rows) + "\n";
    }

    @Override
    public String toString() {
        return family + " " + type + " headDim " + headDim;
    }
}
