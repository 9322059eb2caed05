package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/** Checks and times one group of cases on one engine. */
public final class DecodeMeasurement {
    private DecodeMeasurement() {}

    /**
     * A row for each case whose answer is right; they are timed in turns.
     *
     * @param checks takes what was checked and its verdict, and says whether it is good enough
     */
    public static List<DecodeRow> run(
            AttentionEngine engine, List<DecodeCase> group, Pace pace, BiPredicate<String, Verdict> checks) {
        List<Contender> contenders = new ArrayList<>();
        List<DecodeCase> right = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        try {
            for (DecodeCase problem : group) {
                Contender contender = new DecodeContender(engine, problem);
                contenders.add(contender);
                contender.run();
                Verdict verdict = DecodeOracle.judge(problem, contender.output());
                String what = engine.device().id() + " " + problem.shape() + " " + problem.typeName();
                if (checks.test(what, verdict)) {
                    right.add(problem);
                    errors.add(verdict.error());
                } else {
                    contenders.remove(contender);
                    contender.close();
                }
            }
            List<Timing> timings = Interleaved.measure(contenders, pace, () -> {}, () -> {});
            List<DecodeRow> rows = new ArrayList<>();
            for (int i = 0; i < right.size(); i++) {
                Contender contender = contenders.get(i);
                double millis = timings.get(i).median();
                rows.add(new DecodeRow(right.get(i), contender.device(), contender.family(), millis, errors.get(i)));
            }
            return rows;
        } finally {
            contenders.forEach(Contender::close);
        }
    }
}
