package io.github.attention4j.internal.java;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.internal.java.reference.ReferenceGradients;
import io.github.attention4j.internal.java.reference.ScoreMatrix;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.java.tiled.TiledAttention;
import io.github.attention4j.internal.java.tiled.TiledGradients;

/** One of the two pure-Java computations, ready to run. */
final class JavaPlan implements AttentionPlan {
    private final JavaBackend backend;
    private final AttentionSpec spec;
    private final Threads threads;

    /** Null for the reference. */
    private final TiledAttention tiled;

    /** Null but for backward calls in tiles. */
    private final TiledGradients gradients;

    private JavaPlan(
            JavaBackend backend, AttentionSpec spec, Threads threads, TiledAttention tiled, TiledGradients gradients) {
        this.backend = backend;
        this.spec = spec;
        this.threads = threads;
        this.tiled = tiled;
        this.gradients = gradients;
    }

    static JavaPlan tiled(JavaBackend backend, AttentionSpec spec, Threads threads) {
        boolean isTiled =
                !spec.has(Operand.DROPOUT_STATE) && !spec.has(Operand.ADDITIVE_VECTOR) && !spec.has(Operand.GRAD_BIAS);
        MicroKernels kernels = MicroKernels.best();
        return isTiled && spec.isBackward()
                ? new JavaPlan(backend, spec, threads, null, new TiledGradients(spec, kernels, threads))
                : new JavaPlan(
                        backend, spec, threads, isTiled ? new TiledAttention(spec, kernels, threads) : null, null);
    }

    static JavaPlan reference(JavaBackend backend, AttentionSpec spec, Threads threads) {
        return new JavaPlan(backend, spec, threads, null, null);
    }

    /** Made when asked for: few ask, and putting it together would come before the first result. */
    @Override
    public String explain() {
        if (tiled == null) {
            return "REFERENCE: three passes over the keys in double precision, row by row; exact and slow\ncomputes "
                    + spec + "\nAttentionEngine.open(\"java\") is the fast pure-Java engine\nthreads: "
                    + threads.count() + note();
        }
        return "JAVA: one pass over the keys in tiles, online softmax\ncomputes " + spec + "\ntiles: " + tiled.tileQ()
                + " queries x " + tiled.tileKv() + " keys, " + tiled.lanes() + " queries a panel\nsteps: " + steps(spec)
                + "\nmicro-kernels: " + MicroKernels.best().describe() + "\nthreads: " + threads.count() + note();
    }

    private String note() {
        String note = backend.device().note();
        return note.isEmpty() ? "" : "\n" + note;
    }

    /** What a tile of keys goes through. */
    private static String steps(AttentionSpec spec) {
        boolean ranges = spec.mask().isBounded() || spec.has(Operand.KEY_BEGINS);
        boolean converted = isConverted(spec, Operand.KEY) || isConverted(spec, Operand.VALUE);
        return (spec.isPaged() ? "pages brought together, " : "")
                + (converted ? "conversion to F32, " : "")
                + (spec.rotary() == null ? "" : "rotation of the keys, ")
                + "scores, "
                + (spec.softcap() > 0 ? "softcap, " : "")
                + (spec.has(Operand.ALIBI_SLOPES) ? "ALiBi, " : "")
                + (spec.has(Operand.BIAS) ? "bias, " : "")
                + (spec.has(Operand.KEEP_MASK) ? "keep-mask, " : "")
                + (ranges ? "mask by position where it cuts, " : "")
                + (spec.has(Operand.SINK) ? "softmax with sink, " : "softmax, ")
                + "values"
                + (spec.scoreStage() == null ? "" : "; then the matrix of scores row by row, in double precision");
    }

    private static boolean isConverted(AttentionSpec spec, Operand operand) {
        return Codec.of(spec.operand(operand).dtype()).isConverted();
    }

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public KernelFamily family() {
        return tiled == null ? KernelFamily.REFERENCE : KernelFamily.JAVA;
    }

    /** Computes on host arrays that fit the spec. */
    void attend(AttentionArrays arrays) {
        attend(Operands.of(spec, arrays));
    }

    private void attend(Operands operands) {
        if (gradients != null) {
            gradients.compute(operands);
        } else if (spec.isBackward()) {
            new ReferenceGradients(spec, operands).write(threads);
        } else if (tiled == null) {
            new ReferenceAttention(spec, operands).attend(threads);
        } else {
            tiled.attend(operands);
        }
        ScoreMatrix.write(spec, operands, threads);
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        submit(stream, tensors);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        return new JavaEvent(submit(stream, tensors));
    }

    private JavaStream.Task submit(Stream stream, AttentionTensors tensors) {
        backend.requireOpen();
        JavaStream queue = JavaStream.of(stream, backend);
        Shapes.check(spec, tensors);
        Operands operands = Operands.of(spec, operand -> HostTensor.of(operand.label(), tensors.get(operand), backend)
                .memory());
        return queue.submit(() -> attend(operands));
    }
}
