package io.github.attention4j;

import io.github.attention4j.score.Functions;
import io.github.attention4j.score.KeepFunction;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions on so many queries and keys that whole tiles are seen, or hidden, and are not asked about pair by pair. */
class FunctionTilesTest {
    private static final int QUERIES = 230;
    private static final int KEYS = 333;
    private static final int DOCUMENT = 71;

    private static AttentionSpecBuilder spec() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(2)
                .kvHeads(1)
                .queryLength(QUERIES)
                .keyLength(KEYS)
                .headDim(16)
                .returnLse();
    }

    /** @param inputs what the functions read */
    private record Case(AttentionSpecBuilder spec, Consumer<AttentionArrays> inputs) {}

    private static final Map<String, Case> CASES = cases();

    private static Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("documents", documents(false, Functions.documents(0, 1)));
        cases.put("documents in no order", documents(true, Functions.documents(0, 1)));
        cases.put("documents, causal", documents(false, place -> Functions.documents(0, 1)
                .keeps(place)
                .and(Functions.causal().keeps(place))));
        cases.put(
                "prefix",
                new Case(
                        spec().keep(Functions.prefix(0)).scoreTensor(0, DType.I32, 2),
                        arrays -> arrays.with(Operand.SCORE_TENSOR_0, new int[] {201, 7})));
        // Products that wrap around have no order.
        cases.put(
                "overflow",
                keep(place -> place.key().times(1 << 25).lessThan(place.query().times(3 << 24))));
        cases.put("far", keep(place -> place.key().minus(place.query()).abs().moreThan(150)));
        cases.put("rows", keep(place -> place.key()
                .dividedBy(40)
                .equalTo(place.query().dividedBy(40))
                .or(place.key().modulo(400).lessThan(9))));
        // A comparison with NaN is false, and what has bounds nonetheless stays.
        cases.put(
                "NaN",
                new Case(
                        spec().scoreNumbers(1).keep(place -> place.key()
                                .toFloat()
                                .lessThan(place.number(0))
                                .not()
                                .and(place.key().lessThan(300))),
                        arrays -> arrays.with(Operand.SCORE_NUMBERS, new float[] {Float.NaN})));
        float[] table = new float[64];
        for (int i = 0; i < table.length; i++) {
            table[i] = (i * 37 % 64 - 32) / 16f;
        }
        cases.put(
                "T5",
                new Case(
                        spec().keep(Functions.causal())
                                .score(Functions.t5(0, 32, 200, true))
                                .scoreTensor(0, DType.F32, 32, 2),
                        arrays -> arrays.with(Operand.SCORE_TENSOR_0, table)));
        cases.put(
                "a number of the distance, and whether to add it",
                new Case(
                        spec().score((score, place) -> place.query()
                                        .minus(place.key())
                                        .modulo(3)
                                        .equalTo(0)
                                        .choose(
                                                score,
                                                score.dividedBy(3)
                                                        .plus(place.tensor(0)
                                                                .at(place.query()
                                                                        .plus(5)
                                                                        .minus(place.key()))
                                                                .times(place.key()
                                                                        .toFloat())
                                                                .times(1f / 512))))
                                .scoreTensor(0, DType.F32, 64),
                        arrays -> arrays.with(Operand.SCORE_TENSOR_0, table)));
        return cases;
    }

    private static Case keep(KeepFunction function) {
        return new Case(spec().keep(function), arrays -> {});
    }

    private static Case documents(boolean isMixed, KeepFunction function) {
        int[] ofQueries = new int[2 * QUERIES];
        int[] ofKeys = new int[2 * KEYS];
        for (int i = 0; i < ofQueries.length; i++) {
            ofQueries[i] = isMixed ? i * 7 % 11 : (i % QUERIES + KEYS - QUERIES) / DOCUMENT;
        }
        for (int i = 0; i < ofKeys.length; i++) {
            ofKeys[i] = isMixed ? i * 5 % 13 : i % KEYS / DOCUMENT;
        }
        AttentionSpecBuilder spec =
                spec().keep(function).scoreTensor(0, DType.I32, 2, QUERIES).scoreTensor(1, DType.I32, 2, KEYS);
        return new Case(
                spec, arrays -> arrays.with(Operand.SCORE_TENSOR_0, ofQueries).with(Operand.SCORE_TENSOR_1, ofKeys));
    }

    private static Stream<Arguments> java() {
        return CASES.keySet().stream().map(name -> Arguments.of(name, KernelFamily.JAVA));
    }

    private static Stream<Arguments> kernels() {
        return CASES.keySet().stream().map(name -> Arguments.of(name, KernelFamily.LANES));
    }

    @Tag("no-device")
    @ParameterizedTest(name = "{0}")
    @MethodSource("java")
    void pureJavaAgreesWithTheReference(String name, KernelFamily family) {
        checkForward(name, family);
        checkBackward(name, family);
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void kernelsForProcessorsAgreeWithTheReference(String name, KernelFamily family) {
        checkForward(name, family);
    }

    /** 41 times its inverse is less than 1 in f32, so that a quotient is not made by one. */
    private static void checkFloor(KernelFamily family) {
        AttentionSpec floats = keep(place -> place.key()
                        .toFloat()
                        .dividedBy(41)
                        .floor()
                        .equalTo(place.query().toFloat().dividedBy(41).floor()))
                .spec
                .build();
        AttentionSpec integers = keep(place ->
                        place.key().dividedBy(41).equalTo(place.query().dividedBy(41)))
                .spec
                .build();
        Problem problem = Problem.of(floats);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(Engines.of(family), floats, inputs, outputs);
        Budget.check("rows, by floats", integers, inputs, outputs);
    }

    @Tag("no-device")
    @ParameterizedTest
    @EnumSource(
            value = KernelFamily.class,
            names = {"REFERENCE", "JAVA"})
    void quotientsHaveTheirFloorInJava(KernelFamily family) {
        checkFloor(family);
    }

    @Tag("opencl")
    @ParameterizedTest
    @EnumSource(
            value = KernelFamily.class,
            names = {"LANES", "TILES", "DECODE"})
    void quotientsHaveTheirFloorInKernels(KernelFamily family) {
        checkFloor(family);
    }

    private static void checkForward(String name, KernelFamily family) {
        Case one = CASES.get(name);
        AttentionSpec spec = one.spec.build();
        AttentionArrays given = new AttentionArrays();
        one.inputs.accept(given);
        Problem problem = Problem.of(spec);
        AttentionArrays inputs = problem.inputs(given);
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(Engines.of(family), spec, inputs, outputs);
        Budget.check(name, spec, inputs, outputs);
    }

    private static void checkBackward(String name, KernelFamily family) {
        Case one = CASES.get(name);
        AttentionSpec forward = one.spec.build();
        List<Operand> wanted = new ArrayList<>(List.of(Operand.QUERY, Operand.KEY, Operand.VALUE));
        if (forward.score() != null) {
            wanted.add(Operand.SCORE_TENSOR_0);
        }
        AttentionSpec backward = forward.backward(wanted.toArray(Operand[]::new));
        AttentionArrays given = new AttentionArrays();
        one.inputs.accept(given);
        AttentionArrays inputs = new GradientProblem(Problem.of(forward), backward).inputs(given);
        AttentionArrays before = Problem.of(backward).outputs();
        AttentionArrays outputs = Problem.of(backward).outputs();
        Engines.of(family).attend(backward, HostArrays.all(inputs, outputs));
        GradientBudget.of(backward, inputs).check(name, before, outputs, null);
    }
}
