package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.ArrayShapes;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.internal.split.Stack;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jocl.cl_command_queue;

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

    /** A stream for one call. */
    ClStream stream() {
        return callersQueue.isPresent() ? callersQueue.get().share() : ClStream.make("engine", context);
    }

    /**
     * Computes one part of a call on slices of the caller's arrays, or several calls stacked.
     *
     * @param plan of all of them together
     * @param part of each call
     */
    void run(ClPlan plan, Part part, List<AttentionArrays> calls) {
        PooledStream pooled = idle.poll();
        if (pooled == null) {
            pooled = new PooledStream(stream());
        } else {
            idleCount.decrementAndGet();
        }
        try {
            pooled.run(plan, part, calls);
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

    /** A stream, and the tensors of the last calls on it. */
    private final class PooledStream {
        private final ClStream stream;
        /** That of one of the last calls, or null before the first. */
        private AttentionSpec spec;
        /** How many calls the tensors have room for: those of fewer are their beginning. */
        private int room;
        /** For each operand the first that came in the same array, itself where it came alone. */
        private int[] leaders;

        private final ClTensor[] tensors = new ClTensor[OPERANDS.length];
        /** Elements that a tensor has of each call. */
        private final long[] sizes = new long[OPERANDS.length];

        PooledStream(ClStream stream) {
            this.stream = stream;
        }

        void run(ClPlan plan, Part part, List<AttentionArrays> calls) {
            int[] sharing = leaders(plan, part, calls);
            if (!part.spec().equals(spec) || room < calls.size() || !Arrays.equals(leaders, sharing)) {
                prepare(part.spec(), plan.spec(), calls.size(), sharing);
            }
            // Held until the kernels have run, for the engine may be closed meanwhile: shared memory goes with its last
            // user, whether a kernel uses it or not.
            cl_command_queue queue = stream.acquire();
            try {
                ClTensor.acquireAll(tensors);
                try {
                    compute(plan, part, calls);
                } catch (RuntimeException | Error e) {
                    Failures.closeAfter(e, () -> Cl.finish(queue, context.device.name()));
                    throw e;
                } finally {
                    ClTensor.releaseAll(tensors);
                }
            } finally {
                stream.release();
            }
        }

        private void compute(ClPlan plan, Part part, List<AttentionArrays> calls) {
            for (int i = 0; i < OPERANDS.length; i++) {
                if (tensors[i] != null && leaders[i] == i && isUploaded(OPERANDS[i])) {
                    boolean isOfAll = calls.size() > 1 && Stack.isShared(spec, plan.spec(), OPERANDS[i]);
                    transfer(i, part, isOfAll ? calls.subList(0, 1) : calls, true);
                }
            }
            try (ClEvent event = plan.enqueueWithEvent(stream, tensors)) {
                fetch(part, calls, false);
                event.await(); // that the outputs could be read does not say that the kernels have run
                fetch(part, calls, true);
            }
        }

        /** Fills the outputs' arrays, from shared memory or from that which is not. */
        private void fetch(Part part, List<AttentionArrays> calls, boolean isShared) {
            for (int i = 0; i < OPERANDS.length; i++) {
                if (leaders[i] == i && spec.isOutput(OPERANDS[i]) && tensors[i].isShared() == isShared) {
                    transfer(i, part, calls, false);
                }
            }
        }

        /** Copies an operand's arrays into its tensor, where they lie one behind the other, or back. */
        private void transfer(int operand, Part part, List<AttentionArrays> calls, boolean toDevice) {
            ClTensor tensor = tensors[operand];
            long size = sizes[operand];
            for (int call = 0; call < calls.size(); call++) {
                Object array = part.array(calls.get(call), OPERANDS[operand]);
                int offset = part.offset(calls.get(call), OPERANDS[operand]);
                if (tensor.isShared() && toDevice) {
                    tensor.put(array, offset, call * size, size);
                } else if (tensor.isShared()) {
                    tensor.get(array, offset, call * size, size);
                } else if (toDevice) {
                    tensor.upload(stream, array, offset, call * size, size);
                } else {
                    tensor.download(stream, array, offset, call * size, size);
                }
            }
        }

        private void prepare(AttentionSpec one, AttentionSpec all, int calls, int[] sharing) {
            freeTensors();
            for (int i = 0; i < OPERANDS.length; i++) {
                if (one.has(OPERANDS[i])) {
                    tensors[i] = sharing[i] == i ? tensor(longest(all, i, sharing)) : tensors[sharing[i]];
                    sizes[i] = longest(one, i, sharing).extent();
                }
            }
            spec = one;
            room = calls;
            leaders = sharing;
        }

        /** What of an output's array is not written, or is added to, goes to the device and back. */
        private boolean isUploaded(Operand operand) {
            return !spec.isOutput(operand) || spec.accumulates() || hasGaps(operand);
        }

        /**
         * Whether the call leaves elements of an output's array alone: between its rows, or between the entries of a
         * ragged batch.
         */
        private boolean hasGaps(Operand output) {
            TensorSpec tensor = spec.operand(output);
            return tensor.elements() != tensor.extent()
                    || spec.has(Operand.QUERY_OFFSETS)
                    || spec.has(Operand.KEY_OFFSETS);
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

    /**
     * Which operands come in the same array, as packed projections and their gradients do: it goes to the device and
     * back once.
     */
    private static int[] leaders(Part part, AttentionArrays arrays) {
        AttentionSpec spec = part.spec();
        int[] leaders = new int[OPERANDS.length];
        for (int i = 0; i < leaders.length; i++) {
            leaders[i] = i;
            for (int first = 0; first < i && leaders[i] == i && spec.has(OPERANDS[i]); first++) {
                if (spec.has(OPERANDS[first])
                        && part.offset(arrays, OPERANDS[first]) == part.offset(arrays, OPERANDS[i])
                        && spec.operand(OPERANDS[first]).dtype()
                                == spec.operand(OPERANDS[i]).dtype()
                        && ArrayShapes.isSame(arrays.get(OPERANDS[first]), arrays.get(OPERANDS[i]))) {
                    leaders[i] = first;
                }
            }
        }
        return leaders;
    }

    /** Likewise, in each of several calls. */
    private static int[] leaders(ClPlan plan, Part part, List<AttentionArrays> calls) {
        int[] leaders = leaders(part, calls.get(0));
        for (int i = 0; i < leaders.length && calls.size() > 1; i++) {
            if (leaders[i] != i && !areSame(leaders[i], i, plan.spec(), part.spec(), calls)) {
                leaders[i] = i;
            }
        }
        return leaders;
    }

    private static boolean areSame(
            int leader, int operand, AttentionSpec all, AttentionSpec one, List<AttentionArrays> calls) {
        boolean areSame = Stack.isShared(one, all, OPERANDS[leader]) == Stack.isShared(one, all, OPERANDS[operand]);
        for (int call = 1; call < calls.size() && areSame; call++) {
            AttentionArrays arrays = calls.get(call);
            areSame = ArrayShapes.isSame(arrays.get(OPERANDS[leader]), arrays.get(OPERANDS[operand]));
        }
        return areSame;
    }

    /** Of the operands in one array, the tensor that ends last. */
    private static TensorSpec longest(AttentionSpec spec, int leader, int[] leaders) {
        TensorSpec longest = spec.operand(OPERANDS[leader]);
        for (int i = 0; i < leaders.length; i++) {
            if (leaders[i] == leader && spec.has(OPERANDS[i])) {
                TensorSpec tensor = spec.operand(OPERANDS[i]);
                longest = tensor.extent() > longest.extent() ? tensor : longest;
            }
        }
        return longest;
    }

    /** Room for the array of an operand, which has at most as many elements as an int counts. */
    private ClTensor tensor(TensorSpec tensor) {
        return tensor.isDense()
                ? ClTensor.makeShared(
                        "engine",
                        context,
                        tensor.dtype(),
                        tensor.batch(),
                        tensor.heads(),
                        tensor.rows(),
                        tensor.rowUnits())
                : ClTensor.makeShared("engine", context, tensor.dtype(), 1, 1, 1, (int) tensor.extent());
    }
}
