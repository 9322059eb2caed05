package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A kernel that builds and then does not run: it calls a function that nobody has, so that the driver cannot load it.
 * Drivers let {@code clFinish} and the read that follows succeed; only the launch's event tells. That takes a driver
 * that loads kernels as libraries, as PoCL does.
 */
@Tag("opencl")
class FailedKernelTest {
    private static final String GOOD = "__kernel void f(__global int *p) { p[0] = 7; }";
    private static final String BAD = """
            __kernel void f(__global int *p) {
              __asm__ volatile("call attention4j_nobody_has_this@PLT");
              p[0] = 7;
            }
            """;

    private final ClContext context = ClContext.make(DeviceSearch.run().found().get(0));
    private final ProgramCache programs = new ProgramCache(context, Optional.empty());
    private final ClStream stream = ClStream.make(context);
    private final ClTensor tensor = ClTensor.make(context, null, DType.I32, 1, 1, 1, 1);

    private void launch(ClProgram program, cl_event event) {
        cl_command_queue queue = stream.acquire();
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                program.setArgument(kernel, 0, Sizeof.cl_mem, tensor.argument(), program.name);
                program.launch(queue, kernel, new long[] {1}, new long[] {1}, event);
            }
        } finally {
            program.release();
            stream.release();
        }
    }

    private ClProgram bad() {
        String device = context.device.name();
        assumeTrue(
                context.quirks.runsHere()
                        && context.quirks.driver().compareTo("PoCL 7") > 0
                        && System.getProperty("os.arch").equals("amd64"),
                device + " is not driven by PoCL from 7.0 on; 3.1 and 6.0 end the process instead");
        return programs.load("f", BAD, "-cl-std=CL1.2 -D BAD");
    }

    private int result() {
        int[] result = {-1};
        tensor.download(stream, result, 0);
        return result[0];
    }

    @Test
    void theFirstLaunchOfAKernelThatCannotBeLoadedIsSeenToFail() {
        try (context;
                programs;
                stream;
                tensor) {
            tensor.upload(stream, new int[] {3}, 0);
            ClProgram bad = bad();
            for (int i = 0; i < 2; i++) {
                DeviceException failure = assertThrows(DeviceException.class, () -> launch(bad, null));
                String message = failure.getMessage();
                assertTrue(message.startsWith("the enqueued work failed with CL_"), message);
                assertTrue(
                        message.contains(": f, global size [1], local size [1], -cl-std=CL1.2 -D BAD, on "
                                + context.device.name()),
                        message);
            }
            assertEquals(3, result());
            ClProgram good = programs.load("f", GOOD, "-cl-std=CL1.2");
            launch(good, null);
            assertEquals(7, result());
        }
    }

    /** On any driver: events of the caller's own can be given any end. */
    @Test
    void anEventAsksEveryKernelOfItsCall() throws Exception {
        try (context;
                programs;
                stream;
                tensor) {
            for (int failed = 0; failed < 3; failed++) {
                cl_event[] events = new cl_event[3];
                for (int i = 0; i < events.length; i++) {
                    events[i] = CL.clCreateUserEvent(context.acquire(), null);
                    context.release();
                }
                String[] names = {"the first", "the second", "the third"};
                try (ClEvent event = ClEvent.of(events, names, context)) {
                    CompletableFuture<Void> early = event.toFuture();
                    assertFalse(event.isDone());
                    for (int i = events.length - 1; i >= 0; i--) {
                        assertFalse(event.isDone() || early.isDone(), "before " + names[i]);
                        CL.clSetUserEventStatus(events[i], i == failed ? CL.CL_OUT_OF_RESOURCES : CL.CL_COMPLETE);
                    }
                    assertTrue(event.isDone());
                    DeviceException failure = assertThrows(DeviceException.class, event::await);
                    String wanted = "the enqueued work failed with CL_OUT_OF_RESOURCES (-5): " + names[failed];
                    assertEquals(wanted, failure.getMessage());
                    boolean callsBack = context.quirks.driver().compareTo("PoCL 7")
                            > 0; // earlier ones not of such an event's failure
                    for (CompletableFuture<Void> future :
                            callsBack ? List.of(early, event.toFuture()) : List.of(event.toFuture())) {
                        ExecutionException late =
                                assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
                        assertEquals(wanted, late.getCause().getMessage());
                    }
                    assertThrows(DeviceException.class, event::deviceNanos);
                }
            }
        }
    }

    @Test
    void anEventWhoseKernelsAllEndedWellSaysSo() throws Exception {
        try (context;
                programs;
                stream;
                tensor) {
            ClProgram good = programs.load("f", GOOD, "-cl-std=CL1.2");
            launch(good, null);
            cl_event[] events = {new cl_event(), new cl_event()};
            launch(good, events[0]);
            launch(good, events[1]);
            try (ClEvent event = ClEvent.of(events, new Object[] {"the first", "the second"}, context)) {
                event.await();
                assertTrue(event.isDone());
                event.toFuture().get(10, TimeUnit.SECONDS);
                assertTrue(event.deviceNanos() > 0);
            }
        }
    }

    @Test
    void eventsOfACallThatWasNotEnqueuedWholeAreGivenBack() {
        try (context;
                programs;
                stream;
                tensor) {
            ClProgram good = programs.load("f", GOOD, "-cl-std=CL1.2");
            cl_event[] events = {new cl_event(), new cl_event()};
            launch(good, events[0]);
            CL.clRetainEvent(events[0]);
            int before = references(events[0]);
            Release.made(events, "f", new IllegalStateException());
            assertEquals(before - 1, references(events[0]));
            CL.clReleaseEvent(events[0]);
        }
    }

    private static int references(cl_event event) {
        int[] count = new int[1];
        CL.clGetEventInfo(event, CL.CL_EVENT_REFERENCE_COUNT, Sizeof.cl_int, Pointer.to(count), null);
        return count[0];
    }
}
