package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.CheckedRun;
import io.github.attention4j.bench.run.CheckedRun.Timed;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.EngineGradients;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.bench.run.SampledGradients;
import io.github.attention4j.testing.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Checks all calls of a group, then times those whose answer was right in turns.
 *
 * @param contenders what computes a call on an engine
 * @param check takes what was computed and how good it is, and says whether that is good enough
 * @param notes takes a line on each call that is not timed
 */
public record CostMeasurement(
        BiFunction<AttentionEngine, Case, Contender> contenders,
        CheckedRun.Timer timer,
        Pace pace,
        BiPredicate<String, Verdict> check,
        Consumer<String> notes) {
    /** The engine's own calls in turns. */
    public CostMeasurement(Pace pace, BiPredicate<String, Verdict> check, Consumer<String> notes) {
        this(CostMeasurement::contender, Interleaved::measure, pace, check, notes);
    }

    /** The engine's own, of a call or of its gradients alone. */
    static Contender contender(AttentionEngine engine, Case call) {
        return call.hasGradOut() ? new EngineGradients(engine, call, Pass.BACKWARD) : new EngineContender(engine, call);
    }

    private static Verdict check(Contender contender, Case call) {
        if (!call.hasGradOut()) {
            return contender.check(call.budget());
        }
        contender.run();
        return SampledGradients.of(call).judge(contender.output(), false);
    }

    /**
     * One row for each call whose answer was right, the plain one first; none if that was not.
     *
     * @param afterStep is called after each check, each warm-up and each round: {@link #steps} times, if no call falls
     *     out
     */
    public List<CostRow> run(AttentionEngine engine, Group group, Runnable afterStep) {
        List<CostCase> all = new ArrayList<>(List.of(group.plain()));
        all.addAll(group.options());
        boolean isPlainRight = false;
        try (CheckedRun<Call> run = new CheckedRun<>(check, notes, timer)) {
            for (CostCase each : all) {
                Case data = each.call();
                String what = engine.device().id() + ": " + each.option() + ", " + data.shape()
                        + (data.hasGradOut() ? ", " + each.pass() : "");
                Call call = new Call(each, data.pairs());
                isPlainRight |= run.add(call, what, () -> contenders.apply(engine, data), one -> check(one, data));
                afterStep.run();
                if (!isPlainRight) {
                    notes.accept(data.shape() + ": nothing to compare with");
                    return List.of();
                }
            }
            List<Timed<Call>> timed = run.time(pace, afterStep);
            return timed.stream()
                    .map(each -> row(engine.device().id(), timed.get(0), each))
                    .toList();
        }
    }

    /** A case and the pairs of queries and keys that are seen in it. */
    private record Call(CostCase each, long pairs) {}

    /** How many steps a group takes. */
    public static int steps(Group group, int rounds) {
        return 2 * (1 + group.options().size()) + rounds;
    }

    private static CostRow row(String device, Timed<Call> plain, Timed<Call> timed) {
        CostCase each = timed.key().each();
        double work = each.offsets() == null
                ? 1
                : (double) timed.key().pairs() / plain.key().pairs();
        return new CostRow(
                device,
                timed.contender().family(),
                plain.key().each().shape(),
                each.option(),
                timed.timing(),
                timed.timing().median() / (plain.timing().median() * work),
                each.goal(),
                timed.verdict().error());
    }
}
