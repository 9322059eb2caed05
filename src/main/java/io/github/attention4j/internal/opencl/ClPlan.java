package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.plan.Heuristics;
import io.github.attention4j.internal.plan.KernelOptions;
import io.github.attention4j.internal.plan.Planner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/** A decision with its compiled kernel: an enqueue sets the arguments, one for each operand and the params, and launches. */
final class ClPlan implements AttentionPlan {
    private static final Operand[] OPERANDS = Operand.values();

    private final AttentionSpec spec;
    private final Planner.Choice choice;
    private final ClContext context;
    private final Launch forward;
    /** Writes the score matrix; null when it is not asked for. */
    private final Launch scores;
    /** Joins the shares of keys that {@link #forward} wrote partial results about; null when there is but one. */
    private final Launch combine;

    /** Those of the three that there are, in the order in which they run. */
    private final Launch[] launches;

    /** Referred to by {@link #paramsPointer}, which does not keep it reachable on every driver. */
    private final ByteBuffer params;

    private final Pointer paramsPointer;

    /** A kernel with its sizes. */
    private record Launch(ClProgram program, long[] globalSize, long[] localSize) {
        /** What messages say of it. */
        @Override
        public String toString() {
            return program.describe(globalSize, localSize);
        }

        static Launch of(ClProgram program, AttentionSpec spec, long groups, int items) {
            return of(program, groups, items, spec.heads(), spec.batch());
        }

        static Launch of(ClProgram program, long groups, int items, long heads, int batch) {
            long[] globalSize = {groups * items, heads, batch};
            return new Launch(program, globalSize, new long[] {items, 1, 1});
        }
    }

    ClPlan(AttentionSpec spec, Planner.Choice choice, ClContext context, ProgramCache programs) {
        this.spec = spec;
        this.choice = choice;
        this.context = context;
        boolean headsTakeTurns = Heuristics.headsTakeTurns(spec, choice.tiles());
        this.params = KernelParams.of(spec, choice.groupQueries(), headsTakeTurns, choice.split());
        this.paramsPointer = Pointer.to(params);
        // A group of DECODE has rows of all heads that read one key/value head, and a share of the keys.
        boolean decode = family() == KernelFamily.DECODE;
        long rows = (long) spec.queryLength() * (decode ? spec.groupSize() : 1);
        long groups = (rows + choice.groupQueries() - 1L)
                / choice.groupQueries()
                * choice.split().splits();
        this.forward = Launch.of(
                programs.get(choice.options()),
                headsTakeTurns ? spec.heads() : groups,
                choice.tiles().workItems(),
                headsTakeTurns ? groups : decode ? spec.kvHeads() : spec.heads(),
                spec.batch());
        this.combine = choice.split().isWhole()
                ? null
                : Launch.of(
                        programs.get(KernelOptions.combine(spec, family(), context.device)),
                        spec,
                        spec.queryLength(),
                        KernelOptions.combineItems(context.device));
        this.scores = spec.scoreStage() == null
                ? null
                : Launch.of(
                        programs.get(KernelOptions.scores(spec, family(), context.device)),
                        spec,
                        spec.queryLength(),
                        KernelOptions.scoreItems(family(), context.device));
        List<Launch> all = new ArrayList<>(); // a loop: see Cl on lambdas
        for (Launch launch : new Launch[] {scores, forward, combine}) {
            if (launch != null) {
                all.add(launch);
            }
        }
        this.launches = all.toArray(new Launch[0]);
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
            tensors[operand.ordinal()] = tensor == null ? null : ClTensor.of(operand.label(), tensor, context);
        }
        return tensors;
    }

    /** {@code events} are those of all kernels in their order, or null. */
    private void enqueue(ClStream own, cl_event[] events, ClTensor[] tensors) {
        ClTensor.acquireAll(tensors);
        try {
            cl_command_queue queue = own.acquire();
            try {
                if (scores != null) {
                    launch(queue, events, scores, tensors, null);
                }
                if (combine == null) {
                    launch(queue, events, forward, tensors, null);
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
            ClTensor partial = stream.scratch(choice.split().partialBytes(spec));
            partial.acquire();
            try {
                launch(queue, events, forward, tensors, partial);
                launch(queue, events, combine, tensors, partial);
            } finally {
                partial.release();
            }
        }
    }

    /** {@code partial} is the last argument of kernels that may share keys out; null where nothing is handed over. */
    private void launch(
            cl_command_queue queue, cl_event[] events, Launch launch, ClTensor[] tensors, ClTensor partial) {
        ClProgram program = launch.program();
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                for (int i = 0; i < tensors.length; i++) {
                    program.setArgument(
                            kernel, i, Sizeof.cl_mem, tensors[i] == null ? null : tensors[i].argument(), program);
                }
                program.setArgument(kernel, tensors.length, KernelParams.BYTES, paramsPointer, program);
                if (launch != scores && (combine != null || family() == KernelFamily.DECODE)) {
                    program.setArgument(
                            kernel,
                            tensors.length + 1,
                            Sizeof.cl_mem,
                            partial == null ? null : partial.argument(),
                            program);
                }
                program.launch(queue, kernel, launch.globalSize(), launch.localSize(), event(events, launch));
            }
        } finally {
            program.release();
        }
    }

    private cl_event event(cl_event[] events, Launch launch) {
        if (events != null) {
            for (int i = 0; i < launches.length; i++) {
                if (launches[i] == launch) {
                    return events[i];
                }
            }
        }
        return null;
    }

    /** What messages say of it. */
    @Override
    public String toString() {
        return forward.toString();
    }
}
