package io.github.attention4j.bench.tune;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.attention4j.bench.run.Quartiles;
import java.util.List;

/**
 * What tiles gain over others on one shape, measured in turns.
 *
 * @param shape which
 * @param millis median time with the tiles
 * @param otherMillis median time with the others
 * @param ratio median of how many times as long the others took, round by round
 * @param spread half the distance of the quartiles of that
 */
public record Gain(
        String shape,
        @JsonProperty("medianMs") double millis,
        @JsonProperty("otherMedianMs") double otherMillis,
        double ratio,
        double spread) {
    /** A gain below this is not worth a row, however sure it is. */
    private static final double WORTH = 0.01;

    /** From the times of the same rounds. */
    static Gain of(String shape, double[] times, double[] otherTimes) {
        double[] ratios = new double[times.length];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = otherTimes[round] / times[round];
        }
        Quartiles ratio = Quartiles.of(ratios);
        return new Gain(
                shape,
                Quartiles.of(times).median(),
                Quartiles.of(otherTimes).median(),
                ratio.median(),
                (ratio.upper() - ratio.lower()) / 2);
    }

    /** The geometric mean of the ratios. */
    static double mean(List<Gain> gains) {
        return Math.exp(gains.stream()
                .mapToDouble(gain -> Math.log(gain.ratio()))
                .average()
                .orElse(0));
    }

    /**
     * Whether the tiles may displace the others: on average faster by more than the spread, and on no shape slower by
     * more than it. What the machine's unrest could have done by itself changes nothing.
     */
    static boolean isWon(List<Gain> gains) {
        double spread = gains.stream().mapToDouble(Gain::spread).average().orElse(0);
        return !gains.isEmpty()
                && mean(gains) - 1 > Math.max(spread, WORTH)
                && gains.stream().allMatch(gain -> 1 - gain.ratio() <= gain.spread());
    }
}
