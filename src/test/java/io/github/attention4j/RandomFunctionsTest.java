package io.github.attention4j;

import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.Place;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random functions, of every type and step, against the reference, and their derivatives against differences. */
class RandomFunctionsTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);

    @Test
    void pureJavaAgreesWithTheReference() {
        for (int number = 0; number < 300; number++) {
            check(KernelFamily.JAVA, number);
        }
    }

    @Test
    void derivativesAreThoseOfDifferences() {
        for (int number = 0; number < 150; number++) {
            AttentionSpec forward = spec(number);
            AttentionSpec backward = forward.backward(GradientProblem.all(forward));
            GradientProblem problem = new GradientProblem(Problem.of(forward), backward);
            GradientBudget.of(backward, problem.inputs()).checkReference();
            problem.check("function " + number, Engines.of(KernelFamily.JAVA), Way.ARRAYS);
        }
    }

    @Tag("opencl")
    @Test
    void kernelsAgreeWithTheReference() {
        check(KernelFamily.LANES, 1000); // each is a program to compile
        check(KernelFamily.TILES, 1001);
    }

    private static void check(KernelFamily family, int number) {
        AttentionSpec spec = spec(number);
        Problem problem = new Problem(spec, number + 1, 1);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(Engines.of(family), spec, inputs, outputs);
        Budget.check("function " + number + ": " + spec, spec, inputs, outputs);
    }

    private static AttentionSpec spec(int number) {
        SplittableRandom random = new SplittableRandom(SEED * 1000 + number);
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(2)
                .heads(2)
                .kvHeads(1)
                .queryLength(9)
                .keyLength(21)
                .headDim(4)
                .scoreNumbers(2)
                .scoreTensor(0, DType.F32, 2, 5)
                .scoreTensor(1, DType.I32, 2, 7)
                .score((score, place) -> {
                    Terms terms = new Terms(random, score, place);
                    return score.times(0.5f).plus(terms.number(4).tanh().times(2));
                });
        if (random.nextInt(2) == 0) {
            builder.keep(place -> {
                BoolTerm own = place.queryPosition().equalTo(place.key());
                return new Terms(random, FloatTerm.of(1), place).truth(3).or(own);
            });
        }
        return builder.returnLse().build();
    }

    /**
     * Random terms. Numbers stay small where a function's own rounding would else become large, and what is compared or
     * rounded is exact.
     */
    private record Terms(SplittableRandom random, FloatTerm score, Place place) {
        FloatTerm number(int depth) {
            if (depth == 0) {
                return switch (random.nextInt(5)) {
                    case 0, 1 -> score;
                    case 2 -> place.number(random.nextInt(2));
                    case 3 -> place.tensor(0).at(integer(1), integer(1));
                    default -> FloatTerm.of(random.nextInt(-8, 9) / 4f);
                };
            }
            FloatTerm x = number(depth - 1);
            FloatTerm y = number(random.nextInt(depth));
            return switch (random.nextInt(19)) {
                case 0 -> x.plus(y);
                case 1 -> x.minus(y);
                case 2 -> x.tanh().times(y);
                case 3 -> x.dividedBy(y.times(y).plus(1));
                case 4 -> x.min(y.plus(0.37f));
                case 5 -> x.max(y.times(1.3f));
                case 6 -> x.plus(0.013f).abs();
                case 7 -> x.plus(exact().floor());
                case 8 -> x.tanh().exp();
                case 9 -> x.sigmoid().exp2();
                case 10 -> x.times(x).plus(1).log();
                case 11 -> x.sigmoid().plus(y);
                case 12 -> x.times(x).plus(1).sqrt();
                case 13 -> x.tanh().sin();
                case 14 -> x.tanh().cos();
                case 15 -> x.plus(integer(depth - 1).and(7).toFloat().times(0.1f));
                case 16 -> truth(depth - 1).choose(x, y);
                case 17 -> x.negated();
                default -> x.plus(place.tensor(0).at(integer(depth - 1)));
            };
        }

        private FloatTerm exact() {
            return integer(1).and(31).toFloat().times(0.25f);
        }

        IntTerm integer(int depth) {
            if (depth == 0) {
                return switch (random.nextInt(10)) {
                    case 0 -> place.batch();
                    case 1 -> place.head();
                    case 2 -> place.kvHead();
                    case 3 -> place.query();
                    case 4 -> place.key();
                    case 5 -> place.queryPosition();
                    case 6 -> place.queryLength();
                    case 7 -> place.keyLength();
                    case 8 -> place.tensor(1).intAt(place.batch(), place.key());
                    default -> IntTerm.of(random.nextInt(-9, 10));
                };
            }
            IntTerm x = integer(depth - 1);
            IntTerm y = integer(random.nextInt(depth));
            return switch (random.nextInt(15)) {
                case 0 -> x.plus(y);
                case 1 -> x.minus(y);
                case 2 -> x.times(y);
                case 3 -> x.dividedBy(y);
                case 4 -> x.modulo(y);
                case 5 -> x.min(y);
                case 6 -> x.max(y);
                case 7 -> x.and(y);
                case 8 -> x.or(y);
                case 9 -> x.xor(y);
                case 10 -> x.shiftLeft(y);
                case 11 -> x.shiftRight(y);
                case 12 -> exact().toInt();
                case 13 -> truth(depth - 1).choose(x, y);
                default -> x.abs();
            };
        }

        BoolTerm truth(int depth) {
            if (depth == 0) {
                return BoolTerm.of(random.nextBoolean());
            }
            return switch (random.nextInt(7)) {
                case 0 -> exact().lessThan(exact());
                case 1 -> exact().equalTo(place.number(1).floor());
                case 2 -> integer(depth - 1).lessThan(integer(depth - 1));
                case 3 -> integer(depth - 1).equalTo(integer(depth - 1));
                case 4 -> truth(depth - 1).and(truth(depth - 1));
                case 5 -> truth(depth - 1).or(truth(depth - 1));
                default -> truth(depth - 1).not();
            };
        }
    }
}
