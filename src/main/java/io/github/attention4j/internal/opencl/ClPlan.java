package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.family.Launch;
import java.nio.ByteBuffer;
import java.util.List;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/**
 * A decision with its compiled kernel: an enqueue sets the arguments, one for each operand and the params, and
 * launches.
 */
final class ClPlan implements AttentionPlan {
    private static final Operand[] OPERANDS = Operand.values();

    private final AttentionSpec spec;
    private final Choice choice;
    private final ClContext context;
    /** The kernels, in the order in which they run. */
    private final Running[] launches;
    /** Kernels have an argument for each operand of the pass, those of backward calls behind the others. */
    private final int operands;
    /** Of the choice, asked once: an enqueue computes no sizes. */
    private final long partialBytes;

    /** Referred to by {@link #paramsPointer}, which does not keep it reachable on every driver. */
    private final ByteBuffer params;

    private final Pointer paramsPointer;

    /** A launch with its compiled kernel. */
    private record Running(ClProgram program, Launch launch, long[] globalSize, long[] localSize) {
        /** What messages say of it. */
        @Override
        public String toString() {
            return program.describe(globalSize, localSize);
        }
    }

    ClPlan(Choice choice, ClContext context, ProgramCache programs) {
        this.spec = choice.spec();
        this.choice = choice;
        this.context = context;
        this.partialBytes = choice.partialBytes();
        this.operands = OperandTable.count(spec.isBackward());
        this.params = choice.params();
        this.paramsPointer = Pointer.to(params);
        List<Launch> all = choice.launches();
        this.launches = new Running[all.size()];
        for (int i = 0; i < launches.length; i++) { // a loop: see Cl on lambdas
            Launch launch = all.get(i);
            launches[i] = new Running(programs.get(launch.kernel()), launch, launch.globalSize(), launch.localSize());
        }
    }

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public KernelFamily family() {
        return choice.tiles().family();
    }

    @Override
    public String explain() {
        String signals = SignalChaining.protection(context.device);
        return choice.explanation() + "\non " + context.device.describe()
                + (signals.isEmpty() ? "" : "\nsignal handlers: " + signals);
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        ClTensor[] checked = checked(tensors);
        enqueue(ClStream.of(stream, context), null, checked);
    }

    @Override
    public ClEvent enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        ClTensor[] checked = checked(tensors);
        return enqueueWithEvent(ClStream.of(stream, context), checked);
    }

    /** Likewise, of tensors that were made for this spec, by operand. */
    ClEvent enqueueWithEvent(ClStream stream, ClTensor[] tensors) {
        cl_event[] events = new cl_event[launches.length];
        for (int i = 0; i < events.length; i++) {
            events[i] = new cl_event();
        }
        try {
            enqueue(stream, events, tensors);
        } catch (RuntimeException | Error e) {
            Release.made(events, this, e);
            throw e;
        }
        return ClEvent.of(events, launches, context);
    }

    private ClTensor[] checked(AttentionTensors given) {
        Shapes.check(spec, given);
        ClTensor[] tensors = new ClTensor[OPERANDS.length];
        for (Operand operand : OPERANDS) {
            DeviceTensor tensor = given.get(operand);
            if (tensor != null) {
                boolean isOutput = spec.isOutput(operand);
                tensors[operand.ordinal()] = ClTensor.of(operand.label(), tensor, context)
                        .allowing(operand.label(), !isOutput || spec.accumulates(), isOutput);
            }
        }
        return tensors;
    }

    /** {@code events} are those of all kernels in their order, or null. */
    private void enqueue(ClStream own, cl_event[] events, ClTensor[] tensors) {
        ClTensor.acquireAll(tensors);
        try {
            cl_command_queue queue = own.begin();
            try {
                if (partialBytes == 0) {
                    launchAll(own, queue, events, tensors, null);
                } else {
                    launchParts(own, queue, events, tensors);
                }
            } finally {
                own.release();
            }
        } finally {
            ClTensor.releaseAll(tensors);
        }
    }

    private void launchParts(ClStream stream, cl_command_queue queue, cl_event[] events, ClTensor[] tensors) {
        synchronized (stream.handover) {
            ClTensor partial = stream.scratch(partialBytes);
            partial.acquire();
            try {
                launchAll(stream, queue, events, tensors, partial);
            } finally {
                partial.release();
            }
        }
    }

    private void launchAll(
            ClStream stream, cl_command_queue queue, cl_event[] events, ClTensor[] tensors, ClTensor partial) {
        for (int i = 0; i < launches.length; i++) {
            if (i > 0) {
                stream.order(queue);
            }
            launch(queue, events == null ? null : events[i], launches[i], tensors, partial);
        }
    }

    /** {@code partial} is the last argument of kernels that may share keys out; null where nothing is handed over. */
    private void launch(cl_command_queue queue, cl_event event, Running running, ClTensor[] tensors, ClTensor partial) {
        ClProgram program = running.program();
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                for (int i = 0; i < operands; i++) {
                    program.setArgument(
                            kernel, i, Sizeof.cl_mem, tensors[i] == null ? null : tensors[i].argument(), program);
                }
                program.setArgument(kernel, operands, params.capacity(), paramsPointer, program);
                if (running.launch().takesPartials()) {
                    program.setArgument(
                            kernel, operands + 1, Sizeof.cl_mem, partial == null ? null : partial.argument(), program);
                }
                program.launch(queue, kernel, running.globalSize(), running.localSize(), event);
            }
        } finally {
            program.release();
        }
    }

    /** What messages say of it. */
    @Override
    public String toString() {
        return launches[0].toString();
    }
}
