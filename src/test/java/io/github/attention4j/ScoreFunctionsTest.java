package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.Place;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.EveryKernel;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Score and keep functions of the user's, on every kernel, with every step that a function may have. */
class ScoreFunctionsTest {
    private static final Set<String> WITH_EVERY_STEP = Set.of("LANES", "TILES", "JAVA", "REFERENCE");
    /** Kernels that ask for functions where others here do. */
    private static final Pattern LIKE_OTHERS = Pattern.compile("DECODE TILES|ROWS in shares|PLAIN|WMMA|WGMMA");

    /** No query stands there where there are more keys than that before them. */
    private static final int HIDDEN_KEY = 11;

    static Stream<EveryKernel> kernels() {
        return EveryKernel.all()
                .filter(kernel -> !LIKE_OTHERS.matcher(kernel.name()).find());
    }

    static Stream<KernelFamily> gradientFamilies() {
        return Engines.gradientFamilies();
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void outputsAgreeWithTheReference(EveryKernel kernel) {
        AttentionSpec spec = spec(kernel);
        for (int seed = 1; seed < 4; seed++) {
            check(kernel, new Problem(spec, seed, 1));
        }
        AttentionSpec longer = spec.toBuilder().queryLength(9).keyLength(150).build();
        check(kernel, new Problem(longer, 5, 1));
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("gradientFamilies")
    void gradientsAgreeWithTheReference(KernelFamily family) {
        gradients().check("functions", Engines.of(family), Way.ARRAYS);
    }

    private static GradientProblem gradients() {
        AttentionSpecBuilder builder = builder(37, 41).softcap(4).score(ScoreFunctionsTest::score);
        AttentionSpec forward = tensors(builder).keep(ScoreFunctionsTest::keeps).build();
        return new GradientProblem(Problem.of(forward), forward.backward(GradientProblem.all(forward)));
    }

    /** Rows of 0 / 0 and those that see nothing, beside others. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void whatIsNoNumberStaysInItsRows(EveryKernel kernel) {
        AttentionSpec spec = spec(kernel);
        AttentionArrays inputs = Problem.of(spec).inputs();
        float[] numbers = (float[]) inputs.get(Operand.SCORE_NUMBERS);
        numbers[2] = 7;
        numbers[3] = 9;
        Elements values = Elements.of(spec, inputs, Operand.VALUE);
        for (int head = 0; head < spec.kvHeads(); head++) {
            values.set(1, head, HIDDEN_KEY, 1, Float.NaN);
        }
        AttentionArrays outputs = kernel.run(spec, inputs);
        Elements out = Elements.of(spec, outputs, Operand.OUT);
        for (int row = 0; row < spec.queryLength(); row++) {
            float number = out.get(1, 2, row, 1);
            assertEquals(row == 7, Float.isNaN(number), "row " + row + " has " + number);
            assertEquals(row == 9, number == 0, "row " + row + " has " + number);
        }
    }

    /** Numbers of a diagonal in a head each: to the rows that see one, and not where it is hidden. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void whatIsNoNumberInATensorReachesWhoSeesIt(EveryKernel kernel) {
        Problem problem = Problem.of(spec(kernel));
        AttentionArrays inputs = problem.inputs();
        float[] table = (float[]) inputs.get(Operand.SCORE_TENSOR_0);
        spoil(table);
        table[2 * 50 + 29] = Float.NEGATIVE_INFINITY;
        check(kernel, problem, inputs);
    }

    /** On the programs of other gradients. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("gradientFamilies")
    void gradientsOfWhatIsNoNumberStayWithItsRows(KernelFamily family) {
        GradientProblem problem = gradients();
        float[] numbers = {0.6f, 3.5f, 7, 9};
        float[] table = (float[]) problem.forward().inputs().get(Operand.SCORE_TENSOR_0);
        spoil(table);
        AttentionArrays inputs = problem.inputs(
                new AttentionArrays().with(Operand.SCORE_NUMBERS, numbers).with(Operand.SCORE_TENSOR_0, table));
        AttentionArrays before = problem.outputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(Engines.of(family), problem.spec(), inputs, outputs);
        GradientBudget.of(problem.spec(), inputs).check("no numbers", before, outputs, null);
        int sick = 0;
        float[] gradients = (float[]) outputs.get(Operand.GRAD_QUERY);
        for (float gradient : gradients) {
            sick += Float.isNaN(gradient) ? 1 : 0;
        }
        assertTrue(sick > 0 && sick < gradients.length / 2, sick + " of " + gradients.length + " are NaN");
    }

    private static void spoil(float[] table) {
        table[25] = Float.NaN; // head 0, 5 ahead
        table[50 + 18] = Float.POSITIVE_INFINITY;
    }

    /** What a simulator of OpenCL can run. */
    @Tag("oclgrind")
    @Tag("races")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"LANES", "TILES"})
    void haveNoRaceOnATinyProblem(KernelFamily family) {
        AttentionSpec forward = tensors(builder(5, 19).batch(1).heads(2).kvHeads(1))
                .score(ScoreFunctionsTest::shortScore)
                .keep(ScoreFunctionsTest::keepsShortly)
                .build();
        check(new EveryKernel(family.name(), DType.F32, false, () -> Engines.of(family)), Problem.of(forward));
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        new GradientProblem(Problem.of(forward), backward).check("functions", Engines.of(family), Way.ARRAYS);
    }

