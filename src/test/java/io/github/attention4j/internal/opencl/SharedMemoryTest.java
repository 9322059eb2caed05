package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Host and kernels use the same memory in turns: what the one writes the other reads, and calls agree with tensors. */
@Tag("opencl")
class SharedMemoryTest {
    private static final int THREADS = 6;
    private static final DType[] TYPES = {DType.F32, DType.F16, DType.BF16};
    private static final OpenCl.Found FOUND = DeviceSearch.run().found().get(0);

    private long before;

    @BeforeEach
    void countBefore() {
        before = Native.live();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, Native.live(), "native objects left");
    }

    private static ClTensor tensor(ClContext context, DType type) {
        ClTensor tensor = ClTensor.makeShared("engine", context, type, 1, 2, 3, 5);
        assertEquals(context.quirks.sharesMemory(), tensor.isShared());
        assumeTrue(tensor.isShared(), "not a driver that is known to share memory");
        return tensor;
    }

    /** An array of the type, or a buffer, of 7 elements more than the tensor, all of them random bytes. */
    private static Object array(DType type, boolean isBuffer, Random random) {
        byte[] bytes = new byte[37 * type.bytes()];
        random.nextBytes(bytes);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
        buffer.put(0, bytes);
        Object array = Array.newInstance(type.arrayType().getComponentType(), 37);
        if (isBuffer) {
            return buffer.position(5 * type.bytes());
        } else if (array instanceof float[] floats) {
            for (int i = 0; i < floats.length; i++) {
                floats[i] = random.nextFloat(); // a float that is not a number need not keep its bits
            }
        } else if (array instanceof short[] shorts) {
            buffer.asShortBuffer().get(0, shorts);
        } else if (array instanceof int[] ints) {
            buffer.asIntBuffer().get(0, ints);
        } else {
            buffer.get(0, (byte[]) array);
        }
        return array;
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "I32", "U8"})
    void whatTheHostPutsADeviceReadsAndTheOtherWayRound(DType type) {
        Random random = new Random(5);
        try (ClContext context = ClContext.make(FOUND);
                ClStream stream = ClStream.make(context);
                ClTensor tensor = tensor(context, type)) {
            for (boolean isBuffer : new boolean[] {false, true}) {
                int from = isBuffer ? 0 : 3; // of a buffer, its position says it
                int at = isBuffer ? 0 : 2;
                Object source = array(type, isBuffer, random);
                Object read = array(type, isBuffer, random);
                Object gotten = array(type, isBuffer, random);
                tensor.put(source, from, 0, 30);
                tensor.download(stream, read, at);
                assertSame(source, from, read, at, type);
                tensor.get(gotten, at, 0, 30);
                assertSame(source, from, gotten, at, type);
                Object other = array(type, isBuffer, random);
                tensor.upload(stream, other, from);
                tensor.get(gotten, at, 0, 30);
                assertSame(other, from, gotten, at, type);
                assertThrows(IllegalArgumentException.class, () -> tensor.put(source, 8, 0, 30));
                assertThrows(IllegalArgumentException.class, () -> tensor.get(gotten, 8, 0, 30));
            }
        }
    }

    /** By the host and by commands: calls that are stacked lie one behind the other. */
    @Test
    void partsOfATensorAreCopiedByThemselves() {
        try (ClContext context = ClContext.make(FOUND);
                ClStream stream = ClStream.make(context);
                ClTensor tensor = tensor(context, DType.F16)) {
            short[] numbers = new short[30];
            for (short i = 0; i < 30; i++) {
                numbers[i] = i;
            }
            tensor.upload(stream, numbers, 20, 0, 10);
            tensor.put(numbers, 5, 10, 12);
            tensor.upload(stream, numbers, 0, 22, 8);
            short[] expected = new short[30];
            System.arraycopy(numbers, 20, expected, 0, 10);
            System.arraycopy(numbers, 5, expected, 10, 12);
            System.arraycopy(numbers, 0, expected, 22, 8);
            short[] all = new short[30];
            tensor.download(stream, all, 0);
            assertArrayEquals(expected, all);
            short[] parts = new short[30];
            tensor.get(parts, 7, 7, 9);
            tensor.download(stream, parts, 16, 16, 14);
            tensor.download(stream, parts, 0, 0, 7);
            assertArrayEquals(expected, parts);
            assertThrows(IllegalArgumentException.class, () -> tensor.put(numbers, 25, 0, 6));
        }
    }

    private static void assertSame(Object expected, int from, Object actual, int at, DType type) {
        int start = expected instanceof ByteBuffer buffer ? buffer.position() : from * type.bytes();
        int actualStart = actual instanceof ByteBuffer buffer ? buffer.position() : at * type.bytes();
        int bytes = 30 * type.bytes();
        assertEquals(bytes(expected).slice(start, bytes), bytes(actual).slice(actualStart, bytes));
    }

    private static ByteBuffer bytes(Object array) {
        if (array instanceof ByteBuffer buffer) {
            return buffer.duplicate().clear();
        }
        ByteBuffer bytes = ByteBuffer.allocate(37 * Integer.BYTES).order(ByteOrder.nativeOrder());
        if (array instanceof float[] floats) {
            bytes.asFloatBuffer().put(floats);
        } else if (array instanceof short[] shorts) {
            bytes.asShortBuffer().put(shorts);
        } else if (array instanceof int[] ints) {
            bytes.asIntBuffer().put(ints);
        } else {
            bytes.put(0, (byte[]) array);
        }
        return bytes;
    }

    /** The engine closes the tensor while a call holds it: the memory must stay until the call lets go of it. */
    @Test
    void memoryStaysWhileItIsHeld() {
        ClContext context = ClContext.make(FOUND);
        ClTensor tensor = ClTensor.makeShared("engine", context, DType.F32, 1, 1, 1000, 1000);
        tensor.acquire();
        context.close();
        if (tensor.isShared()) {
            float[] numbers = new float[1_000_000];
            Arrays.fill(numbers, 3);
            tensor.put(numbers, 0, 0, numbers.length);
            float[] gotten = new float[numbers.length];
            tensor.get(gotten, 0, 0, numbers.length);
            assertArrayEquals(numbers, gotten);
        }
        tensor.release();
    }

    /** So large that memory which is freed is gone, and a kernel that still uses it ends the process. */
    @Test
    void anEngineClosesWhileAKernelUsesTheMemory(@TempDir Path programs) throws Exception {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(12)
                .sequenceLength(512)
                .headDim(64)
                .build();
        Problem problem = new Problem(spec, 1, 1);
        float[][] arrays = {problem.query(), problem.key(), problem.value()};
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(programs);
        float[] expected = null;
        for (int round = 0; round < 25; round++) {
            AttentionEngine engine = AttentionEngine.open(FOUND.device().id(), options);
            float[] first = engine.attend(spec, arrays[0], arrays[1], arrays[2]);
            expected = round == 0 ? first : expected;
            CompletableFuture<float[]> call =
                    CompletableFuture.supplyAsync(() -> engine.attend(spec, arrays[0], arrays[1], arrays[2]));
            LockSupport.parkNanos(round * 200_000L);
            engine.close();
            try {
                assertArrayEquals(expected, call.get());
            } catch (ExecutionException e) {
                assertInstanceOf(IllegalStateException.class, e.getCause());
            }
        }
    }

    private static AttentionSpec spec(DType type, int length) {
        return AttentionSpec.builder()
                .heads(3)
                .sequenceLength(length)
                .headDim(16)
                .types(type)
                .causal()
                .returnLse()
                .build();
    }

    /** As the tensors' call does it, bit by bit: those go to the device and back by commands. */
    private static void assertWaysAgree(AttentionEngine engine, AttentionSpec spec) {
        Problem problem = Problem.of(spec);
        AttentionArrays expected = problem.outputs();
        Way.TENSORS.run(engine, spec, problem.inputs(), expected);
        for (Way way : new Way[] {Way.ARRAYS, Way.BUFFERS}) {
            AttentionArrays actual = problem.outputs();
            way.run(engine, spec, problem.inputs(), actual);
            assertTrue(
                    Objects.deepEquals(expected.get(Operand.OUT), actual.get(Operand.OUT))
                            && Objects.deepEquals(expected.get(Operand.LSE), actual.get(Operand.LSE)),
                    () -> way + ", " + problem);
        }
    }

    /** More threads than there are calls' memories kept, and shapes that change from call to call. */
    private static void useByThreads(AttentionEngine engine) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int first = i;
                tasks.add(() -> {
                    for (int call = 0; call < 40; call++) {
                        assertWaysAgree(engine, spec(TYPES[(first + call / 2) % 3], 20 + (first + call / 3) % 7));
                    }
                    return null;
                });
            }
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void threadsAgreeOnTheEnginesQueues() throws Exception {
        try (AttentionEngine engine = AttentionEngine.open(FOUND.device().id())) {
            useByThreads(engine);
        }
    }

    @Test
    void threadsAgreeOnOneQueueOfTheCallers() throws Exception {
        try (ClContext owner = ClContext.make(FOUND);
                ClStream stream = ClStream.make(owner)) {
            try (AttentionEngine engine =
                    AttentionEngine.open(owner.acquire(), stream.acquire(), EngineOptions.defaults())) {
                useByThreads(engine);
            } finally {
                stream.release();
                owner.release();
            }
        }
    }

    /** Packed projections are one array of three operands, and what lies between the rows of an output stays. */
    @Test
    void arraysWithGapsKeepWhatIsBetween() {
        Layout packed = new Layout(0, 3L * 2 * 8 * 6, 8, 3L * 2 * 8);
        try (AttentionEngine engine = AttentionEngine.open(FOUND.device().id())) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(2)
                    .sequenceLength(6)
                    .headDim(8)
                    .layout(Operand.OUT, packed)
                    .build();
            Problem problem = new Problem(spec, 1, 1);
            AttentionArrays outputs = problem.outputs();
            Elements out = Elements.of(spec, outputs, Operand.OUT);
            out.fill(7);
            Way.ARRAYS.run(engine, spec, problem.inputs(), outputs);
            int kept = 0;
            for (int i = 0; i < out.length(); i++) {
                kept += out.getAt(i) == 7 ? 1 : 0;
            }
            assertEquals(out.length() - 2 * 6 * 8, kept);
        }
    }
}
