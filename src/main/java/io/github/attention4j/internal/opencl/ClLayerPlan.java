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

/** A decision for a layer with its compiled kernels: an enqueue sets the arguments and launches. */
final class ClLayerPlan implements LayerPlan {
    private static final LayerOperand[] OPERANDS = LayerOperand.values();

    private final LayerChoice choice;
    private final ClContext context;
    private final ClLaunches launches;

    ClLayerPlan(LayerChoice choice, ClContext context, ProgramCache programs) {
        this.choice = choice;
        this.context = context;
        List<LayerLaunch> all = choice.launches();
        ClLaunches.Running[] running = new ClLaunches.Running[all.size()];
        for (int i = 0; i < running.length; i++) {
            LayerLaunch launch = all.get(i);
            running[i] = new ClLaunches.Running(
                    programs.get(launch.kernel()),
                    arguments(launch.operands()),
                    launch.params(),
                    false,
                    launch.globalSize(),
                    launch.localSize());
        }
        launches = new ClLaunches(context, running, 0);
    }

    private static int[] arguments(List<LayerOperand> operands) {
        int[] arguments = new int[operands.size()];
        for (int i = 0; i < arguments.length; i++) {
            LayerOperand operand = operands.get(i);
            arguments[i] = operand == null ? ClLaunches.NONE : operand.ordinal();
        }
        return arguments;
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
        launches.enqueue(ClStream.of(stream, context), checked);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, LayerTensors tensors) {
        ClTensor[] checked = checked(tensors);
        return launches.enqueueWithEvent(ClStream.of(stream, context), checked);
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
}
