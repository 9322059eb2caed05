package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.OpenClHandles;
import io.github.attention4j.OpenClInterop;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine in an OpenCL program that has buffers, queues and events already. */
@Tag("opencl")
class OpenClInteropTest {
    private static final int HEADS = 3;
    private static final int LENGTH = 67;
    private static final int HEAD_DIM = 40;
    private static final int COUNT = HEADS * LENGTH * HEAD_DIM;
    private static final float TOLERANCE = 1e-5f;
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(HEADS)
            .sequenceLength(LENGTH)
            .headDim(HEAD_DIM)
            .build();

    private CallersProgram caller;
    private cl_command_queue queue;
    private AttentionEngine engine;
    private OpenClInterop interop;

    @BeforeEach
    void open() {
        caller = new CallersProgram();
        queue = caller.queue(true);
        engine = AttentionEngine.open(caller.context, queue, EngineOptions.defaults());
        interop = engine.interop();
    }

    @AfterEach
    void close() {
        engine.close();
        caller.close();
    }

    private static float[] expected() {
        try (AttentionEngine reference = AttentionEngine.open("reference")) {
            return reference.attend(
                    SPEC, CallersProgram.made(COUNT, 1), CallersProgram.made(COUNT, 2), CallersProgram.made(COUNT, 3));
        }
    }

    private static float[] twice(float[] x) {
        float[] twice = x.clone();
        for (int i = 0; i < x.length; i++) {
            twice[i] *= 2;
        }
        return twice;
    }

    private DeviceTensor wrap(cl_mem memory, long byteOffset) {
        return interop.wrap(memory, byteOffset, DType.F32, 1, HEADS, LENGTH, HEAD_DIM);
    }

    private cl_mem buffer(int floats) {
        return caller.buffer(CL.CL_MEM_READ_WRITE, floats);
    }

    /**
     * Their kernels make queries, keys and values, ours attends, theirs goes on; the host waits for nothing between.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourCallRunsBetweenTheirKernels(boolean inOrder) {
        cl_command_queue theirs = caller.queue(inOrder);
        cl_mem[] inputs = {buffer(COUNT), buffer(COUNT), buffer(COUNT)};
        cl_mem result = buffer(COUNT);
        AttentionPlan plan = engine.plan(SPEC);
        try (Stream stream = interop.stream(theirs);
                DeviceTensor query = wrap(inputs[0], 0);
                DeviceTensor key = wrap(inputs[1], 0);
                DeviceTensor value = wrap(inputs[2], 0);
                DeviceTensor out = wrap(result, 0)) {
            for (int i = 0; i < inputs.length; i++) {
                caller.make(theirs, inputs[i], 0, COUNT, i + 1);
            }
            try (Event event = plan.enqueueWithEvent(stream, AttentionTensors.of(query, key, value, out))) {
                cl_event last = caller.twice(theirs, result, COUNT, interop.handle(event));
                assertArrayEquals(twice(expected()), caller.read(theirs, result, 0, COUNT, last), TOLERANCE);
            }
        }
    }

    /** Several kernels a call, copies from and to arrays, and appended rows, on a queue that keeps no order. */
    @Test
    void callsKeepTheirOrderOnAQueueThatKeepsNone() {
        int keys = 300;
        float[] query = CallersProgram.made(2 * 32, 4);
        float[] rows = CallersProgram.made(2 * keys * 32, 5);
        KvCacheSpec shape =
                KvCacheSpec.builder().kvHeads(2).headDim(32).maxLength(keys).build();
        try (AttentionEngine reference = AttentionEngine.open("reference");
                AttentionEngine split = AttentionEngine.open(
                        caller.context, queue, EngineOptions.defaults().withSplitSize(64));
                Stream stream = split.interop().stream(caller.queue(false));
                DeviceTensor newRows = split.allocate(DType.F32, 1, 2, keys, 32);
                DeviceTensor queries = split.allocate(DType.F32, 1, 2, 1, 32);
                DeviceTensor out = split.allocate(DType.F32, 1, 2, 1, 32)) {
            newRows.upload(stream, rows);
            queries.upload(stream, query);
            float[] got = new float[query.length];
            for (int round = 0; round < 10; round++) {
                try (KvCache cache = split.newKvCache(shape)) {
                    AttentionSpec decode = cache.applyTo(
                                    AttentionSpec.builder().heads(2).queryLength(1))
                            .build();
                    AttentionPlan plan = split.plan(decode);
                    out.upload(stream, new float[got.length]);
                    cache.append(stream, cache.newSequence(), newRows, newRows);
                    plan.enqueue(
                            stream,
                            cache.addTo(new AttentionTensors())
                                    .with(Operand.QUERY, queries)
                                    .with(Operand.OUT, out));
                    out.download(stream, got);
                    AttentionSpec dense = AttentionSpec.builder()
                            .heads(2)
                            .queryLength(1)
                            .keyLength(keys)
                            .headDim(32)
                            .build();
                    assertArrayEquals(reference.attend(dense, query, rows, rows), got, TOLERANCE, plan.explain());
                }
            }
        }
    }

