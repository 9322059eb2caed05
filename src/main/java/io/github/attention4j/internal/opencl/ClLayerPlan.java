package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.layers.LayerShapes;
import io.github.attention4j.internal.plan.layers.LayerChoice;
import io.github.attention4j.internal.plan.layers.LayerLaunch;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import java.util.List;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/** A decision for a layer with its compiled kernels: an enqueue sets the arguments and launches. */
final class ClLayerPlan implements LayerPlan {
    private static final LayerOperand[] OPERANDS = LayerOperand.values();

    private final LayerChoice choice;
    private final ClContext context;
    /** The kernels, in the order in which they run. */
    private final Running[] launches;

    /** A launch with its compiled kernel; the launch keeps what {@code params} points to reachable. */
    private record Running(ClProgram program, LayerLaunch launch, Pointer params) {
        /** What messages say of it. */
        @Override
        public String toString() {
            return program.describe(launch.globalSize(), launch.localSize());
        }
    }

    ClLayerPlan(LayerChoice choice, ClContext context, ProgramCache programs) {
        this.choice = choice;
        this.context = context;
        List<LayerLaunch> all = choice.launches();
        launches = new Running[all.size()];
        for (int i = 0; i < launches.length; i++) {
            LayerLaunch launch = all.get(i);
            launches[i] = new Running(programs.get(launch.kernel()), launch, Pointer.to(launch.params()));
        }
    }

    @Override
    public LayerSpec spec() {
        return choice.spec();
    }

    @Override
    public KernelFamily family() {
        return choice.family();
    }

    @Override
    public String explain() {
        return choice.explanation() + "\non " + context.device.describe();
    }

    @Override
    public void enqueue(Stream stream, LayerTensors tensors) {
        ClTensor[] checked = checked(tensors);
        enqueue(ClStream.of(stream, context), null, checked);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, LayerTensors tensors) {
        ClTensor[] checked = checked(tensors);
        ClStream own = ClStream.of(stream, context);
        cl_event[] events = new cl_event[launches.length];
        for (int i = 0; i < events.length; i++) {
            events[i] = new cl_event();
        }
        try {
            enqueue(own, events, checked);
        } catch (RuntimeException | Error e) {
            Release.made(events, this, e);
            throw e;
        }
        return ClEvent.of(events, launches, context);
    }

    private ClTensor[] checked(LayerTensors given) {
        LayerShapes.check(choice.spec(), given);
        boolean accumulates = choice.spec() instanceof LinearSpec linear && linear.accumulates();
        ClTensor[] tensors = new ClTensor[OPERANDS.length];
        for (LayerOperand operand : OPERANDS) {
            DeviceTensor tensor = given.get(operand);
            if (tensor != null) {
                boolean isRead = !operand.isOutput() || accumulates;
                tensors[operand.ordinal()] = ClTensor.of(operand.label(), tensor, context)
                        .allowing(operand.label(), isRead, operand.isOutput());
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
                for (int i = 0; i < launches.length; i++) {
                    if (i > 0) {
                        own.order(queue);
                    }
                    launch(queue, events == null ? null : events[i], launches[i], tensors);
                }
            } finally {
                own.release();
            }
        } finally {
            ClTensor.releaseAll(tensors);
        }
    }

    private static void launch(cl_command_queue queue, cl_event event, Running running, ClTensor[] tensors) {
        ClProgram program = running.program();
        LayerLaunch launch = running.launch();
        List<LayerOperand> operands = launch.operands();
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                for (int i = 0; i < operands.size(); i++) {
                    LayerOperand operand = operands.get(i);
                    Pointer argument = operand == null ? null : tensors[operand.ordinal()].argument();
                    program.setArgument(kernel, i, Sizeof.cl_mem, argument, program);
                }
                program.setArgument(kernel, operands.size(), launch.params().capacity(), running.params(), program);
                program.launch(queue, kernel, launch.globalSize(), launch.localSize(), event);
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
