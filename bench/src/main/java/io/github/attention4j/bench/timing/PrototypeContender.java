package io.github.attention4j.bench.timing;

import static org.jocl.CL.*;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.attention.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * A kernel {@code fwd(Q, K, V, O, L, scale, Lq, Lkv, H, Hkv)} from a file of its own, driven through bare OpenCL calls: what an engine's
 * kernel is measured against while it is written.
 */
public final class PrototypeContender implements Contender {
    /** What prototypes are called in tables. */
    public static final String ENGINE = "prototype";

    private static final int LANES = 16; // queries side by side in the kernel's vectors; MV vectors make a tile

    private final PrototypeDevice device;
    private final AttentionSpec spec;
    private final String options;
    private final int queriesPerTile;
    private final cl_program program;
    private final cl_kernel kernel;
    private final List<cl_mem> buffers = new ArrayList<>();
    private final cl_mem out;

    /**
     * Compiles the kernel and uploads the problem.
     *
     * @param options the kernel's own macros, such as {@code "-DMV=4 -DBN=64"}; head size and mask are added
     */
    public PrototypeContender(PrototypeDevice device, String source, String options, Problem problem) {
        this.device = device;
        this.spec = problem.spec();
        this.options = options;
        this.queriesPerTile = LANES * macro(options, "MV");
        if (spec.headDim() != spec.valueDim()) {
            throw new IllegalArgumentException("a prototype needs valueDim = headDim, but they are " + spec.valueDim()
                    + " and " + spec.headDim() + "; leave out --value-dim");
        }
        String all = options + " -DD=" + spec.headDim() + " -DCAUSAL=" + (Problem.isCausal(spec) ? 1 : 0);
        program = device.build(source, all);
        kernel = clCreateKernel(program, "fwd", null);
        float[] poison = new float[Math.toIntExact(spec.outElements())];
        Arrays.fill(poison, Float.NaN);
        cl_mem[] arguments = {
            buffer(problem.query()),
            buffer(problem.key()),
            buffer(problem.value()),
            buffer(poison),
            buffer(new float[Math.toIntExact(spec.lseElements())])
        };
        out = arguments[3];
        for (int i = 0; i < arguments.length; i++) {
            clSetKernelArg(kernel, i, Sizeof.cl_mem, Pointer.to(arguments[i]));
        }
        clSetKernelArg(kernel, 5, Sizeof.cl_float, Pointer.to(new float[] {spec.scale()}));
        int[] sizes = {spec.queryLength(), spec.keyLength(), spec.heads(), spec.kvHeads()};
        for (int i = 0; i < sizes.length; i++) {
            clSetKernelArg(kernel, 6 + i, Sizeof.cl_int, Pointer.to(new int[] {sizes[i]}));
        }
    }

    private cl_mem buffer(float[] contents) {
        cl_mem buffer = device.buffer(contents);
        buffers.add(buffer);
        return buffer;
    }

    private static int macro(String options, String name) {
        for (String option : options.trim().split("\\s+")) {
            if (option.startsWith("-D" + name + "=")) {
                return Integer.parseInt(option.substring(name.length() + 3));
            }
        }
        throw new IllegalArgumentException(
                "--prototype-options must set -D" + name + "=<number>, but is \"" + options + "\"; it sets the grid");
    }

    @Override
    public String engine() {
        return ENGINE;
    }

    @Override
    public String device() {
        return device.id();
    }

    @Override
    public String family() {
        return options.replace("-D", "").trim();
    }

    @Override
    public void run() {
        int tiles = (spec.queryLength() + queriesPerTile - 1) / queriesPerTile;
        long[] global = {tiles, spec.heads(), spec.batch()};
        long[] local = {1, 1, 1};
        device.check(
                clEnqueueNDRangeKernel(device.queue(), kernel, 3, null, global, local, 0, null, null),
                "clEnqueueNDRangeKernel");
        device.check(clFinish(device.queue()), "clFinish");
    }

    @Override
    public float[] output() {
        float[] result = new float[Math.toIntExact(spec.outElements())];
        clEnqueueReadBuffer(
                device.queue(),
                out,
                true,
                0,
                (long) result.length * Sizeof.cl_float,
                Pointer.to(result),
                0,
                null,
                null);
        return result;
    }

    @Override
    public void close() {
        buffers.forEach(buffer -> clReleaseMemObject(buffer));
        clReleaseKernel(kernel);
        clReleaseProgram(program);
    }
}
