package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DeviceException;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.option.OptionContender;
import io.github.attention4j.bench.option.OptionOracle;
import io.github.attention4j.bench.option.OptionProblem;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** Checks all calls of a group, then times those whose answer was right in turns. */
public final class CostMeasurement {
    /** The data is random, but the same in every run. */
    private static final long SEED = 2017;

    private final BiFunction<AttentionEngine, OptionProblem, Contender> contenders;
    private final Timer timer;
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
        this(OptionContender::new, Interleaved::measure, pace, check, notes);
    }

    CostMeasurement(
            BiFunction<AttentionEngine, OptionProblem, Contender> contenders,
            Timer timer,
            Pace pace,
            BiPredicate<String, Verdict> check,
            Consumer<String> notes) {
        this.contenders = contenders;
        this.timer = timer;
        this.pace = pace;
        this.check = check;
        this.notes = notes;
    }

    /** Times contenders against one another: {@link Interleaved#measure}. */
    interface Timer {
        List<Timing> measure(List<Contender> contenders, Pace pace, Runnable afterWarmUp, Runnable afterRound);
    }

    /** A call that was right, and is waiting to be timed. */
    private record Entry(CostCase costCase, Contender contender, long pairs, double error) {}

    /**
     * One row for each call whose answer was right, the plain one first; none if that was not.
     *
     * @param afterStep is called after each check, each warm-up and each round: {@link #steps} times, if no call falls out
     */
    public List<CostRow> run(AttentionEngine engine, CostGroup group, Runnable afterStep) {
        List<Entry> entries = new ArrayList<>();
        try {
            // Options get the plain call's data, so that nothing but the option differs.
            OptionProblem plain = problem(group.plain()).fill(SEED);
            add(entries, engine, group.plain(), plain);
            afterStep.run();
            if (entries.isEmpty()) {
                notes.accept(plain.shape() + ": nothing to compare with");
                return List.of();
            }
            for (CostCase option : group.options()) {
                add(entries, engine, option, problem(option).withDataOf(plain).fill(SEED));
                afterStep.run();
            }
            return time(entries, plain.shape(), afterStep);
        } finally {
            entries.forEach(entry -> entry.contender().close());
        }
    }

    /** How many steps a group takes. */
    public static int steps(CostGroup group, int rounds) {
        return 2 * (1 + group.options().size()) + rounds;
    }

    /** A case without data but for the lengths. */
    static OptionProblem problem(CostCase costCase) {
        OptionProblem problem = new OptionProblem(costCase.spec(), costCase.order());
        return costCase.offsets() == null
                ? problem
                : problem.with(Operand.QUERY_OFFSETS, costCase.offsets()).with(Operand.KEY_OFFSETS, costCase.offsets());
    }

    private void add(List<Entry> entries, AttentionEngine engine, CostCase costCase, OptionProblem problem) {
        String what = engine.device().id() + ": " + costCase.option() + ", " + problem.shape();
        Contender contender;
        try {
            contender = contenders.apply(engine, problem);
        } catch (UnsupportedOperationException e) { // a fact to report, not an error of the run
            notes.accept(what + " is not supported: " + e.getMessage());
            return;
        }
        boolean right = false;
        try {
            contender.run();
            Verdict verdict = new OptionOracle(problem).judge(contender);
            right = check.test(what, verdict);
            if (right) {
                entries.add(new Entry(costCase, contender, problem.pairs(), verdict.error()));
            } else {
                notes.accept("not timed, because its answer is wrong: " + what);
            }
        } catch (DeviceException e) {
            check.test(what, new Verdict(Double.NaN, 0));
            notes.accept("not timed, because it failed: " + what + ": " + e.getMessage());
        } finally {
            if (!right) {
                contender.close();
            }
        }
    }

    private List<CostRow> time(List<Entry> entries, String shape, Runnable afterStep) {
        List<Contender> all = entries.stream().map(Entry::contender).toList();
        List<Timing> timings = timer.measure(all, pace, afterStep, afterStep);
        Entry plain = entries.get(0);
        List<CostRow> rows = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            double calls = entry.costCase().unit() == CostCase.Unit.CALL ? 1 : (double) entry.pairs() / plain.pairs();
            rows.add(new CostRow(
                    entry.contender().device(),
                    entry.contender().family(),
                    shape,
                    entry.costCase().option(),
                    timings.get(i),
                    timings.get(i).median() / (timings.get(0).median() * calls),
                    entry.costCase().goal(),
                    entry.error()));
        }
        return rows;
    }
}
