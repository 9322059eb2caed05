package io.github.attention4j.examples.dates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.examples.dates.Parameters.Parameter;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gradient of everything that is learnt, beside what becomes of the loss when each number is moved a little. */
class GradientsTest {
    private static final AttentionEngine ENGINE = AttentionEngine.open("reference");
    private static final Batch BATCH = Batch.of(List.of(
            WrittenDate.of(LocalDate.of(2021, 5, 3), "%o of %B %Y"),
            WrittenDate.of(LocalDate.of(1987, 12, 30), "%d.%m.%y")));
    private static final int WIDTH = 4;
    /** How far a number is moved; a power of two, so that little is lost when it is added. */
    private static final float MOVE = 1 / 32f;
    /**
     * The loss is a sum of 20 characters' logarithms of about 2.5 in double, of scores in float: each is off by some
     * 2e-7, all together by about 1e-6, which the division by {@link #MOVE} makes 3e-5; so much was seen. What the
     * formula of four points leaves out is MOVE⁴ / 30 of the fifth derivative: 3e-8 of numbers up to a thousand.
     */
    private static final double TOLERANCE = 1e-4;

    private static final int STEPS = 20;
    private static final double RATE = 0.03;

    @AfterAll
    static void closeEngine() {
        ENGINE.close();
    }

    @ParameterizedTest
    @EnumSource(AttentionForm.class)
    void areThoseOfCentralDifferences(AttentionForm form) {
        Translator translator = new Translator(form, WIDTH, ENGINE, 7);
        learnALittle(translator);
        Gradients gradients = translator.gradients(BATCH);
        for (Parameter p : translator.parameters().all()) {
            double largestOfThis = 0;
            for (int row = 0; row < p.values().length; row++) {
                for (int column = 0; column < p.row().length; column++) {
                    double expected = difference(translator, p.values()[row], column);
                    double got = gradients.of(p)[row][column];
                    largestOfThis = Math.max(largestOfThis, Math.abs(expected));
                    assertEquals(expected, got, TOLERANCE, p.name() + " [" + row + ", " + column + "]");
                }
            }
            assertTrue(largestOfThis > 100 * TOLERANCE, p.name() + " has no gradient that says anything");
        }
    }

    /** At the very beginning attention hardly matters, and its gradients are too small to tell right from wrong. */
    private static void learnALittle(Translator translator) {
        Adam adam = new Adam(translator.parameters());
        for (int step = 0; step < STEPS; step++) {
            adam.step(translator.gradients(BATCH), 1, RATE);
        }
    }

    /** From four points: the error is of the fourth order. */
    private static double difference(Translator translator, float[] row, int column) {
        float before = row[column];
        double sum = 0;
        int[] moves = {1, -1, 2, -2};
        int[] factors = {8, -8, -1, 1};
        for (int i = 0; i < moves.length; i++) {
            row[column] = before + moves[i] * MOVE;
            sum += factors[i] * translator.gradients(BATCH).loss();
        }
        row[column] = before;
        return sum / (12 * MOVE);
    }
}
