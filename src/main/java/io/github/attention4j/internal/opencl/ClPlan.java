package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.plan.Heuristics;
import io.github.attention4j.internal.plan.KernelOptions;
import io.github.attention4j.internal.plan.Planner;
import java.nio.ByteBuffer;
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

    /** Referred to by {@link #paramsPointer}, which does not keep it reachable on every driver. */
    private final ByteBuffer params;

    private final Pointer paramsPointer;

    /** A kernel with its sizes. */
    private record Launch(ClProgram program, long[] globalSize, long[] localSize) {
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
                        programs.get(KernelOptions.combine(spec, context.device)),
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
        return choice.explanation() + "\non " + context.device.describe();
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        enqueue(stream, null, null, tensors);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        cl_event first = combine == null ? null : new cl_event();
        cl_event event = new cl_event();
        try {
            enqueue(stream, first, event, tensors);
        } catch (RuntimeException | Error e) {
            ClEvent.drop(first, this, e);
            ClEvent.drop(event, this, e);
            throw e;
        }
        return ClEvent.of(first, event, toString(), context);
    }

    /** {@code first} is that of the first of two kernels. */
    private void enqueue(Stream stream, cl_event first, cl_event event, AttentionTensors given) {
        Shapes.check(spec, given);
        ClTensor[] tensors = new ClTensor[OPERANDS.length];
        for (Operand operand : OPERANDS) {
            DeviceTensor tensor = given.get(operand);
            tensors[operand.ordinal()] = tensor == null ? null : ClTensor.of(operand.label(), tensor, context);
        }
        ClStream own = ClStream.of(stream, context);
        ClTensor.acquireAll(tensors);
        try {
            cl_command_queue queue = own.acquire();
            try {
                if (scores != null) {
                    launch(queue, null, scores, tensors, null);
                }
                if (combine == null) {
                    launch(queue, event, forward, tensors, null);
                } else {
                    launchParts(own, queue, first, event, tensors);
                }
            } finally {
                own.release();
            }
        } finally {
            ClTensor.releaseAll(tensors);
        }
    }

    private void launchParts(
            ClStream stream, cl_command_queue queue, cl_event first, cl_event event, ClTensor[] tensors) {
        synchronized (stream.handover) {
            ClTensor partial = stream.scratch(choice.split().partialBytes(spec));
            partial.acquire();
            try {
                launch(queue, first, forward, tensors, partial);
                launch(queue, event, combine, tensors, partial);
            } finally {
                partial.release();
            }
        }
    }

    /** {@code partial} is the last argument of the kernels of DECODE; null where nothing is handed over. */
    private void launch(cl_command_queue queue, cl_event event, Launch launch, ClTensor[] tensors, ClTensor partial) {
        ClProgram program = launch.program();
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                for (int i = 0; i < tensors.length; i++) {
                    program.setArgument(
                            kernel, i, Sizeof.cl_mem, tensors[i] == null ? null : tensors[i].argument());
                }
                program.setArgument(kernel, tensors.length, KernelParams.BYTES, paramsPointer);
                if (launch != scores && family() == KernelFamily.DECODE) {
                    program.setArgument(
                            kernel, tensors.length + 1, Sizeof.cl_mem, partial == null ? null : partial.argument());
                }
                Cl.launch(queue, kernel, launch.globalSize(), launch.localSize(), event, program);
            }
        } finally {
            program.release();
        }
    }

    /** What messages say of it. */
    @Override
    public String toString() {
        return forward.program() + Cl.sizes(forward.globalSize(), forward.localSize());
    }
}
