package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.HeadSplit;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jocl.cl_command_queue;

/**
 * Attention on host arrays. Each running call has a desk of its own: a stream and the tensors of the last shape computed on it, so that a loop over
 * one shape allocates nothing on the device. A few idle desks are kept.
 */
final class HostCalls {
    private static final int KEPT = 4;

    private final ClContext context;
    private final Optional<cl_command_queue> callersQueue;
    private final ConcurrentLinkedQueue<Desk> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idleCount = new AtomicInteger();

    /** @param callersQueue the queue all calls go to, or empty for a queue of our own for each desk */
    HostCalls(ClContext context, Optional<cl_command_queue> callersQueue) {
        this.context = context;
        this.callersQueue = callersQueue;
    }

    /** Computes one part of a call on slices of the caller's arrays; {@code lse} may be null. */
    void run(ClPlan plan, HeadSplit.Part part, AttentionArrays arrays) {
        Desk desk = idle.poll();
        if (desk == null) {
            desk = new Desk(
                    callersQueue.isPresent() ? ClStream.share(context, callersQueue.get()) : ClStream.make(context));
        } else {
            idleCount.decrementAndGet();
        }
        boolean done = false;
        try {
            desk.run(plan, part, arrays);
            done = true;
        } finally {
            if (done && idleCount.incrementAndGet() <= KEPT) {
                idle.add(desk);
            } else {
                if (done) {
                    idleCount.decrementAndGet();
                }
                desk.close();
            }
        }
    }

    private final class Desk {
        private final ClStream stream;
        private AttentionSpec shape;
        private ClTensor query;
        private ClTensor key;
        private ClTensor value;
        private ClTensor out;
        private ClTensor lse;

        Desk(ClStream stream) {
            this.stream = stream;
        }

        void run(ClPlan plan, HeadSplit.Part part, AttentionArrays arrays) {
            AttentionSpec spec = part.spec();
            if (!spec.equals(shape)) {
                prepare(spec);
            }
            int queryHead = spec.queryLength();
            query.upload(stream, arrays.get(Operand.QUERY), at(part.firstHead(), queryHead, spec.headDim()));
            key.upload(stream, arrays.get(Operand.KEY), at(part.firstKvHead(), spec.keyLength(), spec.headDim()));
            value.upload(stream, arrays.get(Operand.VALUE), at(part.firstKvHead(), spec.keyLength(), spec.valueDim()));
            plan.enqueue(stream, query, key, value, out, lse);
            out.download(stream, arrays.get(Operand.OUT), at(part.firstHead(), queryHead, spec.valueDim()));
            if (lse != null) {
                lse.download(stream, arrays.get(Operand.LSE), at(part.firstHead(), queryHead, 1));
            }
        }

        private void prepare(AttentionSpec spec) {
            freeTensors();
            query = tensor(spec.batch(), spec.heads(), spec.queryLength(), spec.headDim());
            key = tensor(spec.batch(), spec.kvHeads(), spec.keyLength(), spec.headDim());
            value = tensor(spec.batch(), spec.kvHeads(), spec.keyLength(), spec.valueDim());
            out = tensor(spec.batch(), spec.heads(), spec.queryLength(), spec.valueDim());
            lse = spec.returnLse() ? tensor(spec.batch(), spec.heads(), spec.queryLength(), 1) : null;
            shape = spec;
        }

        private ClTensor tensor(int batch, int heads, int rows, int columns) {
            return ClTensor.make(context, null, DType.F32, batch, heads, rows, columns);
        }

        private int at(long head, int rows, int columns) {
            return Math.toIntExact(head * rows * columns);
        }

        private void freeTensors() {
            shape = null;
            for (ClTensor tensor : new ClTensor[] {query, key, value, out, lse}) {
                if (tensor != null) {
                    tensor.close();
                }
            }
            query = key = value = out = lse = null;
        }

        void close() {
            freeTensors();
            stream.close();
        }
    }
}
