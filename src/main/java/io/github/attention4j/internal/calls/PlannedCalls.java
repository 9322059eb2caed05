package io.github.attention4j.internal.calls;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.split.HeadRange;
import io.github.attention4j.internal.split.HeadSplit;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The plans of an engine, each made once, and calls on host arrays by these plans: whole, or in parts that fit the
 * device's buffers.
 */
public final class PlannedCalls {
    /** Plans are small, and what is costly about them, compiled programs, is kept apart. */
    private static final int KEPT = 4096;

    private final Backend backend;
    private final ConcurrentHashMap<AttentionSpec, AttentionPlan> plans = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<LayerSpec, LayerPlan> layers = new ConcurrentHashMap<>();
    /** Those of the calls on host arrays, one or several each. */
    private final ConcurrentHashMap<AttentionSpec, List<Part>> parts = new ConcurrentHashMap<>();

    /** Those of several calls on host arrays. */
    private final ConcurrentHashMap<AttentionSpec, Stacks> stacks = new ConcurrentHashMap<>();

    public PlannedCalls(Backend backend) {
        this.backend = backend;
    }

    /** The plan for a spec; the same for equal ones, as long as it is kept. */
    public AttentionPlan plan(AttentionSpec spec) {
        AttentionPlan known = plans.get(spec);
        return known != null ? known : makePlan(spec);
    }

    /**
     * One at a time: drivers build one program at a time anyway, and two threads that ask for the same spec must get
     * the same plan.
     */
    private AttentionPlan makePlan(AttentionSpec spec) {
        synchronized (plans) {
            AttentionPlan known = plans.get(spec);
            if (known == null) {
                makeRoom();
                known = backend.plan(spec);
                plans.put(spec, known);
            }
            return known;
        }
    }

    /** The plan for a layer; the same for equal ones, as long as it is kept. */
    public LayerPlan plan(LayerSpec spec) {
        LayerPlan known = layers.get(spec);
        return known != null ? known : makePlan(spec);
    }

    private LayerPlan makePlan(LayerSpec spec) {
        synchronized (plans) {
            LayerPlan known = layers.get(spec);
            if (known == null) {
                makeRoom();
                known = backend.plan(spec);
                layers.put(spec, known);
            }
            return known;
        }
    }

    /** A program that meets ever new lengths must not grow for ever; plans in use stay good. */
    private void makeRoom() {
        if (plans.size() + layers.size() >= KEPT) {
            clear();
        }
    }

    /** Computes on host arrays, which were checked against the spec. */
    public void attend(AttentionSpec spec, AttentionArrays arrays) {
        List<Part> known = parts(spec);
        for (int i = 0; i < known.size(); i++) {
            backend.attend(known.get(i), arrays);
        }
    }

    /** Likewise, several calls, none of which writes what another reads or writes: stacked where that can be. */
    public void attend(AttentionSpec spec, List<AttentionArrays> calls) {
        List<Part> known = parts(spec);
        if (known.size() > 1) {
            for (AttentionArrays arrays : calls) {
                attend(spec, arrays);
            }
            return;
        }
        AttentionPlan plan = known.get(0).plan();
        Stacks stacks = stacks(spec, plan);
        if (!stacks.take(calls)) {
            backend.attend(plan, calls);
            return;
        }
        // Of nearly the same size: a small last one would be a launch for little.
        int count = stacks.count(calls.size());
        for (int i = 0; i < count; i++) {
            int begin = (int) ((long) calls.size() * i / count);
            int end = (int) ((long) calls.size() * (i + 1) / count);
            backend.attend(stacks.of(end - begin, this), calls.subList(begin, end));
        }
    }

    private Stacks stacks(AttentionSpec spec, AttentionPlan plan) {
        Stacks known = stacks.get(spec);
        if (known == null) {
            known = new Stacks(plan, backend.largestBuffer(plan), backend.stackBytes(plan));
            stacks.put(spec, known);
        }
        return known;
    }

    private List<Part> parts(AttentionSpec spec) {
        List<Part> known = parts.get(spec);
        if (known == null) {
            known = makeParts(plan(spec));
            parts.put(spec, known);
        }
        return known;
    }

    private List<Part> makeParts(AttentionPlan plan) {
        List<HeadRange> ranges = HeadSplit.parts(plan.spec(), backend.largestBuffer(plan), backend.device());
        if (ranges.size() == 1) {
            return List.of(Part.whole(plan));
        }
        List<Part> made = new ArrayList<>();
        for (HeadRange range : ranges) {
            made.add(new Part(plan(range.spec()), range));
        }
        return List.copyOf(made);
    }

    /** Forgets all plans. */
    public void clear() {
        plans.clear();
        layers.clear();
        parts.clear();
        stacks.clear();
    }
}
