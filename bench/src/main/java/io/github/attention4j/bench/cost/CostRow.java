package io.github.attention4j.bench.cost;

import io.github.attention4j.bench.run.Interleaved.Timing;

/**
 * What came out for one option on one device.
 *
 * @param device the id of the device
 * @param family which kernel ran
 * @param shape the plain call's shape
 * @param option what is special
 * @param timing wall-clock times through the Java API
 * @param ratio how many times as long as the plain call, as {@link CostCase#offsets} says
 * @param goal what the ratio may be at most, or NaN
 * @param error the largest distance from the right answer
 */
public record CostRow(
        String device,
        String family,
        String shape,
        String option,
        Timing timing,
        double ratio,
        double goal,
        double error) {

    /** Whether there is a goal. */
    public boolean hasGoal() {
        return !Double.isNaN(goal);
    }

    /** Whether the goal, if there is one, is met; by the ratio as measured, not as printed. */
    public boolean isMet() {
        return !(ratio > goal);
    }
}
