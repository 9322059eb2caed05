package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Calls of engines that multiply pairs of bf16, against the reference, and how exact they were. */
public final class DotCalls {
    private static final long SEED = Long.getLong("sweep.seed", 1);
    /** By kind and type, the largest error, and the largest share of what was allowed. */
    private final Map<String, double[]> spent = new TreeMap<>();

    /** All cases are run, so that the message can say which fail: what they have in common is the fault. */
    public void sweep(PairProduct dot, SweepProgram program, Precision precision, int count) {
        List<Integer> failed = new ArrayList<>();
        Throwable first = null;
        for (int number = 0; number < count; number++) {
            try {
                SweepCase.Call call = SweepCase.of(program, number, SEED);
                Problem drawn = call.problem();
                AttentionSpec spec =
                        drawn.spec().toBuilder().precision(precision).build();
                Problem problem = new Problem(spec, drawn.seed(), drawn.amplitude());
                check(dot, spec + " by " + call.way(), problem, problem.inputs(), call.way());
            } catch (Exception | AssertionError e) {
                failed.add(number);
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new AssertionError(
                    dot + " " + program + "\n" + failed.size() + " of " + count + " cases failed: " + failed
                            + ", the first with\n" + first,
                    first);
        }
    }

    /** One call, which must be planned with this product; returns how far it was off. */
    public Budget.Spent check(PairProduct dot, String name, Problem problem, AttentionArrays inputs, Way way) {
        AttentionSpec spec = problem.spec();
        AttentionEngine engine = DotEngines.of(dot);
        String explained = engine.plan(spec).explain();
        assertTrue(explained.contains(DotEngines.macro(dot)), explained);
        AttentionArrays outputs = problem.outputs();
        way.run(engine, spec, inputs, outputs);
        Budget.Spent call = Budget.checkRounded(name, spec, DotEngines.rounded(spec, inputs), outputs);
        double[] most =
                spent.computeIfAbsent(dot + " " + spec.operand(Operand.KEY).dtype(), key -> new double[2]);
        most[0] = Math.max(most[0], call.error());
        most[1] = Math.max(most[1], call.share());
        return call;
    }

    /** Prints it. */
    public void sayHowExactTheyAre() {
        spent.forEach((key, most) -> System.out.println(
                "DOT %s: largest error %.2e, at most %.0f %% of its budget".formatted(key, most[0], 100 * most[1])));
    }
}
