package io.github.attention4j.transformer.internal.device;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Stream;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerTensors;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Calls one after the other, prepared once and enqueued again and again. */
public final class Work {
    private final List<Consumer<Stream>> calls = new ArrayList<>();
    private final Set<String> explanations = new LinkedHashSet<>();

    /** Adds a layer. */
    public Work add(LayerPlan plan, LayerTensors tensors) {
        return add(stream -> plan.enqueue(stream, tensors), plan.explain());
    }

    /** Adds attention. */
    public Work add(AttentionPlan plan, AttentionTensors tensors) {
        return add(stream -> plan.enqueue(stream, tensors), plan.explain());
    }

    /** Adds whatever is enqueued, and what is to be said of it. */
    public Work add(Consumer<Stream> call, String explanation) {
        calls.add(call);
        explanations.add(explanation);
        return this;
    }

    /** How many calls there are. */
    public int size() {
        return calls.size();
    }

    /** Enqueues all of it. */
    public void enqueue(Stream stream) {
        enqueue(stream, 0, calls.size());
    }

    /** Enqueues the calls from one to before another. */
    public void enqueue(Stream stream, int from, int to) {
        for (Consumer<Stream> call : calls.subList(from, to)) {
            call.accept(stream);
        }
    }

    /** Which kernels, and why. */
    public String explain() {
        return String.join("\n", explanations);
    }
}
