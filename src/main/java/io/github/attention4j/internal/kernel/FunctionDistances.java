package io.github.attention4j.internal.kernel;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import io.github.attention4j.score.StepKinds;
import io.github.attention4j.score.StepKinds.Domain;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a score function says of the distance of query and key alone, and where it is computed once for each distance.
 */
public final class FunctionDistances {
    /**
     * What pairs must be spared for each number that they read from local memory instead, in plain steps. Less, as of
     * ALiBi and of a Gaussian, costs an A100 nothing beside what local memory does, by the model of
     * {@code native-test/gpu/model.md}.
     */
    private static final int DEAR = 8;

    private FunctionDistances() {}

    /** The steps whose results are kept. */
    static List<Integer> kept(Expression score, StepKinds kinds) {
        return IntStream.range(0, score.steps().size())
                .filter(i -> kinds.isSpread(i) && kinds.domain(i) == Domain.DIAGONAL)
                .boxed()
                .toList();
    }

    /**
     * Numbers of each distance that kernels for GPUs keep in local memory. Those for processors keep all.
     *
     * @return 0 where each pair computes them
     */
    public static int inLocalMemory(AttentionSpec spec) {
        return spec.score() == null ? 0 : inLocalMemory(spec.score());
    }

    static int inLocalMemory(Expression score) {
        StepKinds kinds = new StepKinds(score);
        int numbers = kept(score, kinds).size();
        int spared = IntStream.range(0, score.steps().size())
                .filter(i -> kinds.isOn(Domain.DIAGONAL, i) && !kinds.isNear(i))
                .map(i -> cost(score.steps(), i))
                .sum();
        return spared >= DEAR * numbers ? numbers : 0;
    }

    private static int cost(List<Step> steps, int number) {
        Step step = steps.get(number);
        return switch (step.operation()) {
            case QUERY, KEY, QUERY_POSITION -> 0;
            case LOAD, LOAD_INT, INT_DIVIDE, INT_MODULO, EXP, EXP2, LOG, TANH, SIGMOID, SQRT, SIN, COS -> DEAR;
            case DIVIDE -> steps.get(step.argument(1)).operation() == Operation.FLOAT_CONSTANT ? 1 : DEAR;
            default -> 1;
        };
    }
}
