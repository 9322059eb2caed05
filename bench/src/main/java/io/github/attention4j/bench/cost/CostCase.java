package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.testing.HostArrays;
import java.util.List;

/**
 * A call with one option, to be compared with the plain call of its {@link Group}.
 *
 * @param option what is special about it, as the table says it
 * @param spec the request
 * @param offsets of a ragged batch, the first row of each entry and the end of the last; null for other batches A
 *     ragged batch is compared by the time for each pair of a query and a key that it sees, other options by the time
 *     of the call: they leave the work as it is, or are asked for because they leave work out
 * @param own data of the option that is not to be random
 * @param goal how many times as long as the plain call it may take at most, or NaN for no goal
 * @param pass the forward call, or its gradients alone
 */
public record CostCase(String option, AttentionSpec spec, int[] offsets, AttentionArrays own, double goal, Pass pass) {
    /**
     * Calls that are timed in turns.
     *
     * @param plain the call that the others are compared with
     * @param options the others
     */
    public record Group(CostCase plain, List<CostCase> options) {}

    static CostCase of(String option, AttentionSpecBuilder spec, double goal) {
        return new CostCase(option, spec.build(), null, new AttentionArrays(), goal, Pass.FORWARD);
    }

    static CostCase ragged(String option, AttentionSpecBuilder spec, int[] offsets, double goal) {
        int rows = offsets[offsets.length - 1];
        AttentionSpec ragged = spec.batch(offsets.length - 1)
                .raggedQueries(rows)
                .raggedKeys(rows)
                .build();
        return new CostCase(option, ragged, offsets, new AttentionArrays(), goal, Pass.FORWARD);
    }

    /** The gradients of the call. */
    CostCase backward() {
        return new CostCase(option, spec, offsets, own, goal, Pass.BACKWARD);
    }

    /** With data of the option. */
    CostCase with(AttentionArrays own) {
        return new CostCase(option, spec, offsets, own, goal, pass);
    }

    /** {@link Case#shape} and, where it is another than forward, the pass. */
    public String shape() {
        return Case.shape(spec) + (pass == Pass.FORWARD ? "" : ", " + pass);
    }

    /** The call with its data, made anew each time: that of all cases of a group is the same, but for the option. */
    Case call() {
        AttentionArrays given = HostArrays.all(OptionData.of(spec), own);
        if (offsets != null) {
            given.with(Operand.QUERY_OFFSETS, offsets).with(Operand.KEY_OFFSETS, offsets);
        }
        Case call = Case.random(option, spec, given);
        return pass.hasGradients() ? call.withGradOut() : call;
    }
}
