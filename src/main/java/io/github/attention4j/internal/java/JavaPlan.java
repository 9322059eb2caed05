package io.github.attention4j.internal.java;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.CallChecks;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** One of the pure-Java computations, ready to run. */
final class JavaPlan implements AttentionPlan {
    /**
     * With fewer operations what is enqueued may begin a millisecond late, see {@code InOrder}, which saves it a part
     * of its time.
     */
    private static final double SHORT = 1e8;

    private final JavaBackend backend;
    private final AttentionSpec spec;
    private final Threads threads;
    private final KernelFamily family;
    private final Consumer<List<Operands>> computation;
    private final Function<Explanation, String> explanation;
    private final double operations;

    private JavaPlan(
            JavaBackend backend,
            AttentionSpec spec,
            Threads threads,
            KernelFamily family,
            Consumer<List<Operands>> computation,
            Function<Explanation, String> explanation) {
        this.backend = backend;
        this.spec = spec;
        this.threads = threads;
        this.family = family;
        this.computation = computation;
        this.explanation = explanation;
        operations = TiledAttention.operations(spec);
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
        Consumer<List<Operands>> computation = calls -> {
            for (Operands operands : calls) {
                if (spec.isBackward()) {
                    new ReferenceGradients(spec, operands).write(threads);
                } else {
                    new ReferenceAttention(spec, operands).attend(threads);
                }
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

    /** Computes calls on host arrays that fit the spec, together. */
    void attend(List<AttentionArrays> calls) {
        List<Operands> all = new ArrayList<>(calls.size());
        for (AttentionArrays arrays : calls) {
            all.add(Operands.of(spec, arrays));
        }
        compute(all);
    }

    private void compute(List<Operands> calls) {
        computation.accept(calls);
        for (Operands operands : calls) {
            ScoreMatrix.write(spec, operands, threads);
        }
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        submit(stream, tensors);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        return new JavaEvent(submit(stream, tensors));
    }

    @Override
    public void enqueue(Stream stream, List<AttentionTensors> calls) {
        JavaStream queue = queue(stream);
        CallChecks.check(spec, calls);
        List<Operands> all = CallChecks.each(calls, this::operands);
        if (!all.isEmpty()) {
            submit(queue, all);
        }
    }

    private JavaStream.Task submit(Stream stream, AttentionTensors tensors) {
        JavaStream queue = queue(stream);
        Shapes.check(spec, tensors);
        return submit(queue, List.of(operands(tensors)));
    }

    private JavaStream queue(Stream stream) {
        backend.requireOpen();
        return JavaStream.of(stream, backend);
    }

    private Operands operands(AttentionTensors tensors) {
        return Operands.of(spec, operand -> HostTensor.of(operand.label(), tensors.get(operand), backend)
                .memory());
    }

    private JavaStream.Task submit(JavaStream queue, List<Operands> calls) {
        Runnable work = () -> compute(calls);
        return operations * calls.size() < SHORT ? queue.submit(work) : queue.submitLong(work);
    }
}
