package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.cache.KvCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.memory.Owner;
import io.github.attention4j.internal.java.threads.Queue;
import io.github.attention4j.internal.several.Block.Range;
import java.util.ArrayList;
import java.util.List;

/** A cache of which each device has some sequences, whose rows stay there. */
final class SharedKvStore implements KvStore {
    private final KvCacheSpec spec;
    private final Owner owner;
    private final List<KvSection> sections = new ArrayList<>();
    /** How much queued work uses the memory. */
    private int users;

    private boolean closed;

    /** @param counts how many sequences each device gets */
    SharedKvStore(KvCacheSpec spec, float[] cosines, float[] sines, Owner owner, List<Backend> backends, int[] counts) {
        this.spec = spec;
        this.owner = owner;
        int first = 0;
        try {
            for (int device = 0; device < counts.length; device++) {
                if (counts[device] > 0) {
                    Range sequences = new Range(first, counts[device]);
                    sections.add(new KvSection(device, backends.get(device), spec, sequences, cosines, sines));
                    first += counts[device];
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    List<KvSection> sections() {
        return List.copyOf(sections);
    }

    @Override
    public void addTo(AttentionTensors tensors) {
        AttentionSpec attention = spec.applyTo(
                        AttentionSpec.builder().heads(spec.kvHeads()).queryLength(1))
                .build();
        for (Operand operand : KvSection.KEPT) {
            if (attention.has(operand)) {
                tensors.with(operand, new SharedTensor(this, attention.operand(operand)));
            }
        }
    }

    /** The device of sequence 0 gets the first, the next one the second, and so on, while each has any left. */
    @Override
    public int[] order(int sequences) {
        int[] order = new int[sequences];
        int at = 0;
        for (int i = 0; at < sequences; i++) {
            for (KvSection section : sections) {
                if (i < section.sequences().count()) {
                    order[at++] = section.sequences().first() + i;
                }
            }
        }
        return order;
    }

    @Override
    public void run(Stream stream, KvCall call, DeviceTensor keys, DeviceTensor values) {
        Queue queue = owner.queue(stream);
        HostTensor newKeys = keys == null ? null : HostTensor.of("keys", keys, owner);
        HostTensor newValues = values == null ? null : HostTensor.of("values", values, owner);
        List<Runnable> steps = new ArrayList<>();
        for (int i = 0; i < call.copies.size(); i += 2) {
            KvSection from = section(call.copies.get(i));
            KvSection to = section(call.copies.get(i + 1));
            if (from != to) {
                steps.add(from.copyTo(to, call.copies.get(i), call.copies.get(i + 1)));
            }
        }
        for (KvSection section : sections) {
            Runnable own = section.steps(call, newKeys, newValues);
            if (own != null) {
                steps.add(own);
            }
        }
        queue.execute(using(() -> steps.forEach(Runnable::run)));
    }

    /** @throws IllegalArgumentException if another engine made the cache */
    void requireOf(Owner engine) {
        if (owner != engine) {
            throw new IllegalArgumentException(
                    "key belongs to a cache of another engine; use one made by newKvCache of the engine that made the plan");
        }
    }

    /** Work on the cache, whose memory stays until it is done. */
    synchronized Runnable using(Runnable work) {
        if (closed) {
            throw new IllegalStateException("cache is closed");
        }
        users++;
        return () -> {
            try {
                work.run();
            } finally {
                free(-1);
            }
        };
    }

    private synchronized void free(int change) {
        users += change;
        if (closed && users == 0) {
            sections.forEach(KvSection::close);
            sections.clear();
        }
    }

    private KvSection section(int sequence) {
        for (KvSection section : sections) {
            if (section.has(sequence)) {
                return section;
            }
        }
        throw new IllegalStateException("no device has sequence " + sequence);
    }

    @Override
    public synchronized void close() {
        closed = true;
        free(0);
    }
}
