package io.github.attention4j.internal.java;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.ProblemSpace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pure-Java engines through the public API. */
class JavaEngineTest {
    private static final Problem PROBLEM = Problem.of(AttentionSpec.builder()
            .batch(2)
            .heads(4)
            .kvHeads(2)
            .queryLength(50)
            .keyLength(70)
            .headDim(20)
            .valueDim(12)
            .causal()
            .returnLse()
            .build());

    static List<Problem> tiny() {
        return ProblemSpace.tiny();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tiny")
    void bothEnginesAttendOnArrays(Problem problem) {
        for (String id : List.of("java", "reference")) {
            try (AttentionEngine engine = AttentionEngine.open(id)) {
                AttentionResult result =
                        engine.attendWithLse(problem.spec(), problem.query(), problem.key(), problem.value());
                Budget.check(problem, result.out(), result.lse());
                float[] out =
                        engine.attend(problem.spec().withLse(false), problem.query(), problem.key(), problem.value());
                assertArrayEquals(result.out(), out);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void computesOnTensors(String id) {
        try (AttentionEngine engine = AttentionEngine.open(id);
                Tensors t = new Tensors(engine, PROBLEM);
                Event event =
                        engine.plan(PROBLEM.spec()).enqueueWithEvent(t.stream, t.query, t.key, t.value, t.out, t.lse)) {
            event.await();
            assertTrue(event.isDone());
            assertTrue(event.deviceNanos() > 0);
            event.toFuture().join();
            t.check(PROBLEM);
        }
    }

    @Test
    void computesOnWrappedBuffersAndShowsThemThroughMap() {
        AttentionSpec spec = PROBLEM.spec();
        try (AttentionEngine engine = AttentionEngine.open("java");
                Stream stream = engine.newStream();
                DeviceTensor query = wrap(engine, PROBLEM.query(), spec.heads(), spec.queryLength(), spec.headDim());
                DeviceTensor key = wrap(engine, PROBLEM.key(), spec.kvHeads(), spec.keyLength(), spec.headDim());
                DeviceTensor value = wrap(engine, PROBLEM.value(), spec.kvHeads(), spec.keyLength(), spec.valueDim());
                DeviceTensor out =
                        wrap(engine, new float[2 * 4 * 50 * 12], spec.heads(), spec.queryLength(), spec.valueDim());
                DeviceTensor lse = engine.allocate(DType.F32, 2, 4, 50, 1)) {
            engine.plan(spec).enqueue(stream, query, key, value, out, lse);
            float[] outArray = new float[2 * 4 * 50 * 12];
            float[] lseArray = new float[2 * 4 * 50];
            try (DeviceTensor.Mapping mapped = out.map(stream);
                    DeviceTensor.Mapping lseMapped = lse.map(stream)) {
                mapped.bytes().asFloatBuffer().get(outArray);
                lseMapped.bytes().asFloatBuffer().get(lseArray);
            }
            Budget.check(PROBLEM, outArray, lseArray);
        }
    }

    private static DeviceTensor wrap(AttentionEngine engine, float[] array, int heads, int rows, int columns) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8 + array.length * 4).order(ByteOrder.nativeOrder());
        buffer.position(8); // the tensor need not begin where the buffer does
        buffer.asFloatBuffer().put(array);
        return engine.wrap(buffer, DType.F32, 2, heads, rows, columns);
    }

    @Test
    void writesThroughAMappingReachTheTensor() {
        try (AttentionEngine engine = AttentionEngine.open("java");
                Stream stream = engine.newStream();
                DeviceTensor tensor = engine.allocate(DType.F32, 1, 1, 2, 3)) {
            tensor.upload(stream, new float[] {1, 2, 3, 4, 5, 6});
            DeviceTensor.Mapping mapping = tensor.map(stream);
            assertEquals(5, mapping.bytes().getFloat(16));
            mapping.bytes().putFloat(16, 50);
            mapping.close();
            mapping.close();
            assertThrows(IllegalStateException.class, mapping::bytes);
            float[] target = new float[8];
            tensor.download(stream, target, 1);
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 50, 6, 0}, target);
        }
    }

    @Test
    void plansAreSharedAndExplainThemselves() {
        try (AttentionEngine engine =
                AttentionEngine.open("java", EngineOptions.defaults().withThreads(3))) {
            AttentionPlan plan = engine.plan(PROBLEM.spec());
            assertSame(plan, engine.plan(PROBLEM.spec()));
            assertEquals(KernelFamily.JAVA, plan.family());
            assertEquals(PROBLEM.spec(), plan.spec());
            String text = plan.explain();
            assertTrue(text.contains("tiles: ") && text.contains("queries x"), text);
            assertTrue(text.contains(MicroKernels.best().describe()), text);
            assertTrue(text.contains("threads: 3"), text);
        }
    }