    /** A few queries of each head of a group, over keys in pages. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"DECODE", "JAVA"})
    void aCacheInPagesIsReadLikeOthers(KernelFamily family) {
        AttentionSpec spec = tensors(builder(2, 150))
                .kvHeads(1)
                .paged(16, 30)
                .score(ScoreFunctionsTest::shortScore)
                .keep(ScoreFunctionsTest::keepsShortly)
                .build();
        Problem problem = Problem.of(spec);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.TENSORS.run(Engines.of(family), spec, inputs, outputs);
        Budget.check(family + " " + problem, spec, inputs, outputs);
    }

    @Test
    void equalFunctionsAreEqualSpecs() {
        AttentionSpec first =
                tensors(builder(5, 9).score(ScoreFunctionsTest::score)).build();
        AttentionSpec second = tensors(builder(5, 9).score((score, place) -> score(score, place)))
                .build();
        AttentionSpec third = tensors(builder(5, 9)
                        .score((score, place) -> score(score, place).plus(1)))
                .build();
        assertEquals(first, second);
        assertEquals(first.hashCode(), second.hashCode());
        assertNotEquals(first, third);
        assertTrue(first.toString().contains("t0 = score"), first.toString());
        assertEquals(
                "t0 = key; t1 = query; t2 = int less t0 t1",
                builder(5, 9)
                        .keep(place -> place.key().lessThan(place.query()))
                        .build()
                        .keep()
                        .toString());
    }

    @Test
    void whatTheCallDoesNotHaveIsNamed() {
        refused("scoreNumbers(3)", builder(5, 9).score((score, place) -> score.plus(place.number(2))));
        refused(
                "scoreTensor(1",
                builder(5, 9).keep(place -> place.tensor(1).intAt(place.key()).equalTo(0)));
        assertThrows(IllegalArgumentException.class, () -> builder(5, 9).scoreTensor(4, DType.F32, 3));
        assertThrows(IllegalArgumentException.class, () -> builder(5, 9).scoreTensor(0, DType.F32));
        refused("F32, F16, BF16, I32 or U8", builder(5, 9).scoreTensor(0, DType.I8, 3));
        refused(
                "steps",
                builder(5, 9),
                builder -> builder.score((score, place) -> {
                    FloatTerm sum = score;
                    for (int i = 0; i < 2000; i++) {
                        sum = sum.plus(place.number(i));
                    }
                    return sum;
                }));
    }

    private static void refused(String part, AttentionSpecBuilder builder) {
        refused(part, builder, AttentionSpecBuilder::build);
    }

    private static void refused(
            String part, AttentionSpecBuilder builder, java.util.function.Consumer<AttentionSpecBuilder> call) {
        String message = assertThrows(IllegalArgumentException.class, () -> call.accept(builder))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Every step is on one kernel of each kind; for the others functions are short, for all are compiled. */
    private static AttentionSpec spec(EveryKernel kernel) {
        boolean isShort = !WITH_EVERY_STEP.contains(kernel.name());
        return tensors(kernel.types(builder(41, 70)))
                .score(isShort ? ScoreFunctionsTest::shortScore : ScoreFunctionsTest::score)
                .keep(isShort ? ScoreFunctionsTest::keepsShortly : ScoreFunctionsTest::keeps)
                .build();
    }