    @Test
    void tensorsBeginInsideBuffersAndSubBuffers() {
        int alignment = interop.byteAlignment();
        int gap = alignment / Float.BYTES;
        int step = (COUNT + gap - 1) / gap * gap;
        cl_mem all = buffer(gap + 4 * step);
        for (int i = 0; i < 3; i++) {
            caller.make(queue, all, gap + i * step, COUNT, i + 1);
        }
        int[] error = new int[1];
        cl_mem part = CL.clCreateSubBuffer(
                all,
                0,
                CL.CL_BUFFER_CREATE_TYPE_REGION,
                new cl_buffer_region(alignment, (long) 4 * step * Float.BYTES),
                error);
        CallersProgram.check(error[0]);
        AttentionPlan plan = engine.plan(SPEC);
        try (Stream stream = interop.stream(queue);
                DeviceTensor query = wrap(all, alignment);
                DeviceTensor key = wrap(part, (long) step * Float.BYTES);
                DeviceTensor value = wrap(all, alignment + 2L * step * Float.BYTES);
                DeviceTensor out = wrap(part, 3L * step * Float.BYTES)) {
            plan.enqueue(stream, query, key, value, out);
            stream.finish();
            assertArrayEquals(expected(), caller.read(queue, all, gap + 3 * step, COUNT), TOLERANCE);
        }
        assertEquals(1, CallersProgram.holds(part));
        CallersProgram.check(CL.clReleaseMemObject(part));
        assertEquals(1, CallersProgram.holds(all));
    }

    /** Where the device's alignment does not allow an offset, the operand's layout has one. */
    @Test
    void anOperandBeginsAnywhereByItsLayout() {
        int start = 5;
        Layout later = new Layout(start, COUNT, LENGTH * HEAD_DIM, HEAD_DIM);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(HEADS)
                .sequenceLength(LENGTH)
                .headDim(HEAD_DIM)
                .layout(Operand.QUERY, later)
                .build();
        cl_mem memory = buffer(start + COUNT);
        caller.make(queue, memory, start, COUNT, 1);
        cl_mem keys = buffer(COUNT);
        caller.make(queue, keys, 0, COUNT, 2);
        cl_mem values = buffer(COUNT);
        caller.make(queue, values, 0, COUNT, 3);
        try (Stream stream = interop.stream(queue);
                DeviceTensor query = interop.wrap(memory, 0, DType.F32, 1, 1, 1, start + COUNT);
                DeviceTensor key = wrap(keys, 0);
                DeviceTensor value = wrap(values, 0);
                DeviceTensor out = engine.allocate(DType.F32, 1, HEADS, LENGTH, HEAD_DIM)) {
            engine.plan(spec).enqueue(stream, query, key, value, out);
            float[] got = new float[COUNT];
            out.download(stream, got);
            assertArrayEquals(expected(), got, TOLERANCE);
        }
    }

