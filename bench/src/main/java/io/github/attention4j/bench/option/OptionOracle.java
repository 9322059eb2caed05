package io.github.attention4j.bench.option;

import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.attention.Oracle;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.timing.Contender;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The right answer to a problem with options, on sampled rows of sampled heads, and how far from it an answer may be: the budget of {@link Oracle}.
 * The answer is computed here, by {@link OptionRow}; no engine takes part.
 */
public final class OptionOracle {
    private static final int SAMPLES = 96;

    private final int[] rows; // counting through [batch, heads, rows]
    private final float[] expected; // [sample, valueDim]
    private final int valueDim;
    private final double budget;
    private final double weightRounding;

    /** Computes it. */
    public OptionOracle(OptionProblem problem) {
        valueDim = problem.spec().valueDim();
        int[][] samples = samples(problem);
        rows = new int[samples.length];
        expected = new float[samples.length * valueDim];
        float[] plain = new float[expected.length];
        float[] absolute = new float[expected.length]; // attention over the values without their signs
        OptionRow row = new OptionRow(problem);
        OptionRow absoluteRow = has16Bits(problem) ? new OptionRow(withoutSigns(problem)) : null;
        IntStream.range(0, samples.length).parallel().forEach(i -> {
            int[] sample = samples[i];
            rows[i] = problem.queryRow(sample[0], sample[1], sample[2]);
            float[] right = row.attend(sample[0], sample[1], sample[2], false);
            float[] inFloats = row.attend(sample[0], sample[1], sample[2], true);
            System.arraycopy(right, 0, expected, i * valueDim, valueDim);
            System.arraycopy(inFloats, 0, plain, i * valueDim, valueDim);
            if (absoluteRow != null) {
                float[] sums = absoluteRow.attend(sample[0], sample[1], sample[2], false);
                System.arraycopy(sums, 0, absolute, i * valueDim, valueDim);
            }
        });
        budget = Oracle.budget(plain, expected, problem.floats(Operand.VALUE))
                + rounding(problem.spec().operand(Operand.OUT).dtype(), expected);
        weightRounding = rounding(problem.spec().operand(Operand.VALUE).dtype(), absolute);
    }

    private static boolean has16Bits(OptionProblem problem) {
        return problem.spec().operand(Operand.VALUE).dtype() != DType.F32;
    }

    private static OptionProblem withoutSigns(OptionProblem problem) {
        short[] values = ((short[]) problem.array(Operand.VALUE)).clone();
        for (int i = 0; i < values.length; i++) {
            values[i] &= 0x7fff; // in both types
        }
        return new OptionProblem(problem.spec(), problem.order())
                .withDataOf(problem)
                .with(Operand.VALUE, values);
    }

    /** How far rounding to 16 bits may move the largest of these: half of the place of its last bit, by the type's fraction bits. */
    private static double rounding(DType type, float[] numbers) {
        double largest = 0;
        for (float x : numbers) {
            largest = Math.max(largest, Math.abs(x));
        }
        return switch (type) {
            case F16 -> Math.scalb(largest, -11);
            case BF16 -> Math.scalb(largest, -8);
            default -> 0;
        };
    }

    /** {entry, head, query}: all of a small problem; of a large one random ones, and the first and last row of every entry. */
    private static int[][] samples(OptionProblem problem) {
        int heads = problem.spec().heads();
        int batch = problem.spec().batch();
        int[] end = new int[batch + 1]; // queries of all heads up to an entry
        for (int entry = 0; entry < batch; entry++) {
            end[entry + 1] = Math.addExact(end[entry], heads * problem.queries(entry));
        }
        Random random = new Random(end[batch]);
        IntStream chosen = end[batch] <= SAMPLES
                ? IntStream.range(0, end[batch])
                : IntStream.concat(
                        random.ints(SAMPLES, 0, end[batch]),
                        IntStream.range(0, batch)
                                .filter(entry -> end[entry] < end[entry + 1])
                                .flatMap(entry -> IntStream.of(end[entry], end[entry + 1] - 1)));
        return chosen.mapToObj(number -> {
                    int entry = 0;
                    while (end[entry + 1] <= number) {
                        entry++;
                    }
                    int within = number - end[entry];
                    return new int[] {entry, within / problem.queries(entry), within % problem.queries(entry)};
                })
                .toArray(int[][]::new);
    }

    /**
     * Judges an answer.
     *
     * @param out [batch, heads, rows, valueDim]; elements that are not sampled must at least be numbers
     */
    public Verdict judge(float[] out) {
        return judge(out, budget);
    }

    /**
     * Judges an answer whose weights were rounded to the 16 bits of the values before they were multiplied, as matrix units want them. Each product
     * may then be wrong by half a unit in the last place of its weight, so an element by that times the sum of weight times |value|.
     *
     * @param out as {@link #judge}
     */
    public Verdict judgeRounded(float[] out) {
        return judge(out, budget + weightRounding);
    }

    /** Judges what a contender has computed, as the family of its kernel computes it. */
    public Verdict judge(Contender contender) {
        boolean weightsAreRounded = contender.family().equals("matrix");
        return weightsAreRounded ? judgeRounded(contender.output()) : judge(contender.output());
    }

    private Verdict judge(float[] out, double allowed) {
        for (float x : out) {
            if (Float.isNaN(x)) {
                return new Verdict(Double.NaN, allowed);
            }
        }
        float[] known = new float[expected.length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(out, rows[i] * valueDim, known, i * valueDim, valueDim);
        }
        return new Verdict(Oracle.largestDifference(known, expected), allowed);
    }
}
