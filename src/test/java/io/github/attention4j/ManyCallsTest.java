package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Several calls of one spec at once: each gets what it gets alone. */
class ManyCallsTest {
    static final AttentionSpec SPEC = AttentionSpec.builder()
            .batch(2)
            .heads(2)
            .queryLength(3)
            .keyLength(5)
            .headDim(4)
            .build();

    /** The device that {@link AttentionEngine#open()} takes, with whatever kernels it chooses. */
    private static AttentionEngine device;

    @BeforeAll
    static void open() {
        device = AttentionEngine.open(AttentionEngine.devices().get(0).id());
    }

    @AfterAll
    static void close() {
        device.close();
    }

    static Set<String> options() {
        return GradientSpace.options().keySet();
    }

    /** Calls with data of their own. */
    static List<AttentionArrays> apart(AttentionSpec spec, int count) {
        return calls(spec, count, i -> new Problem(spec, i + 1, 1).inputs());
    }

    /** Calls that share all inputs but queries, keys and values. */
    private static List<AttentionArrays> alike(AttentionSpec spec, int count) {
        AttentionArrays shared = new AttentionArrays();
        AttentionArrays first = Problem.of(spec).inputs();
        for (Operand operand : Operand.values()) {
            if (operand.ordinal() > Operand.VALUE.ordinal() && first.get(operand) != null) {
                HostArrays.put(shared, operand, first.get(operand));
            }
        }
        return calls(spec, count, i -> HostArrays.all(new Problem(spec, i + 1, 1).inputs(shared), shared));
    }