    @Test
    void whatIsTheCallersIsGivenBackAsOftenAsItWasTaken() {
        cl_mem memory = buffer(COUNT);
        cl_command_queue other = caller.queue(true);
        cl_event made = caller.make(other, memory, 0, COUNT, 1);
        useAndGiveBack(memory, other, made);
        int contextHolds = caller.contextHolds(); // drivers have some of their own
        int queueHolds = CallersProgram.holds(other);
        for (int i = 0; i < 5; i++) {
            useAndGiveBack(memory, other, made);
        }
        assertEquals(1, CallersProgram.holds(memory));
        assertEquals(1, CallersProgram.holds(made));
        assertEquals(queueHolds, CallersProgram.holds(other));
        assertEquals(contextHolds, caller.contextHolds());
        assertArrayEquals(CallersProgram.made(COUNT, 1), caller.read(other, memory, 0, COUNT), TOLERANCE);
    }

    private void useAndGiveBack(cl_mem memory, cl_command_queue other, cl_event made) {
        Stream stream = interop.stream(other);
        DeviceTensor tensor = wrap(memory, 0);
        assertTrue(CallersProgram.holds(memory) > 1, "it is held while the tensor is open");
        interop.waitFor(stream, made);
        tensor.download(stream, new float[COUNT]);
        tensor.close();
        tensor.close();
        stream.close();
        try (AttentionEngine another = AttentionEngine.open(caller.context, other, EngineOptions.defaults())) {
            another.interop().wrap(memory, 0, DType.F32, 1, 1, 1, COUNT); // left to the engine
            another.interop().stream(other);
        }
        CallersProgram.check(CL.clFinish(other));
    }

    @Test
    void aCallWaitsForEventsOfTheCallers() throws Exception {
        cl_event gate = caller.userEvent();
        cl_command_queue other = caller.queue(true);
        cl_mem[] inputs = {buffer(COUNT), buffer(COUNT), buffer(COUNT)};
        AttentionPlan plan = engine.plan(SPEC);
        try (Stream stream = engine.newStream();
                DeviceTensor query = wrap(inputs[0], 0);
                DeviceTensor key = wrap(inputs[1], 0);
                DeviceTensor value = wrap(inputs[2], 0);
                DeviceTensor out = engine.allocate(SPEC.operand(Operand.OUT))) {
            plan.enqueue(stream, query, key, value, out); // a program's first launch is waited for
            cl_event[] made = new cl_event[inputs.length];
            for (int i = 0; i < inputs.length; i++) {
                made[i] = caller.make(other, inputs[i], 0, COUNT, i + 1, gate);
            }
            CL.clFlush(other);
            interop.waitFor(stream, made);
            try (Event event = plan.enqueueWithEvent(stream, AttentionTensors.of(query, key, value, out))) {
                stream.flush();
                Thread.sleep(20);
                assertFalse(event.isDone(), "it ran before what it was to wait for");
                CallersProgram.check(CL.clSetUserEventStatus(gate, CL.CL_COMPLETE));
                event.await();
            }
            float[] got = new float[COUNT];
            out.download(stream, got);
            assertArrayEquals(expected(), got, TOLERANCE);
        }
    }

    @Test
    void sharedVirtualMemoryIsATensor() {
        Pointer svm = CL.clSVMAlloc(caller.context, CL.CL_MEM_READ_WRITE, (long) COUNT * Float.BYTES, 0);
        assumeTrue(svm != null && svm.getNativePointer() != 0, "the device has no shared virtual memory");
        float[] rows = CallersProgram.made(COUNT, 1);
        try (Stream stream = interop.stream(queue);
                DeviceTensor tensor = interop.wrapSvm(svm, DType.F32, 1, HEADS, LENGTH, HEAD_DIM);
                DeviceTensor out = engine.allocate(SPEC.operand(Operand.OUT))) {
            caller.makeSvm(queue, svm, COUNT, 1);
            engine.plan(SPEC).enqueue(stream, tensor, tensor, tensor, out);
            float[] got = new float[COUNT];
            out.download(stream, got);
            try (AttentionEngine reference = AttentionEngine.open("reference")) {
                assertArrayEquals(reference.attend(SPEC, rows, rows, rows), got, TOLERANCE);
            }
            Exception refusal = assertThrows(IllegalArgumentException.class, () -> engine.plan(SPEC)
                    .enqueue(stream, tensor, tensor, tensor, tensor));
            assertTrue(refusal.getMessage().contains("out"), refusal.getMessage());
        }
        CL.clSVMFree(caller.context, svm);
    }

