package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public API, on every device of the machine: what is promised does not depend on the device. */
class EngineTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .batch(2)
            .heads(4)
            .kvHeads(2)
            .queryLength(19)
            .keyLength(37)
            .headDim(16)
            .causal()
            .build();
    private static final Problem PROBLEM = new Problem(SPEC, 5, 1);

    static List<String> devices() {
        return AttentionEngine.devices().stream().map(Device::id).toList();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aSingleRowIsItsOwnAnswer(String device) {
        float[] row = {1, 2, 3, 4, 5};
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(5).build();
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            assertArrayEquals(row, engine.attend(spec, row, row, row));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void arraysInArraysOut(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            assertEquals(device, engine.device().id());
            float[] out = engine.attend(SPEC, PROBLEM.query(), PROBLEM.key(), PROBLEM.value());
            Budget.check(PROBLEM, out, null);
            AttentionResult both = engine.attendWithLse(SPEC, PROBLEM.query(), PROBLEM.key(), PROBLEM.value());
            Budget.check(PROBLEM, both.out(), both.lse());
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void tensorsStayOnTheDevice(String device) {
        AttentionSpec spec = SPEC.withLse(true);
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream();
                Tensors t = new Tensors(engine, spec)) {
            t.upload(stream, PROBLEM);
            AttentionPlan plan = engine.plan(spec);
            plan.enqueue(stream, t.query, t.key, t.value, t.out, t.lse);
            stream.flush();
            stream.finish();
            Budget.check(PROBLEM, t.download(stream, t.out), t.download(stream, t.lse));

            t.poison(stream);
            try (Event event = plan.enqueueWithEvent(stream, t.query, t.key, t.value, t.out, t.lse)) {
                event.toFuture().get(60, TimeUnit.SECONDS);
                event.await();
                assertTrue(event.isDone());
                assertTrue(event.deviceNanos() > 0);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            Budget.check(PROBLEM, t.download(stream, t.out), t.download(stream, t.lse));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aPlanFollowsTheTensorsItIsGiven(String device) {
        AttentionSpec spec = SPEC.withLse(true);
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream()) {
            AttentionPlan plan = engine.plan(spec);
            for (int round = 0; round < 3; round++) { // each with new tensors, which may lie where closed ones lay
                try (Tensors one = new Tensors(engine, spec);
                        Tensors other = new Tensors(engine, spec)) {
                    Problem otherProblem = new Problem(SPEC, 6 + round, 1);
                    one.upload(stream, PROBLEM);
                    other.upload(stream, otherProblem);
                    plan.enqueue(stream, one.query, one.key, one.value, one.out, one.lse);
                    plan.enqueue(stream, other.query, other.key, other.value, other.out, other.lse);
                    plan.enqueue(stream, other.query, other.key, other.value, other.out, other.lse);
                    Budget.check(PROBLEM, one.download(stream, one.out), one.download(stream, one.lse));
                    Budget.check(otherProblem, other.download(stream, other.out), other.download(stream, other.lse));
                    one.poison(stream);
                    plan.enqueue(stream, one.query, one.key, one.value, one.out, one.lse);
                    Budget.check(PROBLEM, one.download(stream, one.out), one.download(stream, one.lse));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void directBuffersAreUsedInPlace(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream()) {
            if (!engine.device().sharesHostMemory()) {
                assertThrows(
                        UnsupportedByDeviceException.class,
                        () -> engine.wrap(direct(new float[1]), DType.F32, 1, 1, 1, 1));
                return;
            }
            ByteBuffer outMemory = direct(new float[(int) SPEC.outElements()]);
            try (DeviceTensor query = engine.wrap(direct(PROBLEM.query()), DType.F32, 2, 4, 19, 16);
                    DeviceTensor key = engine.wrap(direct(PROBLEM.key()), DType.F32, 2, 2, 37, 16);
                    DeviceTensor value = engine.wrap(direct(PROBLEM.value()), DType.F32, 2, 2, 37, 16);
                    DeviceTensor out = engine.wrap(outMemory, DType.F32, 2, 4, 19, 16)) {
                engine.plan(SPEC).enqueue(stream, query, key, value, out);
                float[] seen = new float[(int) SPEC.outElements()];
                try (DeviceTensor.Mapping mapping = out.map(stream)) {
                    mapping.bytes().asFloatBuffer().get(seen);
                    float[] own = new float[seen.length];
                    outMemory.asFloatBuffer().get(own);
                    assertArrayEquals(seen, own, "the caller's buffer and the mapping are the same memory");
                }
                Budget.check(PROBLEM, seen, null);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aMappingWritesToTheTensor(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream();
                DeviceTensor tensor = engine.allocate(DType.F32, 1, 1, 2, 3)) {
            DeviceTensor.Mapping mapping = tensor.map(stream);
            FloatBuffer floats = mapping.bytes().asFloatBuffer();
            floats.put(new float[] {1, 2, 3, 4, 5, 6});
            mapping.close();
            mapping.close();
            assertThrows(IllegalStateException.class, mapping::bytes);
            float[] back = new float[8];
            tensor.download(stream, back, 1);
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 0}, back);
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void theSameSpecHasTheSamePlan(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            AttentionPlan plan = engine.plan(SPEC);
            assertSame(plan, engine.plan(SPEC.withLse(false)));
            assertEquals(SPEC, plan.spec());
            assertTrue(plan.explain().lines().count() > 1, plan.explain());
        }
    }

    @Test
    void plansDoNotPileUpWithEveryNewLength() {
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            AttentionPlan first = engine.plan(SPEC);
            for (int length = 1; length < 5000; length++) {
                engine.plan(AttentionSpec.builder()
                        .heads(1)
                        .sequenceLength(length)
                        .headDim(8)
                        .build());
            }
            assertNotSame(first, engine.plan(SPEC), "a few thousand plans later it was let go");
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void enginesStreamsAndThreadsWorkSideBySide(String device) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try (AttentionEngine one = AttentionEngine.open(device);
                AttentionEngine two = AttentionEngine.open(device)) {
            List<Callable<Void>> work = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                Problem mine = new Problem(SPEC.withHeads(1 + thread % 3, 4, 4), thread, 1);
                AttentionEngine engine = thread % 2 == 0 ? one : two;
                work.add(() -> {
                    for (int i = 0; i < 20; i++) {
                        float[] out = engine.attend(mine.spec(), mine.query(), mine.key(), mine.value());
                        Budget.check(mine, out, null);
                        streamOf(engine, mine);
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void streamOf(AttentionEngine engine, Problem problem) {
        try (Stream stream = engine.newStream();
                Tensors t = new Tensors(engine, problem.spec())) {
            t.upload(stream, problem);
            engine.plan(problem.spec()).enqueue(stream, t.query, t.key, t.value, t.out);
            Budget.check(problem, t.download(stream, t.out), null);
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void wrongArraysAreRefusedBeforeAnythingIsWritten(String device) {
        float[] q = PROBLEM.query();
        float[] k = PROBLEM.key();
        float[] v = PROBLEM.value();
        float[] out = new float[(int) SPEC.outElements()];
        Arrays.fill(out, 7);
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            assertEquals(
                    "key must have 2368 elements, but has 3; the spec gives its shape, [2, 2, 37, 16]",
                    refusal(() -> engine.attend(SPEC, q, new float[3], v, out)));
            assertEquals(
                    "out must have 2432 elements, but has 1; the spec gives its shape, [2, 4, 19, 16]",
                    refusal(() -> engine.attend(SPEC, q, k, v, new float[1])));
            assertEquals(
                    "out is an output, but its array is also given as query; inputs are never written to, so give out its own array",
                    refusal(() -> engine.attend(SPEC, q, k, v, q)));
            assertTrue(refusal(() -> engine.attend(SPEC.withLse(true), q, k, v)).contains("use attendWithLse"));
            assertThrows(NullPointerException.class, () -> engine.attend(SPEC, null, k, v, out));
            float[] untouched = new float[out.length];
            Arrays.fill(untouched, 7);
            assertArrayEquals(untouched, out);
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void wrongTensorsAreRefused(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device);
                AttentionEngine other = AttentionEngine.open(device);
                Stream stream = engine.newStream();
                Stream otherStream = other.newStream();
                DeviceTensor foreign = other.allocate(DType.F32, 2, 4, 19, 16);
                Tensors t = new Tensors(engine, SPEC.withLse(true))) {
            AttentionPlan plan = engine.plan(SPEC);
            assertEquals(
                    "query must have shape [2, 4, 19, 16] [batch, heads, rows, columns], but has [2, 2, 37, 16]",
                    refusal(() -> plan.enqueue(stream, t.key, t.key, t.value, t.out)));
            assertTrue(refusal(() -> plan.enqueue(stream, t.query, t.key, t.value, t.query))
                    .contains("inputs are never written to"));
            assertTrue(refusal(() -> plan.enqueue(stream, t.query, t.key, t.value, t.out, t.lse))
                    .contains("a tensor for lse is given, but the spec does not have this operand"));
            AttentionPlan withLse = engine.plan(SPEC.withLse(true));
            assertTrue(refusal(() -> withLse.enqueue(stream, t.query, t.key, t.value, t.out))
                    .contains("[2, 4, 19, 1]"));
            assertTrue(refusal(() -> plan.enqueue(stream, foreign, t.key, t.value, t.out))
                    .contains("another engine"));
            assertTrue(refusal(() -> plan.enqueue(otherStream, t.query, t.key, t.value, t.out))
                    .contains("another engine"));
            assertTrue(refusal(() -> t.query.upload(stream, new float[3])).contains("must have 2432 elements"));
            assertTrue(
                    refusal(() -> t.query.download(stream, new float[2432], 1)).contains("from offset 1"));
            assertTrue(
                    refusal(() -> t.query.download(stream, new float[2433], -1)).contains("from offset -1"));
            assertThrows(NullPointerException.class, () -> plan.enqueue(stream, null, t.key, t.value, t.out));
            assertThrows(NullPointerException.class, () -> plan.enqueue(null, t.query, t.key, t.value, t.out));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void wrongMemoryIsRefused(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            assertTrue(refusal(() -> engine.allocate(DType.F32, 1, 0, 1, 1)).contains("must be at least 1"));
            assertTrue(refusal(() ->
                            engine.allocate(DType.F32, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 4))
                    .contains("2147483647 x 2147483647 x 2147483647 x 4 are more"));
            assertThrows(
                    UnsupportedByDeviceException.class,
                    () -> engine.allocate(DType.F32, 1 << 20, 1 << 10, 1 << 10, 1 << 10));
            assertTrue(refusal(() -> engine.wrap(ByteBuffer.allocate(4), DType.F32, 1, 1, 1, 1))
                    .contains("must be a direct buffer"));
            ByteBuffer foreign = ByteBuffer.allocateDirect(4)
                    .order(
                            ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                                    ? ByteOrder.LITTLE_ENDIAN
                                    : ByteOrder.BIG_ENDIAN);
            assertTrue(
                    refusal(() -> engine.wrap(foreign, DType.F32, 1, 1, 1, 1)).contains("-endian, as every"));
            assertTrue(refusal(() -> engine.wrap(direct(new float[2]), DType.F32, 1, 1, 1, 1))
                    .contains("must have 4 bytes"));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void useAfterCloseIsAnErrorAndClosingTwiceIsNot(String device) {
        AttentionEngine engine = AttentionEngine.open(device);
        Stream stream = engine.newStream();
        Tensors t = new Tensors(engine, SPEC);
        t.upload(stream, PROBLEM);
        AttentionPlan plan = engine.plan(SPEC);
        Event event = plan.enqueueWithEvent(stream, t.query, t.key, t.value, t.out, null);
        event.await();
        event.close();
        event.close();
        assertClosed("event is closed", event::await);
        t.out.close();
        t.out.close();
        assertClosed("tensor is closed", () -> plan.enqueue(stream, t.query, t.key, t.value, t.out));
        assertClosed("tensor is closed", () -> t.out.download(stream, new float[(int) SPEC.outElements()]));
        assertClosed("tensor is closed", () -> t.out.map(stream));
        DeviceTensor out = engine.allocate(DType.F32, 2, 4, 19, 16);
        stream.close();
        stream.close();
        assertClosed("stream is closed", stream::finish);
        assertClosed("stream is closed", () -> plan.enqueue(stream, t.query, t.key, t.value, out));
        Stream open = engine.newStream();
        engine.close();
        engine.close();
        assertClosed("engine is closed", () -> engine.attend(SPEC, PROBLEM.query(), PROBLEM.key(), PROBLEM.value()));
        assertClosed("engine is closed", engine::newStream);
        assertClosed("engine is closed", () -> engine.plan(SPEC));
        assertClosed("engine is closed", () -> engine.allocate(DType.F32, 1, 1, 1, 1));
        assertThrows(IllegalStateException.class, () -> plan.enqueue(open, t.query, t.key, t.value, out));
        assertClosed("stream is closed", open::finish);
        assertThrows(IllegalStateException.class, () -> out.map(open));
    }

    private static void assertClosed(String message, Executable use) {
        assertEquals(message, assertThrows(IllegalStateException.class, use).getMessage());
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    private static ByteBuffer direct(float[] values) {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(values);
        return buffer;
    }

    /** The tensors of a spec. */
    private static final class Tensors implements AutoCloseable {
        final DeviceTensor query;
        final DeviceTensor key;
        final DeviceTensor value;
        final DeviceTensor out;
        final DeviceTensor lse;

        Tensors(AttentionEngine engine, AttentionSpec s) {
            query = engine.allocate(DType.F32, s.batch(), s.heads(), s.queryLength(), s.headDim());
            key = engine.allocate(DType.F32, s.batch(), s.kvHeads(), s.keyLength(), s.headDim());
            value = engine.allocate(DType.F32, s.batch(), s.kvHeads(), s.keyLength(), s.valueDim());
            out = engine.allocate(DType.F32, s.batch(), s.heads(), s.queryLength(), s.valueDim());
            lse = engine.allocate(DType.F32, s.batch(), s.heads(), s.queryLength(), 1);
        }

        void upload(Stream stream, Problem problem) {
            query.upload(stream, problem.query());
            key.upload(stream, problem.key());
            value.upload(stream, problem.value());
            poison(stream);
        }

        void poison(Stream stream) {
            for (DeviceTensor output : List.of(out, lse)) {
                float[] nan = new float[(int) output.elements()];
                Arrays.fill(nan, Float.NaN);
                output.upload(stream, nan);
            }
        }

        float[] download(Stream stream, DeviceTensor tensor) {
            float[] array = new float[(int) tensor.elements()];
            tensor.download(stream, array);
            return array;
        }

        @Override
        public void close() {
            for (DeviceTensor tensor : List.of(query, key, value, out, lse)) {
                tensor.close();
            }
        }
    }
}