    private static List<AttentionArrays> calls(AttentionSpec spec, int count, IntFunction<AttentionArrays> inputs) {
        List<AttentionArrays> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(HostArrays.all(inputs.apply(i), new Problem(spec, 1, 1).outputs()));
        }
        return calls;
    }

    /** The same inputs, with other arrays for the outputs. */
    private static List<AttentionArrays> again(AttentionSpec spec, List<AttentionArrays> calls) {
        return calls(spec, calls.size(), calls::get);
    }

    private static void attendAlone(AttentionEngine engine, AttentionSpec spec, List<AttentionArrays> calls) {
        calls.forEach(arrays -> engine.attend(spec, arrays));
    }

    private static void assertSame(
            String name, AttentionSpec spec, List<AttentionArrays> expected, List<AttentionArrays> actual) {
        for (int i = 0; i < expected.size(); i++) {
            for (Operand operand : Operand.values()) {
                if (spec.isOutput(operand)) {
                    Object wanted = expected.get(i).get(operand);
                    Object found = actual.get(i).get(operand);
                    assertTrue(
                            Arrays.deepEquals(new Object[] {wanted}, new Object[] {found}),
                            name + ", call " + i + ": " + operand.label());
                }
            }
        }
    }

    private static void check(String name, AttentionSpec spec, List<AttentionArrays> calls) {
        for (int i = 0; i < calls.size(); i++) {
            Budget.check(name + ", call " + i, spec, calls.get(i), calls.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void eachCallGetsItsOwnAnswer(String option) {
        AttentionSpec spec = GradientSpace.small(option);
        for (List<AttentionArrays> calls : List.of(apart(spec, 3), alike(spec, 3))) {
            AttentionEngine java = Engines.of(KernelFamily.JAVA);
            java.attend(spec, calls);
            check(option + " in Java", spec, calls);
            List<AttentionArrays> alone = again(spec, calls);
            attendAlone(java, spec, alone);
            assertSame(option, spec, alone, calls);
            List<AttentionArrays> onDevice = again(spec, calls);
            device.attend(spec, onDevice);
            check(option, spec, onDevice);
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void gradientsOfEachCallAreItsOwn(String option) {
        AttentionSpec forward = GradientSpace.small(option);
        AttentionSpec spec = forward.backward(GradientProblem.all(forward));
        List<AttentionArrays> calls =
                calls(spec, 3, i -> new GradientProblem(new Problem(forward, i + 1, 1), spec).inputs());
        Engines.of(KernelFamily.JAVA).attend(spec, calls);
        List<AttentionArrays> alone = again(spec, calls);
        attendAlone(Engines.of(KernelFamily.JAVA), spec, alone);
        assertSame(option, spec, alone, calls);
        if (option.equals("plain") || option.equals("key lengths")) { // one of the two is enough to see a wrong place
            List<AttentionArrays> onDevice = again(spec, calls);
            device.attend(spec, onDevice);
            for (AttentionArrays arrays : onDevice) {
                AttentionArrays before = new Problem(spec, 1, 1).outputs();
                GradientBudget.of(spec, arrays).check(option, before, arrays, null);
            }
        }
    }

    static Stream<AttentionSpec> shapes() {
        AttentionSpecBuilder builder =
                AttentionSpec.builder().heads(4).kvHeads(2).headDim(16).causal().returnLse();
        return Stream.of(
                builder.queryLength(70).keyLength(150).build(), // in tiles
                builder.queryLength(1).keyLength(2500).build(), // in shares of the keys
                builder.queryLength(5).keyLength(9).build());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whatIsEnqueuedTogetherIsWhatIsEnqueuedAlone(AttentionSpec spec) {
        List<AttentionArrays> calls = apart(spec, 5);
        for (KernelFamily family : Engines.families().toList()) {
            AttentionEngine engine = Engines.of(family);
            List<AttentionArrays> together = again(spec, calls);
            Way.enqueue(engine, spec, together);
            List<AttentionArrays> alone = again(spec, calls);
            alone.forEach(arrays -> Way.enqueue(engine, spec, List.of(arrays)));
            assertSame(family + ", " + spec, spec, alone, together);
            List<AttentionArrays> attended = again(spec, calls);
            engine.attend(spec, attended);
            check(family.toString(), spec, attended);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void severalDevicesAndMoreThreadsThanProcessorsGiveTheSame(AttentionSpec spec) {
        List<AttentionArrays> calls = apart(spec, 5);
        try (AttentionEngine several = AttentionEngine.open("java+reference");
                AttentionEngine threads =
                        AttentionEngine.open("java", EngineOptions.defaults().withThreads(7))) {
            for (AttentionEngine engine : List.of(several, threads)) {
                engine.attend(spec, calls);
                check(engine.device().id(), spec, calls);
                List<AttentionArrays> enqueued = again(spec, calls);
                Way.enqueue(engine, spec, enqueued);
                check(engine.device().id(), spec, enqueued);
            }
            List<AttentionArrays> alone = again(spec, calls);
            attendAlone(Engines.of(KernelFamily.JAVA), spec, alone);
            assertSame(spec.toString(), spec, alone, calls);
        }
    }

    /** A thread that helps is made when it is first wanted. */
    @ParameterizedTest
    @CsvSource({"4, 64", "20, 20"}) // by rows and in tiles
    void smallCallsTogetherAreWorkForSeveralThreads(int queries, int keys) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(12)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(64)
                .build();
        List<AttentionArrays> calls = apart(spec, 32);
        try (AttentionEngine engine =
                AttentionEngine.open("java", EngineOptions.defaults().withThreads(2))) {
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            attendAlone(engine, spec, calls.subList(0, 1)); // more at once would have help, too
            assertEquals(Set.of(), helpers(before));
            engine.attend(spec, calls);
            assertEquals(1, helpers(before).size());
        }
    }

    private static Set<String> helpers(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("attention4j-java-"))
                .collect(Collectors.toSet());
    }

    /** What an engine has its device compute at a time: 1 for a call, n for a stack of n, -n for n that are none. */
    private static Backend recorded(Backend backend, List<Integer> computed) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("attend")) {
                        int count = arguments[1] instanceof List<?> list ? list.size() : 1;
                        computed.add(arguments[0] instanceof AttentionPlan ? -count : count);
                    }
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    @Tag("opencl")
    void aDeviceComputesCallsInOneLaunchIfTheyCanBeStacked() {
        List<Integer> computed = new ArrayList<>();
        Backend backend = Backends.open(Engines.openClDevice(), EngineOptions.defaults());
        try (AttentionEngine engine = new AttentionEngine(recorded(backend, computed))) {
            for (int count : new int[] {32, 5, 32}) {
                List<AttentionArrays> calls = apart(SPEC, count);
                engine.attend(SPEC, calls);
                check("stacked", SPEC, calls);
            }
            assertEquals(List.of(32, 5, 32), computed);
            computed.clear();
            AttentionSpec masked = SPEC.toBuilder().bias(DType.F32, 1, 1, 3, 5).build();
            List<AttentionArrays> apart = apart(masked, 3);
            engine.attend(masked, apart);
            check("with biases of their own", masked, apart);
            List<AttentionArrays> alike = alike(masked, 3);
            engine.attend(masked, alike);
            check("with the same bias", masked, alike);
            assertEquals(List.of(-3, 3), computed);
        }
    }

    @Test
    void manyMoreCallsThanOneLaunchTakes() {
        for (int count : new int[] {257, 600, 1, 2}) {
            List<AttentionArrays> calls = apart(SPEC, count);
            for (AttentionEngine engine : List.of(device, Engines.of(KernelFamily.JAVA))) {
                List<AttentionArrays> own = again(SPEC, calls);
                engine.attend(SPEC, own);
                check(count + " calls on " + engine.device().id(), SPEC, own);
            }
        }
    }

    @Test
    void buffersThatHoldTwoCallsHoldAnyNumberOfThem() {
        long bytes = 2 * SPEC.keyElements() * Float.BYTES;
        try (AttentionEngine engine = AttentionEngine.open(
                device.device().id(), EngineOptions.defaults().withMaxAllocation(bytes))) {
            for (int count : new int[] {7, 2, 1, 4}) {
                List<AttentionArrays> calls = apart(SPEC, count);
                engine.attend(SPEC, calls);
                check(count + " calls", SPEC, calls);
            }
        }
        try (AttentionEngine engine = AttentionEngine.open( // one call is in parts already
                device.device().id(), EngineOptions.defaults().withMaxAllocation(bytes / 4))) {
            List<AttentionArrays> calls = apart(SPEC, 3);
            engine.attend(SPEC, calls);
            check("in parts", SPEC, calls);
        }
    }

    @Test
    void severalThreadsAtOnce() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            int count = 3 + thread;
            all.add(CompletableFuture.runAsync(() -> {
                for (int round = 0; round < 5; round++) {
                    for (AttentionEngine engine : List.of(device, Engines.of(KernelFamily.JAVA))) {
                        List<AttentionArrays> calls = apart(SPEC, count);
                        engine.attend(SPEC, calls);
                        check(count + " calls", SPEC, calls);
                        calls = again(SPEC, calls);
                        Way.enqueue(engine, SPEC, calls);
                        check(count + " calls", SPEC, calls);
                    }
                }
            }));
        }
        all.forEach(CompletableFuture::join);
    }

    @Test
    void directBuffersAndOneArrayForSeveralInputs() {
        List<AttentionArrays> calls = apart(SPEC, 3);
        List<AttentionArrays> buffers = new ArrayList<>();
        calls.forEach(arrays -> buffers.add(HostArrays.direct(SPEC, arrays)));
        device.attend(SPEC, buffers);
        for (int i = 0; i < 3; i++) {
            HostArrays.copyOutputs(SPEC, buffers.get(i), calls.get(i));
        }
        check("buffers", SPEC, calls);
        // Of a call that comes first, keys are values; of another they are not.
        calls = again(SPEC, calls);
        calls.get(0).with(Operand.VALUE, (float[]) calls.get(0).get(Operand.KEY));
        calls.get(2).with(Operand.VALUE, (float[]) calls.get(2).get(Operand.KEY));
        device.attend(SPEC, calls);
        check("one array", SPEC, calls);
        calls = again(SPEC, calls);
        calls.get(1).with(Operand.VALUE, (float[]) calls.get(1).get(Operand.KEY));
        device.attend(SPEC, calls);
        check("one array in all", SPEC, calls);
    }
}
