package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.split.Part;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Attention on host arrays. Each running call has a stream and buffers to itself, those of the last shape computed on
 * them, so that a loop over one shape allocates nothing on the device. A few idle ones are pooled.
 */
final class HostCalls {
    private static final int KEPT = 4;
    private static final Operand[] OPERANDS = Operand.values();

    private final ClContext context;
    private final Optional<ClStream> callersQueue;
    private final ConcurrentLinkedQueue<PooledStream> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idleCount = new AtomicInteger();

    /** @param callersQueue the queue all calls go to, or empty for a queue of our own for each call that runs */
    HostCalls(ClContext context, Optional<ClStream> callersQueue) {
        this.context = context;
        this.callersQueue = callersQueue;
    }

    /** Computes one part of a call on slices of the caller's arrays. */
    void run(ClPlan plan, Part part, AttentionArrays arrays) {
        PooledStream pooled = idle.poll();
        if (pooled == null) {
            pooled = new PooledStream(
                    callersQueue.isPresent() ? callersQueue.get().share() : ClStream.make("engine", context));
        } else {
            idleCount.decrementAndGet();
        }
        try {
            pooled.run(plan, part, arrays);
        } catch (RuntimeException | Error e) {
            Failures.closeAfter(e, pooled::close);
            throw e;
        }
        if (idleCount.incrementAndGet() <= KEPT) {
            idle.add(pooled);
        } else {
            idleCount.decrementAndGet();
            pooled.close();
        }
    }

    /** A stream, and the tensors of the last call on it. */
    private final class PooledStream {
        private final ClStream stream;
        /**
         * The last call's spec, and which of its operands share a tensor because they came in one array; null before
         * the first.
         */
        private AttentionSpec spec;

        private EnumSet<Operand> shared;
        private final ClTensor[] tensors = new ClTensor[OPERANDS.length];

        PooledStream(ClStream stream) {
            this.stream = stream;
        }

        void run(ClPlan plan, Part part, AttentionArrays arrays) {
            EnumSet<Operand> sharing = sharing(part.spec(), arrays);
            if (!part.spec().equals(spec) || !sharing.equals(shared)) {
                prepare(part.spec(), sharing);
            }
            for (Operand operand : OPERANDS) {
                ClTensor tensor = tensors[operand.ordinal()];
                if (tensor == null) {
                    continue;
                }
                // What lies between the elements of an output goes to the device and back.
                if (!shared.contains(operand) && (!operand.isOutput() || hasGaps(operand))) {
                    tensor.upload(stream, part.array(arrays, operand), part.offset(arrays, operand));
                }
            }
            try (ClEvent event = plan.enqueueWithEvent(stream, tensors)) {
                for (Operand operand : OPERANDS) {
                    if (operand.isOutput() && tensors[operand.ordinal()] != null) {
                        tensors[operand.ordinal()].download(
                                stream, part.array(arrays, operand), part.offset(arrays, operand));
                    }
                }
                event.await(); // that the outputs could be read does not say that the kernels have run
            }
        }

        private void prepare(AttentionSpec wanted, EnumSet<Operand> sharing) {
            freeTensors();
            for (Operand operand : OPERANDS) {
                if (wanted.has(operand)) {
                    tensors[operand.ordinal()] = sharing.contains(operand)
                            ? tensors[Operand.QUERY.ordinal()]
                            : tensor(extent(wanted, operand, sharing));
                }
            }
            spec = wanted;
            shared = sharing;
        }

        /**
         * Whether the call leaves elements of an output's array alone: between its rows, or between the entries of a
         * ragged batch.
         */
        private boolean hasGaps(Operand output) {
            TensorSpec tensor = spec.operand(output);
            return tensor.elements() != tensor.extent() || spec.has(Operand.QUERY_OFFSETS);
        }

        private void freeTensors() {
            spec = null;
            Failures failures = new Failures();
            for (int i = 0; i < tensors.length; i++) {
                if (tensors[i] != null) {
                    failures.close(tensors[i]); // more than once where tensors are shared, which is harmless
                    tensors[i] = null;
                }
            }
            failures.throwFirst();
        }

        void close() {
            Failures failures = new Failures();
            failures.close(this::freeTensors);
            failures.close(stream);
            failures.throwFirst();
        }
    }

    /** Key and value if they come in the same array as the query: packed projections, which are copied once. */
    private static EnumSet<Operand> sharing(AttentionSpec spec, AttentionArrays arrays) {
        Object query = arrays.get(Operand.QUERY);
        EnumSet<Operand> sharing = EnumSet.noneOf(Operand.class);
        for (Operand operand : new Operand[] {Operand.KEY, Operand.VALUE}) {
            if (arrays.get(operand) == query
                    && spec.operand(operand).dtype()
                            == spec.operand(Operand.QUERY).dtype()) {
                sharing.add(operand);
            }
        }
        return sharing;
    }

    /**
     * The operand's tensor as it lies in memory, from the first element of its array on; the query's with what shares
     * it.
     */
    private static TensorSpec extent(AttentionSpec spec, Operand operand, EnumSet<Operand> sharing) {
        TensorSpec tensor = spec.operand(operand);
        for (Operand other : OPERANDS) {
            if (operand == Operand.QUERY && sharing.contains(other)) {
                TensorSpec sharer = spec.operand(other);
                tensor = sharer.extent() > tensor.extent() ? sharer : tensor;
            }
        }
        return tensor;
    }

    /** Room for the array of an operand, which has at most as many elements as an int counts. */
    private ClTensor tensor(TensorSpec tensor) {
        return tensor.isDense()
                ? ClTensor.make(
                        "engine",
                        context,
                        tensor.dtype(),
                        tensor.batch(),
                        tensor.heads(),
                        tensor.rows(),
                        tensor.rowUnits())
                : ClTensor.make("engine", context, tensor.dtype(), 1, 1, 1, (int) tensor.extent());
    }
}
