package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.device.Quirks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jocl.CL;

/**
 * Run in a JVM that has {@code src/test/native/faults.c} for its OpenCL library: lets every call of every program in
 * {@link FaultScripts} fail with each of several codes, and answer nonsense where it answers something, and looks at
 * what comes of it.
 */
final class FaultRun {
    /** A device in need, a wrong value, and one that no list knows. */
    private static final int[] CODES = {CL.CL_OUT_OF_RESOURCES, CL.CL_INVALID_VALUE, -9999};
    /** Zeros, a size that nobody has memory for, all bits. */
    private static final int[] ODD_ANSWERS = {0, 1, 2};

    private static final Set<String> NAMING_NO_DEVICE = Set.of(
            "clGetPlatformIDs", "clGetPlatformInfo", "clGetDeviceIDs", "clGetDeviceInfo", "clGetCommandQueueInfo");
    private static final Set<String> NAMING_A_KERNEL = Set.of(
            "clBuildProgram",
            "clCreateProgramWithSource",
            "clCreateKernel",
            "clSetKernelArg",
            "clGetKernelWorkGroupInfo",
            "clEnqueueNDRangeKernel");
    /** How kernels' names begin. */
    private static final Set<String> KERNELS = Set.of("attn_", "kv_", "linear_", "layer_");

    /** What copies arrays where host and kernels do not share memory. */
    private static final Set<String> COPYING = Set.of("clEnqueueReadBuffer", "clEnqueueWriteBuffer");

    private static final Set<String> NAMING_BYTES = Set.of(
            "clCreateBuffer",
            "clCreateSubBuffer",
            "clEnqueueReadBuffer",
            "clEnqueueWriteBuffer",
            "clEnqueueCopyBuffer",
            "clEnqueueMapBuffer",
            "clEnqueueUnmapMemObject");

    private final FaultControl control;
    private final Device device;
    private final FaultScripts scripts;
    private final AttentionEngine shared;
    private final Set<String> calls = new TreeSet<>();
    private int faults;
    private int wrong;

    private FaultRun(FaultControl control, Path folder) {
        this.control = control;
        this.device = DeviceSearch.run().found().get(0).device();
        this.scripts = new FaultScripts(device.id(), folder);
        this.shared = scripts.sharedEngine();
    }

    public static void main(String[] args) throws Exception {
        FaultRun run = new FaultRun(new FaultControl(Path.of(args[0])), Path.of(args[1]));
        CL.setExceptionsEnabled(args[2].equals("on"));
        run.all(args.length > 3 ? args[3] : ""); // one of them alone, by its name
        System.out.println("FAULTS JOCL's exceptions " + args[2] + ": " + run.faults + " injected into "
                + run.calls.size() + " functions, " + run.wrong + " wrong");
        System.out.println(String.join(" ", run.calls));
        System.exit(run.wrong == 0 ? 0 : 1);
    }

    private void all(String only) throws Exception {
        for (FaultScripts.Script script : scripts.all()) {
            if (!only.isEmpty() && !script.name().equals(only)) {
                continue;
            }
            long start = System.nanoTime();
            if (script.on() == FaultScripts.On.ONE_FOR_ALL) {
                script.body().run(shared); // compiles
            }
            List<String> names = List.of();
            for (int code : CODES) {
                names = failures(script, code);
            }
            boolean isShared = Quirks.of(device).sharesMemory();
            if (script.name().equals("attend") && names.stream().anyMatch(COPYING::contains) == isShared) {
                wrong++;
                System.out.println(
                        "WRONG: arrays are copied by commands, or not, against what is known of the driver: " + names);
            }
            for (int kind : ODD_ANSWERS) {
                for (int n = 1; n <= names.size(); n++) {
                    if (names.get(n - 1).startsWith("clGet")) {
                        trial(script, n, kind, true);
                    }
                }
            }
            System.out.println(
                    script.name() + ": " + names.size() + " calls, " + (System.nanoTime() - start) / 1_000_000 + " ms");
        }
    }

    /** Lets the first call fail, then the second, until there is none any more; returns which they are. */
    private List<String> failures(FaultScripts.Script script, int code) throws Exception {
        List<String> names = new ArrayList<>();
        while (trial(script, names.size() + 1, code, false)) {
            names.add(control.call());
        }
        return names;
    }

    private boolean trial(FaultScripts.Script script, int n, int code, boolean odd) throws Exception {
        String liveBefore = control.live();
        long nativesBefore = Native.live();
        Throwable thrown = null;
        if (script.on() == FaultScripts.On.A_NEW_ONE) {
            try (AttentionEngine engine = scripts.newEngine()) {
                thrown = run(script, engine, n, code, odd);
            }
        } else {
            thrown = run(script, shared, n, code, odd);
        }
        boolean hit = control.wasHit();
        String complaint = hit ? complaint(script, thrown, code, odd) : thrown == null ? null : "nothing failed";
        if (complaint == null && !control.live().equals(liveBefore)) {
            complaint = "left in the driver: " + control.live() + ", before " + liveBefore;
        }
        if (complaint == null && Native.live() != nativesBefore) {
            complaint = "natives left: " + (Native.live() - nativesBefore);
        }
        if (hit) {
            faults++;
            calls.add(control.call());
        }
        if (complaint != null && wrong++ < 40) {
            System.out.println("WRONG: " + script.name() + ", call " + n + " (" + control.call() + "), "
                    + (odd ? "odd answer " : "code ") + code + ": " + complaint + "; thrown: " + thrown);
            if (thrown != null) {
                thrown.printStackTrace(System.out);
            }
        }
        return hit;
    }

    private Throwable run(FaultScripts.Script script, AttentionEngine engine, int n, int code, boolean odd) {
        control.arm(n, code, odd);
        try {
            script.body().run(engine);
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            control.disarm();
        }
    }

    /** What is wrong with what came of a failure, or null. */
    private String complaint(FaultScripts.Script script, Throwable thrown, int code, boolean odd) {
        String call = control.call();
        boolean isSearching = call.startsWith("clGetPlatform") || call.startsWith("clGetDevice");
        if (thrown == null) {
            return odd || script.mayGoWell().contains(call) ? null : "nobody was told";
        }
        boolean isRight = thrown instanceof DeviceException
                || isSearching && thrown instanceof IllegalArgumentException
                || (odd || isSearching) && thrown instanceof UnsupportedByDeviceException
                || odd && call.equals("clGetMemObjectInfo") && thrown instanceof IllegalArgumentException;
        if (!isRight) {
            return "not an exception for this";
        }
        if (odd) {
            return null;
        }
        if (call.equals("clBuildProgram") != thrown instanceof KernelBuildException) {
            return "another exception for this";
        }
        String message = thrown.getMessage();
        if (!message.contains(call) || !message.contains("(" + code + ")")) {
            return "does not name call and code";
        }
        if (!NAMING_NO_DEVICE.contains(call) && !message.contains(device.name())) {
            return "does not name the device";
        }
        if (NAMING_A_KERNEL.contains(call) && KERNELS.stream().noneMatch(message::contains)) {
            return "does not name the kernel";
        }
        if (NAMING_BYTES.contains(call) && !message.contains("bytes")) {
            return "does not name the size";
        }
        if (call.equals("clEnqueueNDRangeKernel") && !message.contains("global size")) {
            return "does not name the sizes";
        }
        return null;
    }
}
