package io.github.attention4j.internal.java;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.internal.java.reference.ReferenceGradients;
import io.github.attention4j.internal.java.reference.ScoreMatrix;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.java.tiled.RowAttention;
import io.github.attention4j.internal.java.tiled.TiledAttention;
import io.github.attention4j.internal.java.tiled.TiledGradients;
import java.util.function.Consumer;
import java.util.function.Function;

/** One of the pure-Java computations, ready to run. */
final class JavaPlan implements AttentionPlan {
    /**
     * With fewer operations a call may begin a millisecond late, see {@code InOrder}, which saves it a part of its
     * time.
     */
    private static final double SHORT = 1e8;

    private final JavaBackend backend;
    private final AttentionSpec spec;
    private final Threads threads;
    private final KernelFamily family;
    private final Consumer<Operands> computation;
    private final Function<Explanation, String> explanation;
    private final boolean isShort;

    private JavaPlan(
            JavaBackend backend,
            AttentionSpec spec,
            Threads threads,
            KernelFamily family,
            Consumer<Operands> computation,
            Function<Explanation, String> explanation) {
        this.backend = backend;
        this.spec = spec;
        this.threads = threads;
        this.family = family;
        this.computation = computation;
        this.explanation = explanation;
        isShort = TiledAttention.operations(spec) < SHORT;
    }

    static JavaPlan tiled(JavaBackend backend, AttentionSpec spec, Threads threads) {
        if (spec.isBackward()) {
            TiledGradients tiled = new TiledGradients(spec, MicroKernels.best(), threads);
            return new JavaPlan(
                    backend, spec, threads, KernelFamily.JAVA, tiled::compute, in -> in.ofTiles(tiled.describe()));
        }
        if (RowAttention.isMeantFor(spec)) {
            RowAttention rows = new RowAttention(spec, MicroKernels.best(), threads);
            return new JavaPlan(
                    backend, spec, threads, KernelFamily.JAVA, rows::attend, in -> in.ofTiles(rows.describe()));
        }
        TiledAttention tiled = new TiledAttention(spec, MicroKernels.best(), threads);
        return new JavaPlan(
                backend, spec, threads, KernelFamily.JAVA, tiled::attend, in -> in.ofTiles(tiled.describe()));
    }

    static JavaPlan reference(JavaBackend backend, AttentionSpec spec, Threads threads) {
        Consumer<Operands> computation = operands -> {
            if (spec.isBackward()) {
                new ReferenceGradients(spec, operands).write(threads);
            } else {
                new ReferenceAttention(spec, operands).attend(threads);
            }
        };
        return new JavaPlan(backend, spec, threads, KernelFamily.REFERENCE, computation, Explanation::ofReference);
    }

    @Override
    public String explain() {
        return explanation.apply(
                new Explanation(spec, threads.count(), backend.device().note()));
    }

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public KernelFamily family() {
        return family;
    }

    /** Computes on host arrays that fit the spec. */
    void attend(AttentionArrays arrays) {
        attend(Operands.of(spec, arrays));
    }

    private void attend(Operands operands) {
        computation.accept(operands);
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
        return isShort ? queue.submit(() -> attend(operands)) : queue.submitLong(() -> attend(operands));
    }
}