    private static AttentionSpecBuilder builder(int queries, int keys) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(16)
                .returnLse();
    }

    private static AttentionSpecBuilder tensors(AttentionSpecBuilder builder) {
        return builder.scoreNumbers(4)
                .scoreTensor(0, DType.F32, 4, 50)
                .scoreTensor(1, DType.I32, 2, 60)
                .scoreTensor(2, DType.F16, 3, 2, 5, 7)
                .scoreTensor(3, DType.U8, 11);
    }

    private static FloatTerm shortScore(FloatTerm score, Place place) {
        IntTerm ahead = place.queryPosition().minus(place.key());
        FloatTerm once = place.query().toFloat().minus(place.number(2)); // 0 in at most one row
        return score.plus(place.tensor(0).at(place.head(), ahead.plus(20))).times(once.dividedBy(once));
    }

    private static BoolTerm keepsShortly(Place place) {
        BoolTerm isHidden =
                place.query().toFloat().equalTo(place.number(3)).or(place.key().equalTo(HIDDEN_KEY));
        BoolTerm isOfDocument =
                place.tensor(1).intAt(place.batch(), place.key()).lessThan(2);
        return isOfDocument.or(place.key().equalTo(place.queryPosition())).and(isHidden.not());
    }

    /** With every step on numbers, smooth in the score. */
    static FloatTerm score(FloatTerm score, Place place) {
        IntTerm ahead = place.queryPosition().minus(place.key());
        FloatTerm distance = ahead.abs().toFloat().times(0.01f);
        FloatTerm table = place.tensor(0).at(place.head(), ahead.plus(20));
        FloatTerm halves = place.tensor(2)
                .at(
                        place.batch(),
                        place.kvHead(),
                        place.query().modulo(5),
                        place.key().minus(3));
        FloatTerm bytes = place.tensor(3).at(place.key().shiftRight(2)).times(0.05f);
        FloatTerm waves =
                distance.sin().plus(distance.cos()).plus(distance.exp2().log());
        FloatTerm bent = score.times(0.5f)
                .tanh()
                .plus(score.sigmoid())
                .plus(score.times(0.1f).exp());
        FloatTerm root = score.abs().plus(1).sqrt().minus(score.max(-8).min(8));
        FloatTerm steps = place.number(0)
                .floor()
                .max(place.number(1))
                .min(place.keyLength().toFloat());
        FloatTerm once = place.query().toFloat().minus(place.number(2)); // 0 in at most one row
        FloatTerm sum = score.plus(table)
                .plus(once.dividedBy(once))
                .plus(halves.times(0.25f))
                .plus(bytes)
                .plus(waves);
        FloatTerm chosen = ahead.moreThan(11).choose(bent, root.dividedBy(2));
        return sum.plus(chosen)
                .minus(steps.times(0.125f))
                .plus(place.queryLength().toFloat().negated().times(0.01f));
    }

    /** With every step on integers. */
    static BoolTerm keeps(Place place) {
        IntTerm ahead = place.queryPosition().minus(place.key());
        IntTerm document = place.tensor(1).intAt(place.batch(), place.key().plus(-2));
        IntTerm mixed = place.key().xor(place.query().shiftLeft(1)).or(4).and(13);
        IntTerm share =
                ahead.dividedBy(7).plus(ahead.modulo(-3)).times(3).max(-50).min(ahead.abs());
        BoolTerm isNear = ahead.atMost(15).and(ahead.atLeast(-20));
        BoolTerm isOdd = mixed.moreThan(7)
                .or(share.lessThan(2))
                .or(place.number(0).times(4).toInt().equalTo(2));
        BoolTerm isZero = ahead.dividedBy(0).equalTo(0).and(ahead.modulo(0).equalTo(0));
        IntTerm chosen = isNear.choose(document, IntTerm.of(0));
        BoolTerm isOfScore = place.number(1).lessThan(3).or(place.number(1).equalTo(3.5f));
        BoolTerm isHidden =
                place.query().toFloat().equalTo(place.number(3)).or(place.key().equalTo(HIDDEN_KEY));
        return chosen.lessThan(2)
                .and(isOdd)
                .and(isZero)
                .and(isOfScore.or(BoolTerm.of(false)))
                .or(ahead.equalTo(0))
                .and(isHidden.not());
    }

    private static void check(EveryKernel kernel, Problem problem) {
        check(kernel, problem, problem.inputs());
    }

    private static void check(EveryKernel kernel, Problem problem, AttentionArrays inputs) {
        AttentionSpec spec = problem.spec();
        AttentionArrays outputs = kernel.run(spec, inputs);
        if (kernel.rounds()) {
            Budget.checkRounded(kernel + " " + problem, spec, inputs, outputs);
        } else {
            Budget.check(kernel + " " + problem, spec, inputs, outputs);
        }
    }
}
