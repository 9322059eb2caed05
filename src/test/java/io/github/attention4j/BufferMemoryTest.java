package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.HostBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Direct buffers, on every device: what may not be written is not, and memory is the same memory whichever view of it
 * is given.
 */
class BufferMemoryTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 8;
    private static final int BYTES = ROWS * COLUMNS * Float.BYTES;
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(1)
            .sequenceLength(ROWS)
            .headDim(COLUMNS)
            .build();
    private static final int ALIGNED = 4096;

    static List<String> devices() {
        return AttentionEngine.devices().stream().map(Device::id).toList();
    }

    private static ByteBuffer memory(int bytes) {
        return ByteBuffer.allocateDirect(bytes + 2 * ALIGNED)
                .alignedSlice(ALIGNED)
                .order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer part(ByteBuffer memory, int at) {
        return memory.slice(at, BYTES).order(ByteOrder.nativeOrder());
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    private static void assertSays(String part, Executable call) {
        String message = refusal(call);
        assertTrue(message.contains(part), message);
    }

    @Test
    void viewsOverlapByTheirAddresses() {
        SplittableRandom random = new SplittableRandom(5);
        ByteBuffer memory = ByteBuffer.allocateDirect(300);
        ByteBuffer other = ByteBuffer.allocateDirect(300); // zeros like the first
        for (int n = 0; n < 2000; n++) {
            int from = random.nextInt(300);
            int to = from + random.nextInt(300 - from);
            int otherFrom = random.nextInt(300);
            int otherTo = otherFrom + random.nextInt(300 - otherFrom);
            ByteBuffer a = memory.duplicate().position(from).limit(to);
            ByteBuffer b = n % 2 == 0
                    ? memory.slice(otherFrom, otherTo - otherFrom)
                    : memory.asReadOnlyBuffer().limit(otherTo).position(otherFrom);
            boolean expected = from < otherTo && otherFrom < to && from < to && otherFrom < otherTo;
            assertEquals(expected, HostBuffers.overlap(a, b), from + ".." + to + " and " + otherFrom + ".." + otherTo);
            assertEquals(expected, HostBuffers.overlap(b, a));
            assertEquals(expected && from == otherFrom && to == otherTo, HostBuffers.same(a, b));
            assertEquals(false, HostBuffers.overlap(a, other));
        }
    }

    /** More than 2^30 bytes together must meet modulo 2^30. */
    @Test
    void largeBuffersOfEqualContentsAreStillApart() {
        ByteBuffer[] large = new ByteBuffer[3];
        for (int i = 0; i < large.length; i++) {
            large[i] = ByteBuffer.allocateDirect(400 << 20);
        }
        for (ByteBuffer a : large) {
            for (ByteBuffer b : large) {
                assertEquals(a == b, HostBuffers.overlap(a, b.duplicate()));
            }
        }
        assertTrue(HostBuffers.overlap(large[0].slice(0, 101), large[0].slice(100, 300 << 20)));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void readOnlyMemoryIsNeverWritten(String device, @TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("memory"), new byte[BYTES]);
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream();
                DeviceTensor tensor = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
                FileChannel channel = FileChannel.open(file)) {
            ByteBuffer mapped =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES).order(ByteOrder.nativeOrder());
            ByteBuffer view = memory(BYTES).slice(0, BYTES).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
            for (ByteBuffer readOnly : new ByteBuffer[] {mapped, view}) {
                tensor.upload(stream, readOnly, 0);
                assertSays(
                        "target is written to, but is a read-only buffer", () -> tensor.download(stream, readOnly, 0));
                assertSays(
                        "buffer is written to, but is a read-only",
                        () -> engine.wrap(readOnly, DType.F32, 1, 1, ROWS, COLUMNS));
                AttentionArrays arrays = new AttentionArrays()
                        .with(Operand.QUERY, readOnly)
                        .with(Operand.KEY, readOnly)
                        .with(Operand.VALUE, readOnly);
                for (Operand output : new Operand[] {Operand.OUT, Operand.LSE, Operand.SCORES}) {
                    assertSays(output.label() + " is written to", () -> arrays.with(output, readOnly));
                }
                engine.attend(SPEC, arrays.with(Operand.OUT, new float[ROWS * COLUMNS])); // inputs may be
            }
        }
        assertArrayEquals(new byte[BYTES], Files.readAllBytes(file));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void arraysOverOneMemoryAreNotTwo(String device) {
        ByteBuffer memory = memory(4 * BYTES);
        AttentionSpec spec = SPEC.withLse(true);
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            AttentionArrays good = new AttentionArrays()
                    .with(Operand.QUERY, part(memory, 0))
                    .with(Operand.KEY, part(memory, 0))
                    .with(Operand.VALUE, part(memory, BYTES / 2)) // inputs may overlap each other
                    .with(Operand.OUT, part(memory, 2 * BYTES))
                    .with(Operand.LSE, new float[ROWS]);
            engine.attend(spec, good);
            for (int at : new int[] {0, 4, BYTES - 4, BYTES, BYTES * 3 / 2 - 4}) {
                assertSays(
                        "out is an output, but its array is also given as ",
                        () -> engine.attend(spec, good.with(Operand.OUT, part(memory, at))));
            }
            good.with(Operand.OUT, part(memory, 2 * BYTES));
            ByteBuffer lse = memory.slice(3 * BYTES - 4, 4 * ROWS).order(ByteOrder.nativeOrder());
            assertSays(
                    "out is an output, but its array is also given as lse, or overlaps it",
                    () -> engine.attend(spec, good.with(Operand.LSE, lse)));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void tensorsOverOneMemoryAreNotTwo(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream()) {
            if (!engine.device().sharesHostMemory()) {
                return;
            }
            ByteBuffer memory = memory(8 * BYTES);
            DeviceTensor first = wrap(engine, memory, 0);
            DeviceTensor same = wrap(engine, memory.duplicate().order(ByteOrder.nativeOrder()), 0);
            DeviceTensor later = wrap(engine, memory, BYTES / 2);
            DeviceTensor apart = wrap(engine, memory, 2 * BYTES);
            DeviceTensor own = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
            AttentionPlan plan = engine.plan(SPEC);
            plan.enqueue(stream, first, same, first, apart);
            plan.enqueue(stream, own, own, first, apart);
            assertSays(
                    "out is an output, but its memory overlaps that of query",
                    () -> plan.enqueue(stream, first, own, own, same));
            assertSays("its memory overlaps that of value", () -> plan.enqueue(stream, own, own, later, first));
            assertSays("its tensor is also given as key", () -> plan.enqueue(stream, own, first, own, first));

            ByteBuffer buffer = part(memory, 0);
            assertSays(
                    "target overlaps the memory that the tensor was wrapped over",
                    () -> later.download(stream, buffer, 0));
            assertSays("source overlaps the memory", () -> first.upload(stream, buffer, 0));
            first.download(stream, part(memory, 2 * BYTES), 0);
            stream.finish();
        }
    }

    private static DeviceTensor wrap(AttentionEngine engine, ByteBuffer memory, int at) {
        return engine.wrap(part(memory, at), DType.F32, 1, 1, ROWS, COLUMNS);
    }

    @ParameterizedTest
    @MethodSource("devices")
    void mergingInPlaceTakesTheWholePart(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream()) {
            DeviceTensor lse = engine.allocate(DType.F32, 1, 1, ROWS, 1);
            DeviceTensor otherLse = engine.allocate(DType.F32, 1, 1, ROWS, 1);
            DeviceTensor one = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
            DeviceTensor other = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
            engine.merge(stream, one, lse, other, otherLse, one, otherLse);
            DeviceTensor column = engine.allocate(DType.F32, 1, 1, ROWS, 1);
            assertSays(
                    "out is an output, but its tensor is also given as lse",
                    () -> engine.merge(stream, column, lse, column, otherLse, otherLse, otherLse));
            assertSays(
                    "out is an output, but its tensor is also given as first lse",
                    () -> engine.merge(stream, column, lse, column, otherLse, lse, otherLse));
            if (engine.device().sharesHostMemory()) {
                ByteBuffer memory = memory(8 * BYTES);
                DeviceTensor first = wrap(engine, memory, 0);
                DeviceTensor same = wrap(engine, memory, 0);
                DeviceTensor later = wrap(engine, memory, BYTES / 2);
                engine.merge(stream, first, lse, other, otherLse, same, lse);
                assertSays(
                        "out may be first out itself, but its memory overlaps only a part",
                        () -> engine.merge(stream, first, lse, other, otherLse, later, lse));
            }
            stream.finish();
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void rotatingInPlaceTakesTheWholeSource(String device) {
        Rotary rotary = new Rotary(8, false, ROWS);
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream()) {
            DeviceTensor source = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
            DeviceTensor cos = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS / 2);
            DeviceTensor sin = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS / 2);
            engine.rotate(stream, rotary, source, cos, sin, null, source);
            if (engine.device().sharesHostMemory()) {
                ByteBuffer memory = memory(8 * BYTES);
                ByteBuffer half = memory.slice(BYTES, BYTES / 2).order(ByteOrder.nativeOrder());
                DeviceTensor table = engine.wrap(half, DType.F32, 1, 1, ROWS, COLUMNS / 2);
                DeviceTensor first = wrap(engine, memory, 0);
                engine.rotate(stream, rotary, first, table, table, null, wrap(engine, memory, 0));
                assertSays(
                        "target may be source itself",
                        () -> engine.rotate(stream, rotary, first, cos, sin, null, wrap(engine, memory, BYTES / 2)));
                assertSays(
                        "its memory overlaps that of sin",
                        () -> engine.rotate(stream, rotary, source, cos, table, null, wrap(engine, memory, BYTES)));
                ByteBuffer integers = memory.slice(2 * BYTES - 16, 4 * ROWS).order(ByteOrder.nativeOrder());
                DeviceTensor positions = engine.wrap(integers, DType.I32, 1, 1, ROWS, 1);
                assertSays(
                        "its memory overlaps that of positions",
                        () -> engine.rotate(stream, rotary, source, cos, sin, positions, wrap(engine, memory, BYTES)));
            }
            stream.finish();
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aCacheIsNotItsOwnNewRows(String device) {
        KvCacheSpec spec = KvCacheSpec.builder()
                .kvHeads(1)
                .headDim(COLUMNS)
                .maxLength(ROWS)
                .build();
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream();
                KvCache cache = engine.newKvCache(spec)) {
            int sequence = cache.newSequence();
            AttentionTensors tensors = cache.addTo(new AttentionTensors());
            DeviceTensor key = tensors.get(Operand.KEY);
            DeviceTensor value = tensors.get(Operand.VALUE);
            DeviceTensor rows = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
            assertSays("keys are the cache's own key", () -> cache.append(stream, sequence, key, rows));
            assertSays("values are the cache's own value", () -> cache.append(stream, sequence, rows, value));
            assertEquals(0, cache.length(sequence));
            cache.append(stream, sequence, rows, rows);
            stream.finish();
        }
    }

    /** Where a call is cut into parts, each takes its own piece of a buffer, as of an array. */
    @ParameterizedTest
    @MethodSource("devices")
    void buffersAreCutLikeArrays(String device) {
        AttentionSpec spec = SPEC.withHeads(1, 4, 4);
        float[] numbers = new float[4 * ROWS * COLUMNS];
        ByteBuffer memory = ByteBuffer.allocateDirect(4 * BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % 7 - 3;
            memory.putFloat(4 * i, numbers[i]);
        }
        ByteBuffer out = ByteBuffer.allocateDirect(4 * BYTES).order(ByteOrder.nativeOrder());
        EngineOptions small = EngineOptions.defaults().withMaxAllocation(BYTES);
        try (AttentionEngine engine = AttentionEngine.open(device, small)) {
            float[] expected = engine.attend(spec, numbers, numbers, numbers);
            engine.attend(
                    spec,
                    new AttentionArrays()
                            .with(Operand.QUERY, memory)
                            .with(Operand.KEY, memory)
                            .with(Operand.VALUE, memory)
                            .with(Operand.OUT, out));
            float[] actual = new float[expected.length];
            out.asFloatBuffer().get(actual);
            assertArrayEquals(expected, actual);
        }
    }

    /** From position to limit, wherever those are. */
    @ParameterizedTest
    @MethodSource("devices")
    void transfersBeginAtABuffersPosition(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device);
                Stream stream = engine.newStream();
                DeviceTensor tensor = engine.allocate(DType.F32, 1, 1, 1, 3)) {
            ByteBuffer source = ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder());
            for (int i = 0; i < 10; i++) {
                source.putFloat(i * 4, i);
            }
            tensor.upload(stream, source.position(16).limit(28), 0);
            float[] back = new float[3];
            tensor.download(stream, back);
            assertEquals(List.of(4f, 5f, 6f), List.of(back[0], back[1], back[2]));
            ByteBuffer target = ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder());
            tensor.download(stream, target.position(8).limit(20), 0);
            assertEquals(8, target.position());
            target.clear();
            assertEquals(
                    List.of(0f, 4f, 5f, 6f, 0f),
                    List.of(
                            target.getFloat(4),
                            target.getFloat(8),
                            target.getFloat(12),
                            target.getFloat(16),
                            target.getFloat(20)));
            ByteBuffer big = ByteBuffer.allocateDirect(12)
                    .order(
                            ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                                    ? ByteOrder.LITTLE_ENDIAN
                                    : ByteOrder.BIG_ENDIAN);
            String name = big.order() == ByteOrder.BIG_ENDIAN ? "but is big-endian" : "but is little-endian";
            assertSays(name, () -> tensor.upload(stream, big, 0));
            assertSays(name, () -> tensor.download(stream, big, 0));
            assertSays(name, () -> new AttentionArrays().with(Operand.KEY, big));
            assertSays(name, () -> engine.wrap(big, DType.F32, 1, 1, 1, 3));
            assertSays("offset must be 0 with a buffer", () -> tensor.upload(stream, target, 4));
        }
    }
}
