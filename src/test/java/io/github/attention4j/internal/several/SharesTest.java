package io.github.attention4j.internal.several;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.EngineOver;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.java.JavaBackend;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a call is cut into, and as small as the shares are, the answer is that of one device. */
class SharesTest {
    private static AttentionEngine engine(By by, int devices, Backend... others) {
        List<Backend> backends = new ArrayList<>(List.of(others));
        for (int i = 0; i < devices; i++) {
            backends.add(JavaBackend.open("java", EngineOptions.defaults().withThreads(1)));
        }
        double[] rates = new double[backends.size()];
        Arrays.setAll(rates, i -> 1 + i / 2.0);
        Shares small = new Shares(List.of(by), 2, 8, 1); // bits of keep-masks lie in whole bytes
        return EngineOver.of(new SeveralBackend(backends, EngineOptions.defaults(), small, new Rates(rates)));
    }

    private static boolean isCut(AttentionEngine engine, AttentionSpec spec) {
        return !engine.plan(spec).explain().contains("computes all of it");
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void randomSpecsAgreeWithTheReference(By by) {
        int cut = 0;
        try (AttentionEngine engine = engine(by, 3)) {
            for (int number = 0; number < 30; number++) {
                SweepProgram program = SweepProgram.of(number, true, 7);
                for (int i = 0; i < 4; i++) {
                    SweepCase.Call call = SweepCase.of(program, i, 7);
                    AttentionSpec spec = call.problem().spec();
                    AttentionArrays inputs = call.problem().inputs();
                    AttentionArrays outputs = call.problem().outputs();
                    call.way().run(engine, spec, inputs, outputs);
                    Budget.check(spec + " by " + call.way(), spec, inputs, outputs);
                    cut += isCut(engine, spec) ? 1 : 0;
                }
            }
        }
        assertTrue(cut > (by == By.KEYS ? 2 : 20), cut + " of 120 calls were cut into " + by);
    }

    static Stream<String> options() {
        return GradientSpace.options().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("options")
    void gradientsAgreeWithTheReference(String option) {
        AttentionSpec forward = GradientSpace.small(option);
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        for (By by : List.of(By.ENTRIES, By.KV_HEADS, By.QUERIES)) {
            try (AttentionEngine engine = engine(by, 2)) {
                new GradientProblem(Problem.of(forward), backward).check(option, engine, Way.ARRAYS);
                AttentionSpec more = backward.toBuilder().accumulate().build();
                new GradientProblem(Problem.of(forward), more).check(option + ", added", engine, Way.TENSORS);
                boolean hasReason = engine.plan(backward).explain().contains("not cut into " + by);
                assertEquals(
                        !hasReason,
                        isCut(engine, backward),
                        engine.plan(backward).explain());
            }
        }
    }

    /** Of queries that see ever more keys each device has some from both ends. */
    @Test
    void causalQueriesAreDealtOutInTurns() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .sequenceLength(4096)
                .headDim(64)
                .causal()
                .build();
        for (int devices = 2; devices <= 4; devices++) {
            double[] rates = new double[devices];
            Arrays.fill(rates, 1);
            List<Share> shares = Shares.of(spec, Shares.USUAL.cut(spec, rates));
            for (int device = 0; device < devices; device++) {
                assertEquals(1.0 / devices, Balance.of(device, shares).work(), 0.04);
            }
            assertEquals(0, shares.get(0).block().queries().first());
            assertEquals(
                    shares.get(0).block().queries().count(),
                    shares.get(0).block().keys().count());
            assertEquals(4096, shares.get(1).block().queries().end());
        }
    }

    private static AttentionSpec withFunctions() {
        return AttentionSpec.builder()
                .batch(3)
                .heads(6)
                .kvHeads(3)
                .queryLength(20)
                .keyLength(27)
                .headDim(8)
                .mask(Mask.window(15, 3))
                .scoreNumbers(1)
                .scoreTensor(0, DType.F32, 3, 6, 48)
                .returnLse()
                .score((score, place) -> score.times(place.kvHead().plus(1).toFloat())
                        .plus(place.tensor(0)
                                .at(place.batch(), place.head(), place.query().plus(place.key()))
                                .times(place.number(0)))
                        .plus(place.queryLength()
                                .minus(place.queryPosition())
                                .plus(place.keyLength())
                                .toFloat()
                                .times(0.01f)))
                .keep(place -> place.query().plus(place.key()).modulo(5).lessThan(4))
                .build();
    }

    /** A function is told of the place in the whole call: of its own gradients too. */
    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"ENTRIES", "KV_HEADS", "QUERIES"})
    void functionsKnowTheirPlaceInTheWholeCall(By by) {
        AttentionSpec spec = withFunctions();
        AttentionSpec backward = spec.backward(GradientProblem.all(spec));
        try (AttentionEngine engine = engine(by, 2)) {
            check(engine, spec);
            new GradientProblem(Problem.of(spec), backward).check("functions", engine, Way.BUFFERS);
            assertTrue(
                    isCut(engine, spec) && isCut(engine, backward),
                    engine.plan(spec).explain());
        }
    }

    private static void check(AttentionEngine engine, AttentionSpec spec) {
        Problem problem = Problem.of(spec);
        AttentionArrays outputs = problem.outputs();
        Way.BUFFERS.run(engine, spec, problem.inputs(), outputs);
        Budget.check(spec.toString(), spec, problem.inputs(), outputs);
    }

    @Test
    @Tag("opencl")
    void anOpenClDeviceAndJavaShareASequence() {
        Backend openCl = Backends.open(Engines.openClDevice(), EngineOptions.defaults());
        try (AttentionEngine engine = engine(By.QUERIES, 1, openCl)) {
            check(engine, withFunctions());
            assertTrue(isCut(engine, withFunctions()));
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void blockMasksGoWithTheirEntriesAndHeads(By by) {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .sequenceLength(50)
                .headDim(8)
                .blockMask(16, 16, 2, 4)
                .build();
        try (AttentionEngine engine = engine(by, 2)) {
            check(engine, spec);
            boolean isOfRows = by == By.QUERIES || by == By.KEYS;
            assertEquals(!isOfRows, isCut(engine, spec));
            assertEquals(isOfRows, engine.plan(spec).explain().contains("not cut into " + by));
        }
    }

    /** The last query of a share stands at its last key, as ALiBi has it; where entries have fewer keys, too. */
    @Test
    void causalCallsWithAlibiAreCutIntoQueries() {
        AttentionSpec spec = GradientSpace.small("ALiBi").toBuilder()
                .causal()
                .keyLengths()
                .rotary(new Rotary(8, false, 40))
                .build();
        try (AttentionEngine engine = engine(By.QUERIES, 3)) {
            for (int[] lengths : new int[][] {{19, 4}, {0, 13}, {12, 18}}) {
                Problem problem = Problem.of(spec);
                AttentionArrays inputs = problem.inputs(new AttentionArrays().with(Operand.KEY_LENGTHS, lengths));
                AttentionArrays outputs = problem.outputs();
                Way.ARRAYS.run(engine, spec, inputs, outputs);
                Budget.check("ALiBi", spec, inputs, outputs);
            }
            assertTrue(isCut(engine, spec), engine.plan(spec).explain());
        }
    }

    /** With all that has to be told where a share's keys begin. */
    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"QUERIES", "KEYS"})
    void masksSinksAndRotationsKnowTheirKeys(By by) {
        AttentionSpec spec = GradientSpace.small("rotary").toBuilder()
                .keyLength(40)
                .mask(Mask.window(9, 2))
                .keyLengths()
                .prefixLengths()
                .keyRanges(1, 4)
                .keepMask(DType.BIT, 1, 4, 13, 40)
                .bias(DType.BF16, 2, 1, 13, 40)
                .sink()
                .type(Operand.OUT, DType.F16)
                .build();
        try (AttentionEngine engine = engine(by, 3)) {
            check(engine, spec);
            assertTrue(isCut(engine, spec), engine.plan(spec).explain());
        }
    }
}
