package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DeviceException;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import java.util.List;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_kernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a driver refuses is told with call, code, kernel, sizes and device; what it would not notice is found before.
 */
@Tag("opencl")
class CallMessagesTest {
    private ClContext context;
    private ClContext other;

    @BeforeEach
    void open() {
        OpenCl.Found first = OpenCl.discover().found().get(0);
        context = ClContext.make(first);
        other = ClContext.make(first);
    }

    @AfterEach
    void close() {
        context.close();
        other.close();
    }

    /** Merge, rotate and append leave the local size to the driver and hand their program over to be named. */
    @Test
    void aLaunchThatIsRefusedNamesSizesAndDevice() {
        try (ProgramCache programs = new ProgramCache(context, Optional.empty())) {
            ClProgram program = programs.get(KernelOptions.write());
            cl_command_queue queue = context.newQueue();
            cl_kernel kernel = program.acquire();
            try {
                String message = assertThrows(
                                DeviceException.class,
                                () -> Cl.launch(queue, kernel, new long[] {7}, new long[] {5}, null, program))
                        .getMessage();
                for (String part : List.of(
                        "clEnqueueNDRangeKernel failed with CL_",
                        "global size [7]",
                        "local size [5]",
                        "kv_write",
                        "-cl-std=CL1.2",
                        context.device.name())) {
                    assertTrue(message.contains(part), part + " in " + message);
                }
                message = assertThrows(
                                DeviceException.class,
                                () -> Cl.launch(queue, kernel, new long[] {1, 2, 3, 4}, null, null, program))
                        .getMessage();
                assertTrue(message.contains("global size [1, 2, 3, 4], local size as the driver chooses"), message);
                message = assertThrows(DeviceException.class, () -> Cl.setArgument(kernel, 99, 4, null, program))
                        .getMessage();
                assertTrue(message.contains("kv_write") && message.contains(context.device.name()), message);
            } finally {
                program.release();
                CL.clReleaseCommandQueue(queue);
            }
        }
    }

    /** Options that a driver does not know stand for all codes but that of a wrong source. */
    @Test
    void aBuildThatFailsForAnotherReasonThanTheSourceNamesTheCodeFirst() {
        try (ProgramCache programs = new ProgramCache(context, Optional.empty())) {
            KernelBuildException failure = assertThrows(
                    KernelBuildException.class,
                    () -> programs.load("kv_write", KernelSource.of("kv_write"), "-cl-no-such-option"));
            String line = failure.getMessage().split("\n")[0];
            if (!failure.buildLog().contains("error")) {
                assertTrue(line.startsWith("clBuildProgram failed with CL_"), line);
                assertTrue(line.contains("kv_write") && line.contains(context.device.name()), line);
            }
            assertFalse(failure.getMessage().contains("gave no reason"), failure.getMessage());
        }
    }

    @Test
    void aQueueOfAnotherContextIsFoundAtOnce() {
        cl_command_queue queue = other.newQueue();
        cl_context held = context.acquire();
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> AttentionEngine.open(held, queue, EngineOptions.defaults()))
                .getMessage();
        assertTrue(message.startsWith("queue must be of the context given"), message);
        try (AttentionEngine engine = AttentionEngine.open(other.acquire(), queue, EngineOptions.defaults())) {
            assertEquals(other.device, engine.device());
        }
        other.release();
        CL.clReleaseCommandQueue(queue);
        assertEquals(
                "context",
                assertThrows(
                                NullPointerException.class,
                                () -> AttentionEngine.open(null, null, EngineOptions.defaults()))
                        .getMessage());
        assertEquals(
                "queue",
                assertThrows(
                                NullPointerException.class,
                                () -> AttentionEngine.open(held, null, EngineOptions.defaults()))
                        .getMessage());
        context.release();
    }
}