    @Test
    void theFamilyMayBeForcedWhereTheDeviceHasIt() {
        EngineOptions options = EngineOptions.defaults().withFamily(KernelFamily.REFERENCE);
        try (AttentionEngine engine = AttentionEngine.open("java", options)) {
            assertEquals(KernelFamily.REFERENCE, engine.plan(PROBLEM.spec()).family());
        }
        Map<String, List<KernelFamily>> impossible = Map.of(
                "java", List.of(KernelFamily.LANES, KernelFamily.TILES),
                "reference", List.of(KernelFamily.LANES, KernelFamily.TILES, KernelFamily.JAVA));
        impossible.forEach((id, families) -> families.forEach(family -> {
            EngineOptions forced = EngineOptions.defaults().withFamily(family);
            try (AttentionEngine engine = AttentionEngine.open(id, forced)) {
                UnsupportedByDeviceException e =
                        assertThrows(UnsupportedByDeviceException.class, () -> engine.plan(PROBLEM.spec()));
                assertTrue(e.getMessage().contains(family.name()), e.getMessage());
                assertTrue(e.getMessage().contains("AttentionEngine.open("), e.getMessage());
                assertTrue(e.explain().contains(id), e.explain());
            }
        }));
    }

    @Test
    void devicesDescribeThisJvm() {
        List<Device> devices = AttentionEngine.devices();
        Device java =
                devices.stream().filter(d -> d.id().equals("java")).findFirst().orElseThrow();
        assertEquals(Device.Type.JAVA, java.type());
        assertEquals(Runtime.getRuntime().availableProcessors(), java.computeUnits());
        assertTrue(java.sharesHostMemory());
        assertTrue(java.name().startsWith("Java " + Runtime.version().feature() + " ("), java.name());
        assertEquals("reference", devices.get(devices.size() - 1).id());
        try (AttentionEngine engine =
                AttentionEngine.open("java", EngineOptions.defaults().withThreads(5))) {
            assertEquals(5, engine.device().computeUnits());
        }
    }

    @Test
    void enginesThatDiedLeaveNoThreads() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        for (String id : List.of("java", "reference")) {
            Problem large = Problem.of(AttentionSpec.builder()
                    .heads(8)
                    .sequenceLength(128)
                    .headDim(32)
                    .build());
            AttentionEngine engine =
                    AttentionEngine.open(id, EngineOptions.defaults().withThreads(4));
            Stream stream = engine.newStream();
            engine.attend(large.spec(), large.query(), large.key(), large.value());
            stream.finish();
            assertTrue(namesOfNew(before).contains("attention4j-stream-"), namesOfNew(before));
            assertTrue(namesOfNew(before).contains("attention4j-java-"), namesOfNew(before));
            assertTrue(newThreads(before).stream().allMatch(Thread::isDaemon));
            engine.close(); // the stream is left to the engine
            engine.close();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!namesOfNew(before).isEmpty() && System.nanoTime() < deadline) {
                Thread.onSpinWait(); // an ended pool's threads take a moment to be gone
            }
            assertEquals("", namesOfNew(before));
        }
    }

    private static Set<Thread> newThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !before.contains(t) && t.getName().startsWith("attention4j"))
                .collect(Collectors.toSet());
    }

    private static String namesOfNew(Set<Thread> before) {
        return newThreads(before).stream().map(Thread::getName).collect(Collectors.joining(", "));
    }

    /** The tensors of a problem, inputs uploaded, outputs full of NaN. */
    static final class Tensors implements AutoCloseable {
        final Stream stream;
        final DeviceTensor query;
        final DeviceTensor key;
        final DeviceTensor value;
        final DeviceTensor out;
        final DeviceTensor lse;

        Tensors(AttentionEngine engine, Problem problem) {
            AttentionSpec s = problem.spec();
            stream = engine.newStream();
            query = engine.allocate(DType.F32, s.batch(), s.heads(), s.queryLength(), s.headDim());
            key = engine.allocate(DType.F32, s.batch(), s.kvHeads(), s.keyLength(), s.headDim());
            value = engine.allocate(DType.F32, s.batch(), s.kvHeads(), s.keyLength(), s.valueDim());
            out = engine.allocate(DType.F32, s.batch(), s.heads(), s.queryLength(), s.valueDim());
            lse = engine.allocate(DType.F32, s.batch(), s.heads(), s.queryLength(), 1);
            query.upload(stream, problem.query());
            key.upload(stream, problem.key());
            value.upload(stream, problem.value());
            poison(out);
            poison(lse);
        }

        void poison(DeviceTensor tensor) {
            float[] nan = new float[(int) tensor.elements()];
            Arrays.fill(nan, Float.NaN);
            tensor.upload(stream, nan);
        }

        void check(Problem problem) {
            float[] outArray = new float[(int) out.elements()];
            float[] lseArray = new float[(int) lse.elements()];
            out.download(stream, outArray);
            lse.download(stream, lseArray);
            Budget.check(problem, outArray, lseArray);
        }

        @Override
        public void close() {
            List.of(query, key, value, out, lse).forEach(DeviceTensor::close);
            stream.close();
        }
    }
}
