package io.github.attention4j.bench.scale;

import java.util.List;
import java.util.Locale;

/**
 * The law that times follow: milliseconds = fixed + each · pairs · headDim, pairs being those of a query and a key that it sees, of all heads.
 *
 * @param fixed milliseconds of a call with nothing to do
 * @param each milliseconds of a pair and a column
 */
public record Fit(double fixed, double each) {
    /**
     * The law with the least sum of squares of relative deviations: times lie orders of magnitude apart, and each counts the same.
     *
     * @throws IllegalArgumentException if there are fewer than two different sizes
     */
    public static Fit of(List<ScaleRow> rows) {
        // Least squares for fixed / y + each · x / y = 1.
        double uu = 0;
        double uv = 0;
        double vv = 0;
        double u1 = 0;
        double v1 = 0;
        for (ScaleRow row : rows) {
            double u = 1 / row.millis();
            double v = row.work() / row.millis();
            uu += u * u;
            uv += u * v;
            vv += v * v;
            u1 += u;
            v1 += v;
        }
        double determinant = uu * vv - uv * uv;
        if (rows.size() < 2 || !(determinant > 1e-12 * uu * vv)) {
            throw new IllegalArgumentException(
                    "a law needs two calls of different size, but got " + rows.size() + "; give it more time");
        }
        return new Fit((u1 * vv - v1 * uv) / determinant, (v1 * uu - u1 * uv) / determinant);
    }

    /** What a call of so many pairs and columns should take. */
    public double millis(double work) {
        return fixed + each * work;
    }

    /** The largest relative deviation of a call from the law, of those with at least so many keys; NaN if there is none. */
    public double deviation(List<ScaleRow> rows, int fromLength) {
        return rows.stream()
                .filter(row -> row.spec().keyLength() >= fromLength)
                .mapToDouble(row -> Math.abs(row.millis() / millis(row.work()) - 1))
                .max()
                .orElse(Double.NaN);
    }

    /** The rate that calls approach as they grow: two operations for scores and two for values. */
    public double gflops() {
        return 4 / each * 1e-6;
    }

    /** For people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "milliseconds = %.4g + %.4g * pairs * headDim, that is %.1f GFLOP/s in the limit",
                fixed,
                each,
                gflops());
    }
}
