package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Native objects are counted before and after: calls, errors and forgotten closes must leave none. */
@Tag("opencl")
class ResourceTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(2)
            .sequenceLength(5)
            .headDim(4)
            .causal()
            .build();
    private static final Problem PROBLEM = new Problem(SPEC, 1, 1);

    private long before;

    @BeforeEach
    void countBefore() {
        before = Native.live();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, Native.live(), "native objects left");
    }

    private static AttentionEngine open() {
        return AttentionEngine.open(AttentionEngine.devices().get(0).id());
    }

    @Test
    void tenThousandCallsLeaveNothing() {
        try (AttentionEngine engine = open();
                Stream stream = engine.newStream();
                DeviceTensor q = engine.allocate(DType.F32, 1, 2, 5, 4);
                DeviceTensor k = engine.allocate(DType.F32, 1, 2, 5, 4);
                DeviceTensor v = engine.allocate(DType.F32, 1, 2, 5, 4);
                DeviceTensor out = engine.allocate(DType.F32, 1, 2, 5, 4)) {
            q.upload(stream, PROBLEM.query());
            k.upload(stream, PROBLEM.key());
            v.upload(stream, PROBLEM.value());
            AttentionPlan plan = engine.plan(SPEC);
            engine.attend(SPEC, PROBLEM.query(), PROBLEM.key(), PROBLEM.value());
            long working = Native.live();
            for (int i = 0; i < 10_000; i++) {
                if (i % 2 == 0) {
                    plan.enqueue(stream, q, k, v, out);
                } else {
                    plan.enqueueWithEvent(stream, q, k, v, out, null).close();
                }
                if (i % 10 == 0) {
                    engine.attend(SPEC, PROBLEM.query(), PROBLEM.key(), PROBLEM.value());
                }
            }
            stream.finish();
            assertEquals(working, Native.live());
            float[] last = new float[(int) SPEC.outElements()];
            out.download(stream, last);
            Budget.check(PROBLEM, last, null);
        }
    }

    @Test
    void newShapesReplaceTheBuffersOfTheLastOne() {
        try (AttentionEngine engine = open()) {
            long working = 0;
            for (int length = 17; length < 217; length++) { // fewer queries would have other programs, which are kept
                AttentionSpec spec = AttentionSpec.builder()
                        .heads(2)
                        .sequenceLength(length)
                        .headDim(4)
                        .causal()
                        .build();
                Problem problem = new Problem(spec, length, 1);
                engine.attend(spec, problem.query(), problem.key(), problem.value());
                working = length == 17 ? Native.live() : working;
            }
            assertEquals(working, Native.live());
        }
    }

    @Test
    void anEngineClosesWhatItsUserForgot() {
        AttentionEngine engine = open();
        Stream stream = engine.newStream();
        List<DeviceTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tensors.add(engine.allocate(DType.F32, 1, 2, 5, 4));
        }
        tensors.get(0).upload(stream, PROBLEM.query());
        tensors.get(1).map(stream);
        Event event = engine.plan(SPEC)
                .enqueueWithEvent(stream, tensors.get(0), tensors.get(2), tensors.get(2), tensors.get(3), null);
        engine.close();
        assertThrows(IllegalStateException.class, event::await);
        // The memory under a mapping stays while somebody may look at it: until the garbage collector knows that nobody
        // can.
        assertSoon((int) before, () -> {
            System.gc();
            return (int) Native.live();
        });
    }

    @Test
    void theBytesOfAMappingStayWhileAnEngineCloses() {
        AttentionEngine engine = open();
        DeviceTensor.Mapping mapping;
        FloatBuffer floats;
        try (Stream stream = engine.newStream();
                DeviceTensor tensor = engine.allocate(DType.F32, 1, 1, 1 << 10, 1 << 10)) {
            mapping = tensor.map(stream);
            floats = mapping.bytes().asFloatBuffer();
        }
        engine.close();
        for (int i = 0; i < floats.capacity(); i++) {
            floats.put(i, i);
        }
        assertEquals(1000, floats.get(1000));
        mapping.close();
        assertThrows(IllegalStateException.class, mapping::bytes);
    }

    @Test
    void errorsLeaveNothing() {
        try (AttentionEngine engine = open();
                Stream stream = engine.newStream();
                DeviceTensor q = engine.allocate(DType.F32, 1, 2, 5, 4);
                DeviceTensor other = engine.allocate(DType.F32, 1, 2, 5, 4);
                DeviceTensor closed = engine.allocate(DType.F32, 1, 2, 5, 4)) {
            AttentionPlan plan = engine.plan(SPEC);
            closed.close();
            long working = Native.live();
            assertThrows(IllegalArgumentException.class, () -> plan.enqueue(stream, q, q, q, q));
            assertThrows(IllegalStateException.class, () -> plan.enqueue(stream, q, q, closed, other));
            assertThrows(IllegalStateException.class, () -> plan.enqueueWithEvent(stream, q, q, q, closed, null));
            assertThrows(IllegalStateException.class, () -> closed.map(stream));
            int rows = (int) (engine.device().maxAllocation() >> 24) + 1; // of 16 MiB
            assertThrows(
                    UnsupportedByDeviceException.class, () -> engine.allocate(DType.F32, 1, 1 << 10, rows, 1 << 12));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> engine.attend(SPEC, new float[1], new float[1], new float[1]));
            AttentionSpec huge = AttentionSpec.builder()
                    .heads(1)
                    .sequenceLength(1)
                    .headDim(1 << 24)
                    .build();
            assertThrows(UnsupportedByDeviceException.class, () -> engine.plan(huge));
            assertEquals(working, Native.live());
            q.upload(stream, PROBLEM.query()); // still usable: no handle was released once too often
        }
    }

    @Test
    void anEngineThatCannotOpenLeavesNothing() {
        EngineOptions options = EngineOptions.defaults().withTuningFile(java.nio.file.Path.of("no", "such", "file"));
        assertThrows(
                IllegalArgumentException.class,
                () -> AttentionEngine.open(AttentionEngine.devices().get(0).id(), options));
    }

    @Test
    void bothWaysJoclReportsErrorsBecomeOurs() {
        try (ClContext context = ClContext.make(DeviceSearch.run().found().get(0))) {
            for (boolean exceptions : new boolean[] {false, true}) {
                CL.setExceptionsEnabled(exceptions);
                try {
                    cl_context handle = context.acquire();
                    DeviceException failure = assertThrows(
                            DeviceException.class,
                            () -> Cl.createBuffer(handle, CL.CL_MEM_READ_WRITE, 0, null, "asked for 0 bytes"));
                    context.release();
                    assertEquals(
                            "clCreateBuffer failed with CL_INVALID_BUFFER_SIZE (-61): asked for 0 bytes",
                            failure.getMessage());
                    DeviceException second =
                            assertThrows(DeviceException.class, () -> Cl.finish(new cl_command_queue(), "no queue"));
                    assertTrue(second.getMessage().startsWith("clFinish failed with CL_INVALID_COMMAND_QUEUE"));
                } finally {
                    CL.setExceptionsEnabled(false);
                }
            }
        }
    }

    @Test
    void aContextOfTheCallersIsSharedAndStaysTheCallers() {
        ClContext owner = ClContext.make(DeviceSearch.run().found().get(0));
        cl_context context = owner.acquire();
        cl_command_queue queue = owner.newQueue();
        int contextCount = references(context);
        int queueCount = references(queue);
        try (AttentionEngine engine = AttentionEngine.open(context, queue, EngineOptions.defaults())) {
            assertEquals(AttentionEngine.devices().get(0), engine.device());
            float[] out = engine.attend(SPEC, PROBLEM.query(), PROBLEM.key(), PROBLEM.value());
            Budget.check(PROBLEM, out, null);
            try (Stream stream = engine.newStream()) {
                stream.finish();
            }
        }
        assertSoon(contextCount, () -> references(context));
        assertSoon(queueCount, () -> references(queue));
        cl_mem mem = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, 16, null, null);
        assertEquals(CL.CL_SUCCESS, CL.clReleaseMemObject(mem));
        CL.clReleaseCommandQueue(queue);
        owner.release();
        owner.close();
    }

    @Test
    @SuppressWarnings("deprecation")
    void aQueueOfTheCallersThatIsOutOfOrderIsRefused() {
        try (ClContext owner = ClContext.make(DeviceSearch.run().found().get(0))) {
            cl_context context = owner.acquire();
            cl_command_queue queue = CL.clCreateCommandQueue(
                    context, owner.deviceHandle, CL.CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, null);
            IllegalArgumentException refusal = assertThrows(
                    IllegalArgumentException.class,
                    () -> AttentionEngine.open(context, queue, EngineOptions.defaults()));
            assertTrue(refusal.getMessage().contains("must be in-order"), refusal.getMessage());
            CL.clReleaseCommandQueue(queue);
            owner.release();
        }
    }

    /** The driver's own threads let go of a queue, and with it of the context, a moment after its work is done. */
    private static void assertSoon(int expected, IntSupplier actual) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (actual.getAsInt() != expected && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(expected, actual.getAsInt());
    }

    private static int references(cl_context context) {
        int[] count = new int[1];
        CL.clGetContextInfo(context, CL.CL_CONTEXT_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null);
        return count[0];
    }

    private static int references(cl_command_queue queue) {
        int[] count = new int[1];
        CL.clGetCommandQueueInfo(queue, CL.CL_QUEUE_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null);
        return count[0];
    }

    @Test
    void callsLargerThanABufferAreSplitOverHeads() {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(6)
                .kvHeads(3)
                .queryLength(20)
                .keyLength(30)
                .headDim(16)
                .causal()
                .returnLse()
                .build();
        Problem problem = new Problem(spec, 9, 1);
        long kvHead = 2 * 20 * 16 * Float.BYTES;
        for (long limit : new long[] {3 * kvHead, 2 * kvHead, kvHead}) {
            EngineOptions options = EngineOptions.defaults().withMaxAllocation(limit);
            try (AttentionEngine engine =
                    AttentionEngine.open(AttentionEngine.devices().get(0).id(), options)) {
                var result = engine.attendWithLse(spec, problem.query(), problem.key(), problem.value());
                Budget.check(problem, result.out(), result.lse());
            }
        }
        EngineOptions tooSmall = EngineOptions.defaults().withMaxAllocation(kvHead - 1);
        try (AttentionEngine engine =
                AttentionEngine.open(AttentionEngine.devices().get(0).id(), tooSmall)) {
            UnsupportedByDeviceException refusal = assertThrows(
                    UnsupportedByDeviceException.class,
                    () -> engine.attend(spec.withLse(false), problem.query(), problem.key(), problem.value()));
            assertTrue(refusal.getMessage().contains("needs a buffer of " + kvHead + " bytes"), refusal.getMessage());
        }
    }

    @Test
    void aTensorMayBeClosedWhileWorkUsesIt() {
        try (AttentionEngine engine = open();
                Stream stream = engine.newStream()) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(4)
                    .sequenceLength(300)
                    .headDim(4)
                    .causal()
                    .build();
            Problem problem = new Problem(spec, 1, 1);
            DeviceTensor q = engine.allocate(DType.F32, 1, 4, 300, 4);
            DeviceTensor k = engine.allocate(DType.F32, 1, 4, 300, 4);
            DeviceTensor v = engine.allocate(DType.F32, 1, 4, 300, 4);
            DeviceTensor out = engine.allocate(DType.F32, 1, 4, 300, 4);
            q.upload(stream, problem.query());
            k.upload(stream, problem.key());
            v.upload(stream, problem.value());
            engine.plan(spec).enqueue(stream, q, k, v, out);
            q.close();
            k.close();
            v.close();
            float[] result = new float[(int) spec.outElements()];
            out.download(stream, result);
            Budget.check(problem, result, null);
        }
    }
}
