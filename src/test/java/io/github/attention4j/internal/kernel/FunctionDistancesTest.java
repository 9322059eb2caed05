package io.github.attention4j.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.Functions;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.Place;
import io.github.attention4j.score.ScoreFunction;
import org.junit.jupiter.api.Test;

/** Which functions of the distance kernels for GPUs look up in local memory. */
class FunctionDistancesTest {
    private static AttentionSpecBuilder spec() {
        return AttentionSpec.builder().heads(2).sequenceLength(64).headDim(16);
    }

    private static IntTerm ahead(Place place) {
        return place.query().minus(place.key());
    }

    private static void check(int numbers, AttentionSpec spec) {
        assertEquals(numbers, FunctionDistances.inLocalMemory(spec));
        boolean areDear = numbers > 0;
        String text = FunctionText.of(spec);
        assertEquals(areDear, text.contains("#define ARE_DISTANCES_DEAR 1\n"), text);
    }

    private static void check(int numbers, ScoreFunction function) {
        check(numbers, spec().score(function).build());
    }

    @Test
    void whatTakesManyStepsOrDearOnesIsLookedUp() {
        AttentionSpecBuilder spec = spec().scoreTensor(0, DType.F32, 32, 2);
        check(1, spec.score(Functions.t5(0, 32, 128, true)).build());
        check(
                1,
                (score, place) ->
                        score.minus(ahead(place).abs().toFloat().plus(1).log()));
        check(1, (score, place) -> ahead(place).modulo(3).equalTo(0).choose(score, score.times(2)));
        check(
                1,
                spec().scoreNumbers(1)
                        .score((score, place) -> score.plus(
                                place.number(0).dividedBy(ahead(place).toFloat())))
                        .build());
    }

    @Test
    void whatTakesFewIsComputedForEachPair() {
        AttentionSpecBuilder spec = spec().scoreTensor(0, DType.F32, 2);
        check(0, spec.score(Functions.alibi(0)).build());
        check(0, Functions.gaussian(5));
        check(0, Functions.softcap(5));
        check(0, spec().build());
    }

    /** Each of them would have to be read. */
    @Test
    void manyNumbersOfFewStepsAreComputedToo() {
        check(0, (score, place) -> {
            FloatTerm ahead = ahead(place).toFloat();
            return score.times(ahead).plus(ahead.exp());
        });
    }
}
