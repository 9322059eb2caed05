package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.java.JavaBackend;
import io.github.attention4j.internal.several.SeveralBackend;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One engine over several devices: the answers are those of one. */
class SeveralDevicesTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .batch(2)
            .heads(6)
            .kvHeads(3)
            .sequenceLength(70)
            .headDim(16)
            .causal()
            .build();

    /** Some devices of the same speed. */
    private static AttentionEngine java(int count, boolean takesOver, Backend... others) {
        List<Backend> backends = new ArrayList<>(Arrays.asList(others));
        for (int i = 0; i < count; i++) {
            backends.add(JavaBackend.open("java", EngineOptions.defaults().withThreads(1)));
        }
        double[] rates = new double[backends.size()];
        Arrays.fill(rates, 1);
        return new AttentionEngine(
                new SeveralBackend(backends, EngineOptions.defaults().withTakeOver(takesOver), rates));
    }

    /** Some whose speed is measured. */
    private static AttentionEngine measured(boolean takesOver, Backend... devices) {
        return new AttentionEngine(
                new SeveralBackend(List.of(devices), EngineOptions.defaults().withTakeOver(takesOver)));
    }

    @Test
    void randomSpecsAgreeWithTheReference() {
        int cut = 0;
        try (AttentionEngine engine = java(3, false)) {
            for (int number = 0; number < 40; number++) {
                SweepProgram program = SweepProgram.of(number, true, 5);
                for (int i = 0; i < 5; i++) {
                    SweepCase.Call call = SweepCase.of(program, i, 5);
                    AttentionSpec spec = call.problem().spec();
                    AttentionArrays inputs = call.problem().inputs();
                    AttentionArrays outputs = call.problem().outputs();
                    call.way().run(engine, spec, inputs, outputs);
                    Budget.check(spec + " by " + call.way(), spec, inputs, outputs);
                    cut += engine.plan(spec).explain().contains("all of it") ? 0 : 1;
                }
            }
        }
        assertTrue(cut > 100, cut + " of 200 calls were cut");
    }

    static java.util.stream.Stream<String> options() {
        return GradientSpace.options().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("options")
    void gradientsAgreeWithTheReference(String option) {
        AttentionSpec forward = GradientSpace.small(option);
        AttentionSpec backward = forward.backward(GradientProblem.all(forward));
        try (AttentionEngine engine = java(2, true)) {
            new GradientProblem(Problem.of(forward), backward).check(option, engine, Way.ARRAYS);
            AttentionSpec more = backward.toBuilder().accumulate().build();
            new GradientProblem(Problem.of(forward), more).check(option + ", added", engine, Way.TENSORS);
        }
    }

    /** A score function of the user's asks for the numbers of entries and heads in the whole call. */
    @Test
    void functionsSeeTheWholeCall() {
        AttentionSpec spec = SPEC.toBuilder()
                .score((score, place) ->
                        score.times(place.batch().times(3).plus(place.head()).toFloat()))
                .build();
        try (AttentionEngine engine = java(3, false)) {
            Problem problem = Problem.of(spec);
            AttentionArrays outputs = problem.outputs();
            Way.ARRAYS.run(engine, spec, problem.inputs(), outputs);
            Budget.check("functions", spec, problem.inputs(), outputs);
            String text = engine.plan(spec).explain();
            assertTrue(text.contains("\"java\" computes heads 0 to 1"), text);
        }
    }

    @Test
    void theBitsAreThoseOfOneDevice() {
        Problem problem = Problem.of(SPEC);
        AttentionArrays one = problem.outputs();
        Engines.of(KernelFamily.JAVA).attend(SPEC, with(problem.inputs(), one));
        for (int devices = 2; devices <= 4; devices++) {
            try (AttentionEngine engine = java(devices, false)) {
                AttentionArrays several = problem.outputs();
                engine.attend(SPEC, with(problem.inputs(), several));
                assertArrayEquals((float[]) one.get(Operand.OUT), (float[]) several.get(Operand.OUT));
            }
        }
    }

    private static AttentionArrays with(AttentionArrays inputs, AttentionArrays outputs) {
        return inputs.with(Operand.OUT, (float[]) outputs.get(Operand.OUT));
    }

    @Test
    void fewHeadsOverManyKeysAreCutByKeysAndMerged() {
        for (boolean hasLse : new boolean[] {true, false}) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(2)
                    .kvHeads(1)
                    .queryLength(5)
                    .keyLength(2077)
                    .headDim(16)
                    .valueDim(24)
                    .types(DType.BF16)
                    .type(Operand.OUT, DType.F32)
                    .build()
                    .withLse(hasLse);
            Problem problem = Problem.of(spec);
            for (int devices = 2; devices <= 4; devices++) {
                try (AttentionEngine engine = java(devices, true, failing(0, true))) {
                    for (Way way : Way.values()) {
                        AttentionArrays outputs = problem.outputs();
                        way.run(engine, spec, problem.inputs(), outputs);
                        Budget.check(devices + " devices", spec, problem.inputs(), outputs);
                    }
                    String text = engine.plan(spec).explain();
                    assertTrue(text.contains("computes keys 0 to "), text);
                }
            }
        }
    }

    @Test
    void itSaysWhoComputesWhat() {
        try (AttentionEngine engine = java(2, false)) {
            String text = engine.plan(SPEC).explain();
            assertTrue(text.startsWith("shared out over 2 devices by measured speed:"), text);
            assertTrue(text.contains("\"java\" computes"), text);
            assertEquals(KernelFamily.JAVA, engine.plan(SPEC).family());
            assertSame(engine.plan(SPEC), engine.plan(SPEC));
            assertTrue(engine.device().describe().startsWith("java+java"));
            AttentionSpec single = AttentionSpec.builder()
                    .heads(1)
                    .sequenceLength(9)
                    .headDim(4)
                    .build();
            assertTrue(engine.plan(single).explain().contains("computes all of it"));
        }
    }

    /** A device that fails from its n-th call on, or cannot plan anything. */
    private static Backend failing(int calls, boolean canPlan) {
        Backend java = JavaBackend.open("java", EngineOptions.defaults().withThreads(1));
        int[] left = {calls};
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("device")) {
                        return java.device().withId("bad:0");
                    }
                    if (method.getName().equals("plan") && !canPlan) {
                        throw new UnsupportedByDeviceException("it plans nothing", "no");
                    }
                    if (method.getName().equals("attend") && left[0]-- <= 0) {
                        throw new DeviceException("the driver said -5");
                    }
                    try {
                        return method.invoke(java, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aDeviceThatFailsIsNamed() {
        Problem problem = Problem.of(SPEC);
        try (AttentionEngine engine = java(1, false, failing(0, true))) {
            AttentionArrays arrays = with(problem.inputs(), problem.outputs());
            DeviceException e = assertThrows(DeviceException.class, () -> engine.attend(SPEC, arrays));
            assertTrue(e.getMessage().contains("\"bad:0\" failed in its share of a call"), e.getMessage());
            assertTrue(e.getMessage().contains("the driver said -5"), e.getMessage());
            assertTrue(e.getMessage().contains("withTakeOver(true)"), e.getMessage());
        }
        try (AttentionEngine engine = measured(false, failing(99, true), failing(1, true))) {
            DeviceException e = assertThrows(DeviceException.class, () -> engine.plan(SPEC));
            assertTrue(e.getMessage().contains("\"bad:0\" failed when its speed was measured"), e.getMessage());
        }
    }

    @Test
    void othersTakeOver() {
        Problem problem = Problem.of(SPEC);
        for (int calls = 0; calls < 5; calls++) { // three of them measure the second one's speed
            boolean isMeasured = calls > 1;
            Backend bad = failing(calls, true);
            try (AttentionEngine engine = isMeasured ? measured(true, failing(99, true), bad) : java(1, true, bad)) {
                for (int i = 0; i < 3; i++) {
                    AttentionArrays outputs = problem.outputs();
                    engine.attend(SPEC, with(problem.inputs(), outputs));
                    Budget.check("after " + calls, SPEC, problem.inputs(), outputs);
                }
            }
        }
        AttentionSpec added = SPEC.backward().toBuilder().accumulate().build();
        try (AttentionEngine engine = java(1, true, failing(0, true))) {
            new GradientProblem(problem, added).check("added once", engine, Way.ARRAYS);
        }
        try (AttentionEngine engine = java(0, true, failing(0, true), failing(0, true))) {
            AttentionArrays arrays = with(problem.inputs(), problem.outputs());
            assertThrows(DeviceException.class, () -> engine.attend(SPEC, arrays));
        }
    }

    /** Of a device's two shares the one that fails is named, or computed by another. */
    @Test
    void aDeviceMayFailWithinASequence() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .sequenceLength(600)
                .headDim(8)
                .causal()
                .build();
        Problem problem = Problem.of(spec);
        GradientProblem gradients = new GradientProblem(problem, spec.backward());
        for (int calls = 0; calls < 2; calls++) {
            try (AttentionEngine engine = java(1, false, failing(calls, true))) {
                AttentionArrays arrays = with(problem.inputs(), problem.outputs());
                DeviceException e = assertThrows(DeviceException.class, () -> engine.attend(spec, arrays));
                String name = calls == 0 ? "queries 0 to 127" : "queries 472 to 599";
                assertTrue(e.getMessage().contains("\"bad:0\" failed in its share of a call, " + name), e.toString());
            }
            try (AttentionEngine engine = java(1, true, failing(calls, true))) {
                AttentionArrays outputs = problem.outputs();
                engine.attend(spec, with(problem.inputs(), outputs));
                Budget.check("taken over", spec, problem.inputs(), outputs);
            }
            try (AttentionEngine engine = java(1, true, failing(calls, true))) {
                gradients.check("taken over", engine, Way.ARRAYS);
            }
        }
    }

    @Test
    void aSpecThatADeviceCannotComputeGoesToTheOthers() {
        try (AttentionEngine engine = java(1, false, failing(99, false))) {
            String text = engine.plan(SPEC).explain();
            assertTrue(text.contains("not on \"bad:0\": it plans nothing"), text);
            assertTrue(text.contains("\"java\" computes all of it"), text);
            engine.attend(SPEC, with(Problem.of(SPEC).inputs(), Problem.of(SPEC).outputs()));
        }
        try (AttentionEngine engine = java(0, false, failing(99, false), failing(99, false))) {
            UnsupportedByDeviceException e = assertThrows(UnsupportedByDeviceException.class, () -> engine.plan(SPEC));
            assertTrue(e.getMessage().contains("no device can compute it"), e.getMessage());
        }
    }

    @Test
    void severalThreadsCallSideBySide() {
        Problem problem = Problem.of(SPEC);
        AttentionArrays one = problem.outputs();
        Engines.of(KernelFamily.JAVA).attend(SPEC, with(problem.inputs(), one));
        try (AttentionEngine engine = java(2, false)) {
            List<CompletableFuture<Void>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calls.add(CompletableFuture.runAsync(() -> {
                    for (int again = 0; again < 40; again++) { // beyond the next look at idle devices
                        AttentionArrays outputs = problem.outputs();
                        engine.attend(SPEC, with(problem.inputs(), outputs));
                        assertArrayEquals((float[]) one.get(Operand.OUT), (float[]) outputs.get(Operand.OUT));
                    }
                }));
            }
            calls.forEach(CompletableFuture::join);
        }
    }

    @Test
    void closingWhileCallsRunEndsThemOrLetsThemEnd() {
        Problem problem = Problem.of(SPEC);
        for (int round = 0; round < 5; round++) {
            AttentionEngine engine = java(3, false);
            List<CompletableFuture<Throwable>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                AttentionArrays arrays = with(problem.inputs(), problem.outputs());
                callers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        while (true) {
                            engine.attend(SPEC, arrays);
                        }
                    } catch (RuntimeException e) {
                        return e;
                    }
                }));
            }
            engine.attend(SPEC, with(problem.inputs(), problem.outputs()));
            engine.close();
            for (CompletableFuture<Throwable> caller : callers) {
                assertEquals(IllegalStateException.class, caller.join().getClass());
            }
        }
    }

    @Test
    void wrongDevicesAndWhatBelongsToOneDeviceAreRefused() {
        assertThrows(NullPointerException.class, () -> AttentionEngine.open((List<String>) null));
        for (List<String> wrong : List.of(List.<String>of(), List.of("java", "java"), List.of("java", "gpu:99"))) {
            assertThrows(IllegalArgumentException.class, () -> AttentionEngine.open(wrong), wrong.toString());
        }
        assertThrows(IllegalArgumentException.class, () -> AttentionEngine.open("java+"));
        try (AttentionEngine one = AttentionEngine.open(List.of("java"));
                AttentionEngine engine = AttentionEngine.open("java+reference")) {
            assertEquals("java", one.device().id());
            assertEquals("java+reference", engine.device().id());
            LinearSpec layer =
                    LinearSpec.builder().rows(1).inFeatures(1).outFeatures(1).build();
            assertThrows(UnsupportedByDeviceException.class, () -> engine.plan(layer));
            KvCacheSpec cache = KvCacheSpec.builder()
                    .sequences(1)
                    .maxLength(8)
                    .kvHeads(1)
                    .headDim(4)
                    .paged(16, 1)
                    .build();
            UnsupportedByDeviceException e =
                    assertThrows(UnsupportedByDeviceException.class, () -> engine.newKvCache(cache));
            assertTrue(e.getMessage().contains("AttentionEngine.open(\"java\")"), e.getMessage());
            assertThrows(UnsupportedByDeviceException.class, engine::interop);
        }
    }

    @Test
    @Tag("opencl")
    void anOpenClDeviceAndJavaShareACall() {
        Problem problem = Problem.of(SPEC);
        try (AttentionEngine engine = AttentionEngine.open(List.of(Engines.openClDevice(), "java"))) {
            for (Way way : Way.values()) {
                AttentionArrays outputs = problem.outputs();
                way.run(engine, SPEC, problem.inputs(), outputs);
                Budget.check("on both, by " + way, SPEC, problem.inputs(), outputs);
            }
        }
    }
}
