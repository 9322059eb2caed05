package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A way through one of the forward kernels, or through pure Java, with the type of numbers that it is for: for tests of
 * what must hold in all of them. Where a kernel needs what the device here does not have, it is emulated.
 *
 * @param name for people
 * @param type of query, key and value
 * @param rounds whether weights are rounded to 16 bits
 * @param open gives the engine, which tests share and do not close
 */
public record EveryKernel(String name, DType type, boolean rounds, Supplier<AttentionEngine> open) {
    /** All there are here: without an OpenCL device, those of pure Java. */
    public static Stream<EveryKernel> all() {
        List<EveryKernel> all = new ArrayList<>();
        List<KernelFamily> families = Engines.families().toList();
        for (KernelFamily family : families) {
            all.add(new EveryKernel(family.name(), DType.F32, false, () -> Engines.of(family)));
        }
        if (families.contains(KernelFamily.DECODE)) {
            all.add(decode(DecodeEngines.Kernel.OF_DEVICE, 16));
            for (DecodeEngines.Kernel kernel :
                    new DecodeEngines.Kernel[] {DecodeEngines.Kernel.TILES, DecodeEngines.Kernel.ROWS}) {
                all.add(decode(kernel, 0));
                all.add(decode(kernel, 16));
            }
            for (PairProduct dot : DotEngines.here()) {
                all.add(new EveryKernel("LANES " + dot, DType.BF16, true, () -> DotEngines.of(dot)));
            }
            all.add(matrix(MatrixUnit.MMA, DType.BF16));
            all.add(matrix(MatrixUnit.WGMMA, DType.BF16));
            all.add(matrix(MatrixUnit.WMMA, DType.F16));
            all.add(new EveryKernel("MATRIX copy engine", DType.BF16, true, () -> MatrixEngines.ofBulk(2)));
        }
        return all.stream();
    }

    private static EveryKernel decode(DecodeEngines.Kernel kernel, int splitSize) {
        String name = "DECODE " + kernel + (splitSize == 0 ? "" : " in shares");
        return new EveryKernel(name, DType.F32, false, () -> DecodeEngines.of(kernel, splitSize));
    }

    /** An emulated matrix unit. */
    public static EveryKernel matrix(MatrixUnit unit, DType type) {
        return new EveryKernel("MATRIX " + unit + " " + type, type, true, () -> MatrixEngines.of(unit));
    }

    /** Numbers in this kernel's type, as a Java array. */
    public Object array(float[] numbers) {
        return type == DType.F32 ? numbers : Half.encode(type, numbers);
    }

    /** What is left of a number in this kernel's type. */
    public float rounded(float number) {
        return type == DType.F32 ? number : Half.decode(type, Half.encode(type, new float[] {number}))[0];
    }

    /** A spec whose query, key and value have this kernel's type; the output is of floats. */
    public AttentionSpecBuilder types(AttentionSpecBuilder builder) {
        return builder.types(type).type(Operand.OUT, DType.F32);
    }

    /** The outputs of a call. */
    public AttentionArrays run(AttentionSpec spec, AttentionArrays inputs) {
        AttentionArrays outputs = Problem.of(spec).outputs();
        Way.ARRAYS.run(open.get(), spec, inputs, outputs);
        return outputs;
    }

    /**
     * Checks out, lse and scores of a call against the reference, for numbers of sizes that a {@link Budget} has no
     * measure for: out to 1e-5 of the largest value, or what rounded weights cost, lse and scores to 1e-6 of
     * themselves; NaN and infinities to the sign.
     */
    public void check(String what, AttentionSpec spec, AttentionArrays inputs) {
        AttentionArrays outputs = run(spec, inputs);
        ReferenceAttention.Result exact = ReferenceAttention.attend(spec, inputs);
        double most = 0;
        for (double out : exact.out()) {
            most = Double.isFinite(out) ? Math.max(most, Math.abs(out)) : most;
        }
        check(what + ": out", outputs.get(Operand.OUT), exact.out(), (rounds ? 0x1p-8 : 1e-5) * most, 0);
        if (spec.has(Operand.LSE)) {
            check(what + ": lse", outputs.get(Operand.LSE), exact.lse(), 2e-6, 1e-6);
        }
        if (spec.has(Operand.SCORES)) {
            check(what + ": scores", outputs.get(Operand.SCORES), exact.scores(), 2e-6, 1e-6);
        }
    }

    private void check(String what, Object array, double[] exact, double absolute, double relative) {
        float[] actual = (float[]) array;
        for (int i = 0; i < exact.length; i++) {
            double allowed = absolute + relative * Math.abs(exact[i]);
            boolean close = Double.isFinite(exact[i])
                    ? Float.isFinite(actual[i]) && Math.abs(actual[i] - exact[i]) <= allowed
                    : Double.compare(actual[i], exact[i]) == 0;
            if (!close) {
                throw new AssertionError(
                        this + ", " + what + "[" + i + "] is " + actual[i] + ", but should be " + exact[i]);
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