    @Test
    void rawPointersReachTheSame() {
        cl_mem memory = buffer(COUNT);
        caller.make(queue, memory, 0, COUNT, 1);
        CL.clFinish(queue);
        try (AttentionEngine raw = AttentionEngine.open(
                        OpenClHandles.context(caller.context.getNativePointer()),
                        OpenClHandles.commandQueue(queue.getNativePointer()),
                        EngineOptions.defaults());
                Stream stream = raw.interop().stream(OpenClHandles.commandQueue(queue.getNativePointer()));
                DeviceTensor tensor = raw.interop()
                        .wrap(OpenClHandles.memory(memory.getNativePointer()), 0, DType.F32, 1, 1, 1, COUNT)) {
            raw.interop()
                    .waitFor(
                            stream,
                            OpenClHandles.event(
                                    caller.twice(queue, memory, COUNT).getNativePointer()));
            float[] got = new float[COUNT];
            tensor.download(stream, got);
            assertArrayEquals(twice(CallersProgram.made(COUNT, 1)), got, TOLERANCE);
        }
        assertThrows(IllegalArgumentException.class, () -> OpenClHandles.memory(0));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        cl_mem memory = buffer(COUNT);
        String message = refusal(() -> wrap(memory, interop.byteAlignment()));
        assertTrue(message.startsWith("memory has " + COUNT * Float.BYTES + " bytes, but a tensor"), message);
        message = refusal(() -> wrap(memory, Long.MAX_VALUE / interop.byteAlignment() * interop.byteAlignment()));
        assertTrue(message.startsWith("memory has "), message);
        assertTrue(refusal(() -> wrap(memory, 4)).contains("multiple of " + interop.byteAlignment()));
        assertTrue(refusal(() -> wrap(memory, -interop.byteAlignment())).contains("multiple of"));
        assertTrue(refusal(() -> interop.wrap(memory, 0, DType.F32, 0, 1, 1, 1)).contains("at least 1"));
        try (CallersProgram other = new CallersProgram();
                Stream stream = engine.newStream()) {
            cl_mem foreign = other.buffer(CL.CL_MEM_READ_WRITE, COUNT);
            assertTrue(refusal(() -> wrap(foreign, 0)).contains("of the engine's context"));
            cl_command_queue theirs = other.queue(true);
            assertTrue(refusal(() -> interop.stream(theirs)).contains("of the engine's context"));
            assertTrue(refusal(() -> interop.waitFor(stream)).contains("at least one"));
            assertThrows(DeviceException.class, () -> interop.waitFor(stream, other.userEvent()));
        }
        assertEquals(
                "memory",
                assertThrows(NullPointerException.class, () -> wrap(null, 0)).getMessage());
        assertEquals(
                "queue",
                assertThrows(NullPointerException.class, () -> interop.stream(null))
                        .getMessage());
        try (AttentionEngine java = AttentionEngine.open("java")) {
            assertTrue(assertThrows(UnsupportedByDeviceException.class, java::interop)
                    .getMessage()
                    .contains("\"java\""));
        }
    }

