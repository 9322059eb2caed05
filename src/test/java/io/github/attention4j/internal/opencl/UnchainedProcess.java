package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import java.util.Arrays;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/** What {@link UnchainedTest} runs in a JVM without libjsig. Prints what it finds; the last line is "fine". */
public final class UnchainedProcess {
    private static final int BUILDS = 8;
    private static volatile int zero;
    private static volatile int[] none;

    private UnchainedProcess() {}

    /** {@code args}: what to do. */
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "faults" -> faults();
            case "collecting" -> buildWhileCollecting();
            case "attend" -> attend();
            case "orphan" -> orphan();
            case "late" -> late();
            case "nested" -> nested();
            case "told" -> System.out.println(AttentionEngine.diagnose());
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.println("fine");
    }

    /** The JVM's own use of SIGSEGV and SIGFPE, after the driver was asked for its devices. */
    private static void faults() {
        AttentionEngine.devices();
        try {
            System.out.println(none.length);
        } catch (NullPointerException e) {
            System.out.println("null pointer");
        }
        try {
            System.out.println(1 / zero);
        } catch (ArithmeticException e) {
            System.out.println("division by zero");
        }
        System.out.println("replaced: " + SignalHandlers.areReplaced());
    }

    private static void buildWhileCollecting() {
        try (ClContext context = ClContext.make(DeviceSearch.run().found().get(0));
                ProgramCache programs = new ProgramCache(context, Optional.empty());
                ConstantCollections collections = new ConstantCollections(2)) {
            for (int i = 0; i < BUILDS; i++) {
                int number = (int) System.nanoTime(); // a kernel that no cache knows
                String source = "__kernel void fill(__global int *out) { out[get_global_id(0)] = " + number + "; }";
                ClProgram program = programs.load("fill", source, "-cl-std=CL1.2");
                System.out.println("built and " + (run(context, program) == number) + ", replaced: "
                        + SignalHandlers.areReplaced());
            }
        }
        attend();
    }

    /** The number that the first work-item wrote; drivers go on compiling when a kernel is launched. */
    private static int run(ClContext context, ClProgram program) {
        cl_command_queue queue = context.newQueue();
        cl_kernel kernel = program.acquire();
        cl_mem out = Cl.createBuffer(context.acquire(), CL.CL_MEM_READ_WRITE, 2 * Sizeof.cl_int, null, "two numbers");
        try {
            Cl.setArgument(kernel, 0, Sizeof.cl_mem, Pointer.to(out), "fill");
            Cl.launch(queue, kernel, new long[] {2}, new long[] {2}, null, program);
            int[] numbers = new int[2];
            Cl.read(queue, out, 0, 2 * Sizeof.cl_int, Pointer.to(numbers), "fill");
            return numbers[0];
        } finally {
            CL.clReleaseMemObject(out);
            CL.clReleaseCommandQueue(queue);
            context.release();
            program.release();
        }
    }

    private static void attend() {
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(3).headDim(4).build();
        float[] same = new float[(int) spec.outElements()];
        Arrays.fill(same, 0.5f);
        try (AttentionEngine engine = AttentionEngine.open()) {
            System.out.println(Arrays.equals(same, engine.attend(spec, same, same, same)) ? "right" : "wrong");
            System.out.println(engine.plan(spec).explain());
        }
        System.out.println("children: " + ProcessHandle.current().children().count());
        System.out.println("replaced: " + SignalHandlers.areReplaced());
    }

    /** Ends at once, as by a crash, with its child still there. */
    private static void orphan() {
        attend();
        ProcessHandle.current().children().forEach(child -> System.out.println("child " + child.pid()));
        System.out.flush();
        Runtime.getRuntime().halt(3);
    }

    /** The library lies in a jar inside a jar. */
    private static void nested() throws Exception {
        new NestedJarLoader("jar:file:/app.jar!/lib/attention4j.jar!/")
                .loadClass(UnchainedProcess.class.getName())
                .getMethod("main", String[].class)
                .invoke(null, (Object) new String[] {"told"});
    }

    /** The program used the driver before it opened an engine. */
    private static void late() {
        try (RawDevice device = new RawDevice()) {
            String source = "__kernel void fill(__global int *out) { out[get_global_id(0)] = 7; }";
            System.out.println(Arrays.toString(device.run(source, "", "fill", 2)));
            faults();
        }
    }
}
