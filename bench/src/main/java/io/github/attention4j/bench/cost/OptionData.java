package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.HostArrays;
import java.util.List;
import java.util.Random;

/**
 * Data for options: such that a kernel that ignores the option gives a wrong answer, and none can leave out work for
 * it.
 */
final class OptionData {
    private static final long SEED = 2017;
    /** One key in so many is hidden: few enough that no tile of keys can be skipped. */
    private static final int HIDDEN_ONE_IN = 10;

    private static final List<Operand> OPTIONS =
            List.of(Operand.BIAS, Operand.KEEP_MASK, Operand.SINK, Operand.KEY_LENGTHS);

    private OptionData() {}

    /** Bias, keep-mask, sink and key lengths of a spec, where it has them. */
    static AttentionArrays of(AttentionSpec spec) {
        Random random = new Random(SEED);
        AttentionArrays given = new AttentionArrays();
        for (Operand operand : OPTIONS) {
            if (spec.has(operand)) {
                TensorSpec tensor = spec.operand(operand);
                HostArrays.put(given, operand, Elements.poisoned(tensor));
                Elements elements = Elements.of(spec, given, operand);
                for (int row = 0; row < tensor.batch() * tensor.heads() * tensor.rows(); row++) {
                    int head = row / tensor.rows();
                    int batch = head / tensor.heads();
                    for (int column = 0; column < tensor.columns(); column++) {
                        set(operand, elements, batch, head % tensor.heads(), row % tensor.rows(), column, spec, random);
                    }
                }
            }
        }
        return given;
    }

    private static void set(
            Operand operand, Elements to, int batch, int head, int row, int column, AttentionSpec spec, Random random) {
        switch (operand) {
            case BIAS -> to.set(batch, head, row, column, (float) random.nextGaussian());
            case KEEP_MASK -> to.keep(batch, head, row, column, random.nextInt(HIDDEN_ONE_IN) == 0 ? 0 : 1);
            // Beside n keys with scores around 0, a sink of ln(n) takes half of the weight.
            case SINK -> to.set(batch, head, row, column, (float) (random.nextGaussian() + Math.log(spec.keyLength())));
            default -> to.setInt(batch, head, row, spec.keyLength());
        }
    }
}