    @Test
    void accessFlagsAreKept() {
        cl_mem readOnly = caller.buffer(CL.CL_MEM_READ_ONLY, COUNT);
        cl_mem writeOnly = caller.buffer(CL.CL_MEM_WRITE_ONLY, COUNT);
        cl_mem hidden = caller.buffer(CL.CL_MEM_READ_WRITE | CL.CL_MEM_HOST_NO_ACCESS, COUNT);
        AttentionPlan plan = engine.plan(SPEC);
        try (Stream stream = engine.newStream();
                DeviceTensor input = wrap(readOnly, 0);
                DeviceTensor output = wrap(writeOnly, 0);
                DeviceTensor away = wrap(hidden, 0)) {
            input.upload(stream, CallersProgram.made(COUNT, 1));
            plan.enqueue(stream, input, input, input, output);
            assertTrue(refusal(() -> plan.enqueue(stream, output, input, input, away))
                    .contains("CL_MEM_WRITE_ONLY"));
            assertTrue(
                    refusal(() -> plan.enqueue(stream, away, away, away, input)).contains("CL_MEM_READ_ONLY"));
            assertTrue(refusal(() -> away.download(stream, new float[COUNT])).contains("HOST_NO_ACCESS"));
            assertTrue(refusal(() -> away.upload(stream, new float[COUNT])).contains("HOST_NO_ACCESS"));
            assertTrue(refusal(() -> away.map(stream)).contains("HOST_NO_ACCESS"));
        }
    }

    @Test
    void layersKeepOrderAndFlagsToo() {
        LinearSpec spec =
                LinearSpec.builder().rows(30).inFeatures(40).outFeatures(50).build();
        float[] input = CallersProgram.made(30 * 40, 1);
        float[] weight = CallersProgram.made(50 * 40, 2);
        float[] wanted = new float[30 * 50];
        for (int i = 0; i < wanted.length; i++) {
            for (int k = 0; k < 40; k++) {
                wanted[i] += input[i / 50 * 40 + k] * weight[i % 50 * 40 + k];
            }
        }
        cl_mem readOnly = caller.buffer(CL.CL_MEM_READ_ONLY, wanted.length);
        LayerPlan plan = engine.plan(spec);
        try (Stream stream = interop.stream(caller.queue(false));
                DeviceTensor x = engine.allocate(spec.operand(LayerOperand.INPUT));
                DeviceTensor w = engine.allocate(spec.operand(LayerOperand.WEIGHT));
                DeviceTensor out = engine.allocate(spec.operand(LayerOperand.OUT));
                DeviceTensor denied = interop.wrap(readOnly, 0, DType.F32, 1, 1, 30, 50)) {
            x.upload(stream, input);
            w.upload(stream, weight);
            LayerTensors tensors =
                    new LayerTensors().with(LayerOperand.INPUT, x).with(LayerOperand.WEIGHT, w);
            plan.enqueue(stream, tensors.with(LayerOperand.OUT, out));
            float[] got = new float[wanted.length];
            out.download(stream, got);
            assertArrayEquals(wanted, got, 1e-4f);
            assertTrue(refusal(() -> plan.enqueue(stream, tensors.with(LayerOperand.OUT, denied)))
                    .contains("CL_MEM_READ_ONLY"));
        }
    }

    /** Two tensors over one buffer are as one. */
    @Test
    void anOutputOverAnInputIsRefused() {
        cl_mem memory = buffer(2 * COUNT);
        AttentionPlan plan = engine.plan(SPEC);
        try (Stream stream = engine.newStream();
                DeviceTensor input = wrap(memory, 0);
                DeviceTensor output = wrap(memory, interop.byteAlignment())) {
            assertTrue(refusal(() -> plan.enqueue(stream, input, input, input, output))
                    .contains("out"));
        }
    }

    @Test
    void whatIsClosedSaysSo() {
        cl_mem memory = buffer(COUNT);
        Stream stream = engine.newStream();
        DeviceTensor tensor = wrap(memory, 0);
        engine.close();
        assertThrows(IllegalStateException.class, () -> wrap(memory, 0));
        assertThrows(IllegalStateException.class, () -> interop.stream(queue));
        assertThrows(IllegalStateException.class, () -> tensor.download(stream, new float[COUNT]));
        assertThrows(IllegalStateException.class, () -> interop.waitFor(stream, caller.userEvent()));
        assertThrows(IllegalStateException.class, engine::interop);
        assertEquals(1, CallersProgram.holds(memory));
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
