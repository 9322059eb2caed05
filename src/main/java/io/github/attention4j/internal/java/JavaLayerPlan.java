package io.github.attention4j.internal.java;

import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.java.layers.LayerRows;
import io.github.attention4j.internal.java.layers.LayerWork;
import io.github.attention4j.internal.java.layers.ReferenceLinear;
import io.github.attention4j.internal.java.layers.ReferenceRows;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.layers.LayerShapes;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.util.function.Consumer;

/** A layer in pure Java, ready to run. */
final class JavaLayerPlan implements LayerPlan {
    private final JavaBackend backend;
    private final LayerSpec spec;
    private final KernelFamily family;
    private final String how;
    private final Consumer<LayerRows> computation;

    private JavaLayerPlan(
            JavaBackend backend, LayerSpec spec, KernelFamily family, String how, Consumer<LayerRows> computation) {
        this.backend = backend;
        this.spec = spec;
        this.family = family;
        this.how = how;
        this.computation = computation;
    }

    static JavaLayerPlan tiled(JavaBackend backend, LayerSpec spec, Threads threads) {
        LayerWork work = LayerWork.of(spec, threads);
        return new JavaLayerPlan(
                backend,
                spec,
                KernelFamily.JAVA,
                work.describe() + ", " + threads.count() + " threads, "
                        + MicroKernels.best().describe(),
                work::compute);
    }

    static JavaLayerPlan reference(JavaBackend backend, LayerSpec spec, Threads threads) {
        return new JavaLayerPlan(
                backend,
                spec,
                KernelFamily.REFERENCE,
                "sum by sum in double precision; exact and slow",
                rows -> referenceOf(spec, rows, threads));
    }

    private static void referenceOf(LayerSpec spec, LayerRows rows, Threads threads) {
        ReferenceRows byRows = new ReferenceRows(rows);
        if (spec instanceof LinearSpec linear) {
            new ReferenceLinear(linear, rows, threads).compute();
        } else if (spec instanceof NormSpec norm) {
            byRows.compute(norm);
        } else if (spec instanceof ActivationSpec activation) {
            byRows.compute(activation);
        } else if (spec instanceof EmbeddingSpec embedding) {
            byRows.compute(embedding);
        } else {
            byRows.compute((PoolingSpec) spec);
        }
    }

    @Override
    public LayerSpec spec() {
        return spec;
    }

    @Override
    public KernelFamily family() {
        return family;
    }

    @Override
    public String explain() {
        String note = backend.device().note();
        return family + ": " + how + "\ncomputes " + spec + (note.isEmpty() ? "" : "\n" + note);
    }

    @Override
    public void enqueue(Stream stream, LayerTensors tensors) {
        submit(stream, tensors);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, LayerTensors tensors) {
        return new JavaEvent(submit(stream, tensors));
    }

    private JavaStream.Task submit(Stream stream, LayerTensors tensors) {
        backend.requireOpen();
        JavaStream queue = JavaStream.of(stream, backend);
        LayerShapes.check(spec, tensors);
        LayerRows rows = LayerRows.of(spec, operand -> HostTensor.of(operand.label(), tensors.get(operand), backend)
                .memory());
        return queue.submit(() -> computation.accept(rows));
    }
}
