package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lwjgl.opencl.CL10.*;

import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A program that speaks to OpenCL by LWJGL attends over its own buffers, in its own queue. */
@Tag("opencl")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "the natives of LWJGL are those of Linux")
class LwjglTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(2)
            .sequenceLength(40)
            .headDim(16)
            .causal()
            .build();

    @BeforeAll
    static void nameTheLibrary() {
        Configuration.OPENCL_LIBRARY_NAME.set("libOpenCL.so.1"); // as machines without compilers have it
    }

    @Test
    void itsBuffersAndItsQueueAreUsedWhereTheyAre() {
        Problem problem = Problem.of(SPEC);
        float[] query = problem.query();
        float[] key = problem.key();
        float[] value = problem.value();
        float[] got = new float[query.length];
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long device = device(stack);
            IntBuffer error = stack.mallocInt(1);
            long context = clCreateContext(stack.pointers(0), device, null, 0, error);
            long queue = clCreateCommandQueue(context, device, 0, error);
            long[] buffers = {buffer(context, query), buffer(context, key), buffer(context, value), buffer(context, got)
            };
            try (AttentionEngine engine = AttentionEngine.open(
                            OpenClHandles.context(context),
                            OpenClHandles.commandQueue(queue),
                            EngineOptions.defaults());
                    Stream stream = engine.interop().stream(OpenClHandles.commandQueue(queue));
                    DeviceTensor q = wrap(engine, buffers[0]);
                    DeviceTensor k = wrap(engine, buffers[1]);
                    DeviceTensor v = wrap(engine, buffers[2]);
                    DeviceTensor out = wrap(engine, buffers[3])) {
                engine.plan(SPEC).enqueue(stream, q, k, v, out);
                clEnqueueReadBuffer(queue, buffers[3], true, 0, got, null, null);
            }
            for (long buffer : buffers) {
                clGetMemObjectInfo(buffer, CL_MEM_REFERENCE_COUNT, error, null);
                assertEquals(1, error.get(0), "references to a buffer, all of them the caller's");
                clReleaseMemObject(buffer);
            }
            assertEquals(CL_SUCCESS, clReleaseCommandQueue(queue));
            assertEquals(CL_SUCCESS, clReleaseContext(context));
        }
        float[] expected = Engines.of(KernelFamily.REFERENCE).attend(SPEC, query, key, value);
        assertArrayEquals(expected, got, 1e-5f);
    }

    private static long device(MemoryStack stack) {
        PointerBuffer platforms = stack.mallocPointer(1);
        PointerBuffer devices = stack.mallocPointer(1);
        clGetPlatformIDs(platforms, (IntBuffer) null);
        assertEquals(CL_SUCCESS, clGetDeviceIDs(platforms.get(0), CL_DEVICE_TYPE_ALL, devices, (IntBuffer) null));
        return devices.get(0);
    }

    private static long buffer(long context, float[] numbers) {
        FloatBuffer floats = MemoryUtil.memAllocFloat(numbers.length).put(0, numbers);
        long buffer = clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, floats, null);
        MemoryUtil.memFree(floats);
        return buffer;
    }

    private static DeviceTensor wrap(AttentionEngine engine, long buffer) {
        TensorSpec tensor = SPEC.operand(Operand.QUERY);
        return engine.interop()
                .wrap(OpenClHandles.memory(buffer), 0, DType.F32, 1, tensor.heads(), tensor.rows(), tensor.columns());
    }
}
