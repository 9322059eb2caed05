package io.github.attention4j.internal.java;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.testing.Problem;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the pure-Java engine says when it is used wrongly. */
class JavaErrorsTest {
    private final Problem problem = Problem.of(AttentionSpec.builder()
            .heads(2)
            .sequenceLength(5)
            .headDim(4)
            .returnLse()
            .build());
    private final AttentionEngine engine = AttentionEngine.open("java");
    private final AttentionPlan plan = engine.plan(problem.spec());
    private final JavaEngineTest.Tensors t = new JavaEngineTest.Tensors(engine, problem);

    @AfterEach
    void close() {
        t.close();
        engine.close();
    }

    private static void assertSays(Class<? extends Exception> type, String words, Executable call) {
        String message = assertThrows(type, call).getMessage();
        assertTrue(message.contains(words), message);
    }

    private Executable enqueue(Stream stream, DeviceTensor query, DeviceTensor out, DeviceTensor lse) {
        return () -> plan.enqueue(stream, query, t.key, t.value, out, lse);
    }

    @Test
    void aTensorOfTheWrongShapeIsNamedWithBothShapes() {
        assertSays(
                IllegalArgumentException.class,
                "query must have shape [1, 2, 5, 4] [batch, heads, rows, columns], but has [1, 2, 5, 1]",
                enqueue(t.stream, t.lse, t.out, t.lse));
        assertSays(
                IllegalArgumentException.class,
                "the spec has lse, but no tensor is given for it",
                enqueue(t.stream, t.query, t.out, null));
        assertSays(
                IllegalArgumentException.class,
                "the spec has lse, but no tensor is given for it",
                () -> plan.enqueue(t.stream, t.query, t.key, t.value, t.out));
        assertSays(
                IllegalArgumentException.class,
                "out is an output, but its tensor is also given as query",
                enqueue(t.stream, t.out, t.out, t.lse));
        assertThrows(NullPointerException.class, enqueue(null, t.query, t.out, t.lse));
    }

    @Test
    void whatBelongsToAnotherEngineIsRefused() {
        try (AttentionEngine other = AttentionEngine.open("java");
                JavaEngineTest.Tensors others = new JavaEngineTest.Tensors(other, problem)) {
            assertSays(
                    IllegalArgumentException.class,
                    "the stream belongs to another engine",
                    enqueue(others.stream, t.query, t.out, t.lse));
            assertSays(
                    IllegalArgumentException.class,
                    "query belongs to another engine",
                    enqueue(t.stream, others.query, t.out, t.lse));
            assertSays(
                    IllegalArgumentException.class,
                    "lse belongs to another engine",
                    enqueue(t.stream, t.query, t.out, others.lse));
            assertSays(
                    IllegalArgumentException.class,
                    "the stream belongs to another engine",
                    () -> t.out.download(others.stream, new float[40]));
        }
    }

    @Test
    void nothingIsWrittenWhenACallIsRefused() {
        t.out.upload(t.stream, new float[40]);
        assertThrows(IllegalArgumentException.class, enqueue(t.stream, t.query, t.out, null));
        t.stream.finish();
        float[] out = new float[40];
        t.out.download(t.stream, out);
        assertArrayEquals(new float[40], out);
    }

    @Test
    void anArrayOfTheWrongSizeIsRefused() {
        assertSays(
                IllegalArgumentException.class,
                "source must have 40 elements, as the tensor has, but has 41",
                () -> t.query.upload(t.stream, new float[41]));
        assertSays(
                IllegalArgumentException.class,
                "target must have 40 elements from offset 2 on, but has 41 in all",
                () -> t.query.download(t.stream, new float[41], 2));
        assertSays(
                IllegalArgumentException.class, "from offset -1 on", () -> t.query.upload(t.stream, new float[41], -1));
    }

    @Test
    void aTensorLargerThanAnArrayIsRefused() {
        assertSays(
                UnsupportedByDeviceException.class,
                "does not fit a Java array",
                () -> engine.allocate(DType.F32, 4, 32, 1 << 17, 128));
    }

    @Test
    void nothingIsUsedAfterClose() {
        t.query.close();
        t.query.close();
        assertSays(IllegalStateException.class, "tensor is closed", enqueue(t.stream, t.query, t.out, t.lse));
        assertSays(IllegalStateException.class, "tensor is closed", () -> t.query.map(t.stream));
        t.stream.close();
        t.stream.close();
        assertSays(IllegalStateException.class, "stream is closed", enqueue(t.stream, t.query, t.out, t.lse));
        assertSays(IllegalStateException.class, "stream is closed", t.stream::finish);
        assertSays(IllegalStateException.class, "stream is closed", t.stream::flush);
        assertSays(IllegalStateException.class, "stream is closed", () -> t.out.upload(t.stream, new float[40]));
        Stream stream = engine.newStream();
        engine.close();
        engine.close();
        assertSays(IllegalStateException.class, "engine is closed", engine::newStream);
        assertSays(IllegalStateException.class, "engine is closed", () -> engine.plan(problem.spec()));
        assertSays(IllegalStateException.class, "engine is closed", enqueue(t.stream, t.query, t.out, t.lse));
        assertSays(IllegalStateException.class, "closed", stream::finish);
        assertSays(
                IllegalStateException.class,
                "engine is closed",
                () -> engine.attendWithLse(problem.spec(), problem.query(), problem.key(), problem.value()));
    }

    @Test
    void anEventIsNotUsedAfterCloseButItsFutureCompletes() {
        Event event = plan.enqueueWithEvent(t.stream, t.query, t.key, t.value, t.out, t.lse);
        CompletableFuture<Void> future = event.toFuture();
        event.close();
        event.close();
        assertSays(IllegalStateException.class, "event is closed", event::await);
        assertSays(IllegalStateException.class, "event is closed", event::deviceNanos);
        future.join();
    }

    @Test
    void aTensorMayBeClosedWhileQueuedWorkUsesIt() {
        Event event = plan.enqueueWithEvent(t.stream, t.query, t.key, t.value, t.out, t.lse);
        t.query.close();
        t.key.close();
        t.value.close();
        event.await();
        t.check(problem);
    }

    @Test
    void wrapRefusesWhatIsNotADirectNativeBufferOfTheRightSize() {
        assertThrows(IllegalArgumentException.class, () -> engine.wrap(ByteBuffer.allocate(16), DType.F32, 1, 1, 2, 2));
        assertThrows(
                IllegalArgumentException.class,
                () -> engine.wrap(ByteBuffer.allocateDirect(16), DType.F32, 1, 1, 2, 2)); // big-endian
    }
}
