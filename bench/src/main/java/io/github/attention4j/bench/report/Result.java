package io.github.attention4j.bench.report;

import io.github.attention4j.bench.run.PlainLoops;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * All contenders' rows for one problem.
 *
 * @param rows in the order in which they are shown
 */
public record Result(List<Row> rows) {
    /** What the problem is called. */
    public String problem() {
        return rows.get(0).problem();
    }

    /** How many times faster than the engine in pure Java, if that took part. */
    public OptionalDouble overJava(Row row) {
        return over(row, other -> other.isOurs() && other.device().equals("java"));
    }

    /** How many times faster than plain loops, if they took part. */
    public OptionalDouble overLoops(Row row) {
        return over(row, other -> other.engine().equals(PlainLoops.ENGINE));
    }

    private OptionalDouble over(Row row, Predicate<Row> isBaseline) {
        OptionalDouble best = rows.stream()
                .filter(isBaseline)
                .mapToDouble(other -> other.timing().median())
                .min();
        return best.isPresent()
                ? OptionalDouble.of(best.getAsDouble() / row.timing().median())
                : best;
    }
}
