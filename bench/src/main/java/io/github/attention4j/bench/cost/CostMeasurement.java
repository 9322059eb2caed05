package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.cost.CostCase.Unit;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.CheckedRun;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.testing.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** Checks all calls of a group, then times those whose answer was right in turns. */
public final class CostMeasurement {
    private final BiFunction<AttentionEngine, Case, Contender> contenders;
    private final CheckedRun.Timer timer;
    private final Pace pace;
    private final BiPredicate<String, Verdict> check;
    private final Consumer<String> notes;

    /**
     * Keeps what it needs.
     *
     * @param check takes what was computed and how good it is, and says whether that is good enough
     * @param notes takes a line on each call that is not timed
     */
    public CostMeasurement(Pace pace, BiPredicate<String, Verdict> check, Consumer<String> notes) {
        this(EngineContender::new, Interleaved::measure, pace, check, notes);
    }

    CostMeasurement(
            BiFunction<AttentionEngine, Case, Contender> contenders,
            CheckedRun.Timer timer,
            Pace pace,
            BiPredicate<String, Verdict> check,
            Consumer<String> notes) {
        this.contenders = contenders;
        this.timer = timer;
        this.pace = pace;
        this.check = check;
        this.notes = notes;
    }

    /**
     * One row for each call whose answer was right, the plain one first; none if that was not.
     *
     * @param afterStep is called after each check, each warm-up and each round: {@link #steps} times, if no call falls
     *     out
     */
    public List<CostRow> run(AttentionEngine engine, Group group, Runnable afterStep) {
        List<CostCase> right = new ArrayList<>();
        List<Long> pairs = new ArrayList<>();
        List<CostCase> all = new ArrayList<>(List.of(group.plain()));
        all.addAll(group.options());
        try (CheckedRun run = new CheckedRun(check, notes, timer)) {
            for (CostCase each : all) {
                Case call = each.call();
                String what = engine.device().id() + ": " + each.option() + ", " + call.shape();
                if (run.add(what, () -> contenders.apply(engine, call), one -> one.check(call.budget()))) {
                    right.add(each);
                    pairs.add(call.pairs());
                }
                afterStep.run();
                if (right.isEmpty()) {
                    notes.accept(call.shape() + ": nothing to compare with");
                    return List.of();
                }
            }
            return rows(Case.shape(group.plain().spec()), right, pairs, run, run.time(pace, afterStep));
        }
    }

    /** How many steps a group takes. */
    public static int steps(Group group, int rounds) {
        return 2 * (1 + group.options().size()) + rounds;
    }

    private static List<CostRow> rows(
            String shape, List<CostCase> cases, List<Long> pairs, CheckedRun run, List<Timing> timings) {
        List<CostRow> rows = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            CostCase each = cases.get(i);
            double calls = each.unit() == Unit.CALL ? 1 : (double) pairs.get(i) / pairs.get(0);
            rows.add(new CostRow(
                    run.contenders().get(i).device(),
                    run.contenders().get(i).family(),
                    shape,
                    each.option(),
                    timings.get(i),
                    timings.get(i).median() / (timings.get(0).median() * calls),
                    each.goal(),
                    run.verdicts().get(i).error()));
        }
        return rows;
    }
}
