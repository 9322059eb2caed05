package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.internal.java.reference.ReferenceGradients;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients: the definition against differences of the forward call, and every family against the definition. */
class GradientsTest {
    private static final float STEP = 0x1p-7f;
    private static final Map<KernelFamily, Integer> OPTIONS = new EnumMap<>(KernelFamily.class);

    @AfterAll
    static void sayHowMany() {
        OPTIONS.forEach(
                (family, options) -> System.out.println("GRADIENTS " + options + " options are right on " + family));
    }

    static Stream<String> options() {
        return GradientSpace.options().keySet().stream();
    }

    static Stream<Arguments> optionsOfEveryFamily() {
        return Engines.gradientFamilies().flatMap(family -> options().map(option -> Arguments.of(family, option)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("optionsOfEveryFamily")
    void everyFamilyAgreesWithTheReference(KernelFamily family, String option) {
        AttentionSpec forward = GradientSpace.small(option);
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        AttentionEngine engine = Engines.of(family);
        GradientProblem problem = new GradientProblem(Problem.of(forward), backward);
        problem.check(option, engine, Way.ARRAYS);
        AttentionSpec more = backward.toBuilder().gradLse().accumulate().build();
        new GradientProblem(new Problem(forward, 3, 2), more).check(option + ", added", engine, Way.TENSORS);
        assertEquals(family, engine.plan(backward).family());
        OPTIONS.merge(family, 1, Integer::sum);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void theReferenceAgreesWithDifferencesOfTheForwardCall(String option) {
        AttentionSpec forward = GradientSpace.small(option);
        AttentionSpec backward = forward.backward(GradientProblem.all(forward)).toBuilder()
                .gradLse()
                .build();
        AttentionArrays inputs = new GradientProblem(Problem.of(forward), backward).inputs();
        GradientBudget.of(backward, inputs).checkReference();
        Map<Operand, double[]> gradients = ReferenceGradients.of(backward, inputs);
        for (Operand operand : GradientProblem.all(forward)) {
            Elements elements = Elements.of(forward, inputs, operand);
            TensorSpec shape = forward.operand(operand);
            double[] gradient = gradients.get(Operand.valueOf("GRAD_" + operand));
            int step = Math.max(1, gradient.length / 40);
            for (int i = 0; i < gradient.length; i += step) {
                int column = i % shape.columns();
                int row = i / shape.columns() % shape.rows();
                int head = i / shape.columns() / shape.rows() % shape.heads();
                int batch = i / shape.columns() / shape.rows() / shape.heads();
                float was = elements.get(batch, head, row, column);
                if (!(Math.abs(was) < 1e6)) { // hidden, or of no entry
                    assertEquals(0, gradient[i], option + ": " + operand + " " + i);
                    continue;
                }
                float h = shape.dtype() == DType.BF16 ? 16 * STEP : STEP; // or both sides are rounded to one number
                double coarse = difference(forward, backward, inputs, elements, batch, head, row, column, h);
                double fine = difference(forward, backward, inputs, elements, batch, head, row, column, h / 2);
                double expected = (4 * fine - coarse) / 3;
                assertTrue(Double.isFinite(expected), option + ": " + operand + " " + i + " was " + was);
                double allowed = tolerance(forward) * Math.max(1, Math.abs(expected));
                assertEquals(expected, gradient[i], allowed, option + ": " + operand + " " + i);
            }
        }
    }

    /** Delta is that of the out that was stored. */
    private static double tolerance(AttentionSpec forward) {
        return switch (forward.operand(Operand.OUT).dtype()) {
            case BF16 -> 1e-2;
            case F16 -> 1e-3;
            default -> 3e-5;
        };
    }

    private static double difference(
            AttentionSpec forward,
            AttentionSpec backward,
            AttentionArrays inputs,
            Elements elements,
            int batch,
            int head,
            int row,
            int column,
            float step) {
        float was = elements.get(batch, head, row, column);
        elements.set(batch, head, row, column, was + step);
        float above = elements.get(batch, head, row, column); // as rounded to the type
        double more = loss(forward, backward, inputs);
        elements.set(batch, head, row, column, was - step);
        float below = elements.get(batch, head, row, column);
        double less = loss(forward, backward, inputs);
        elements.set(batch, head, row, column, was);
        return (more - less) / ((double) above - below);
    }

    private static double loss(AttentionSpec forward, AttentionSpec backward, AttentionArrays inputs) {
        ReferenceAttention.Result result = ReferenceAttention.attend(forward, inputs);
        double[] gradOut = numbers(backward, inputs, Operand.GRAD_OUT);
        double[] gradLse = numbers(backward, inputs, Operand.GRAD_LSE);
        double loss = 0;
        for (int i = 0; i < gradOut.length; i++) {
            boolean counts = result.lse()[i / forward.valueDim()] != Double.NEGATIVE_INFINITY;
            loss += counts && !Double.isNaN(gradOut[i]) ? gradOut[i] * result.out()[i] : 0;
        }
        for (int i = 0; i < gradLse.length; i++) {
            boolean counts = result.lse()[i] != Double.NEGATIVE_INFINITY;
            loss += counts && !Double.isNaN(gradLse[i]) ? gradLse[i] * result.lse()[i] : 0;
        }
        return loss;
    }

    private static double[] numbers(AttentionSpec spec, AttentionArrays arrays, Operand operand) {
        Elements elements = Elements.of(spec, arrays, operand);
        TensorSpec shape = spec.operand(operand);
        double[] numbers = new double[shape.batch() * shape.heads() * shape.rows() * shape.columns()];
        for (int i = 0; i < numbers.length; i++) {
            int row = i / shape.columns();
            int head = row / shape.rows();
            numbers[i] =
                    elements.get(head / shape.heads(), head % shape.heads(), row % shape.rows(), i % shape.columns());
        }
        return numbers;
    }

    static Stream<KernelFamily> families() {
        return Engines.gradientFamilies();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void halvesOfTheKeysGiveTheGradientsOfTheWhole(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        int keys = 30;
        AttentionSpec whole = spec(keys);
        AttentionSpec half = spec(keys / 2);
        Problem problem = Problem.of(whole);
        float[] query = problem.query();
        float[] gradOut = Problem.of(half).value();
        AttentionResult[] parts = new AttentionResult[2];
        for (int part = 0; part < 2; part++) {
            parts[part] = engine.attendWithLse(
                    half, query, half(problem.key(), part, keys, 8), half(problem.value(), part, keys, 8));
        }
        AttentionResult all = parts[0].merge(parts[1]);
        gradOut = java.util.Arrays.copyOf(problem.value(), all.out().length);
        AttentionGradients expected =
                engine.attendBackward(whole, query, problem.key(), problem.value(), all.out(), all.lse(), gradOut);
        float[] ofQuery = new float[query.length];
        for (int part = 0; part < 2; part++) {
            // The whole's out is a mean of the halves' by weights w of e^lse: each half has the gradient w · gradOut of
            // its out, and of its lse w · Σ gradOut · (its out − the whole's).
            AttentionSpec backward = half.backward().toBuilder().gradLse().build();
            float[] partOut = new float[gradOut.length];
            float[] partLse = new float[all.lse().length];
            for (int row = 0; row < partLse.length; row++) {
                double weight = Math.exp((double) parts[part].lse()[row] - all.lse()[row]);
                double sum = 0;
                for (int d = 0; d < 8; d++) {
                    int at = row * 8 + d;
                    partOut[at] = (float) (weight * gradOut[at]);
                    sum += weight * gradOut[at] * ((double) parts[part].out()[at] - all.out()[at]);
                }
                partLse[row] = (float) sum;
            }
            float[] gradQuery = new float[query.length];
            float[] gradKey = new float[2 * 15 * 8];
            float[] gradValue = new float[2 * 15 * 8];
            engine.attend(
                    backward,
                    AttentionArrays.of(
                                    query,
                                    half(problem.key(), part, keys, 8),
                                    half(problem.value(), part, keys, 8),
                                    parts[part].out())
                            .with(Operand.LSE, parts[part].lse())
                            .with(Operand.GRAD_OUT, partOut)
                            .with(Operand.GRAD_LSE, partLse)
                            .with(Operand.GRAD_QUERY, gradQuery)
                            .with(Operand.GRAD_KEY, gradKey)
                            .with(Operand.GRAD_VALUE, gradValue));
            assertArrayEquals(half(expected.key(), part, keys, 8), gradKey, 2e-6f);
            assertArrayEquals(half(expected.value(), part, keys, 8), gradValue, 2e-6f);
            for (int i = 0; i < ofQuery.length; i++) {
                ofQuery[i] += gradQuery[i];
            }
        }
        assertArrayEquals(expected.query(), ofQuery, 2e-6f);
    }

    private static AttentionSpec spec(int keys) {
        return AttentionSpec.builder()
                .heads(2)
                .queryLength(9)
                .keyLength(keys)
                .headDim(8)
                .build();
    }

    private static float[] half(float[] rows, int part, int keys, int columns) {
        float[] half = new float[rows.length / 2];
        for (int head = 0; head < 2; head++) {
            int from = (head * keys + part * keys / 2) * columns;
            System.arraycopy(rows, from, half, head * keys / 2 * columns, keys / 2 * columns);
        }
        return half;
    }

    @Test
    void whatHasNoGradientIsRefused() {
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(64).headDim(8).build();
        refused("alibi_slopes", () -> spec.backward(Operand.ALIBI_SLOPES));
        refused("no gradient with respect to key_lengths", () -> spec.backward(Operand.KEY_LENGTHS));
        refused("no gradient with respect to out", () -> spec.backward(Operand.OUT));
        refused("forward call", () -> spec.backward().backward());
        refused(
                "quantised",
                () -> spec.toBuilder().type(Operand.KEY, DType.I8).build().backward());
        refused("pages", () -> spec.toBuilder().paged(16, 8).build().backward());
        refused(
                "scores",
                () -> spec.toBuilder().returnScores(ScoreStage.WEIGHTS).build().backward());
        refused("accumulate", () -> spec.toBuilder().accumulate().build());
        refused("gradLse", () -> spec.toBuilder().gradLse().build());
        refused("grad_key", () -> spec.toBuilder().type(Operand.GRAD_KEY, DType.F16));
        refused("grad_query must have type", () -> spec.backward().toBuilder()
                .type(Operand.GRAD_QUERY, DType.I8)
                .build());
        refused("overlap", () -> spec.backward().toBuilder()
                .layout(Operand.GRAD_QUERY, new Layout(0, 0, 0, 4))
                .build());
    }

    private static void refused(String why, Runnable request) {
        String message =
                assertThrows(IllegalArgumentException.class, request::run).getMessage();
        assertTrue(message.contains(why), message);
    }
}
