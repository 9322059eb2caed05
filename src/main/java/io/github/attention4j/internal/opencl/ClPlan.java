package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.CallChecks;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.family.Launch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A decision with its compiled kernel: an enqueue sets the arguments, one for each operand and the params, and
 * launches.
 */
final class ClPlan implements AttentionPlan {
    private static final Operand[] OPERANDS = Operand.values();

    private final AttentionSpec spec;
    private final Choice choice;
    private final ClContext context;
    private final ClLaunches launches;

    ClPlan(Choice choice, ClContext context, ProgramCache programs) {
        this.spec = choice.spec();
        this.choice = choice;
        this.context = context;
        // Kernels have an argument for each operand of the pass, those of backward calls behind the others.
        int[] arguments = new int[OperandTable.count(spec.isBackward())];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i;
        }
        ByteBuffer params = choice.params();
        List<Launch> all = choice.launches();
        ClLaunches.Running[] running = new ClLaunches.Running[all.size()];
        for (int i = 0; i < running.length; i++) { // a loop: see Cl on lambdas
            Launch launch = all.get(i);
            running[i] = new ClLaunches.Running(
                    programs.get(launch.kernel()),
                    arguments,
                    params,
                    launch.takesPartials(),
                    launch.globalSize(),
                    launch.localSize());
        }
        launches = new ClLaunches(context, running, choice.partialBytes());
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
        launches.enqueue(ClStream.of(stream, context), checked);
    }

    @Override
    public void enqueue(Stream stream, List<AttentionTensors> calls) {
        ClStream own = ClStream.of(stream, context);
        CallChecks.check(spec, calls);
        List<ClTensor[]> all = CallChecks.each(calls, this::own);
        List<ClTensor[]> held = new ArrayList<>(all.size());
        try {
            CallChecks.each(
                    all,
                    tensors -> { // all before the first launch: one may have been closed
                        ClTensor.acquireAll(tensors);
                        return held.add(tensors);
                    });
            for (ClTensor[] tensors : held) {
                launches.enqueue(own, tensors);
            }
        } finally {
            for (ClTensor[] tensors : held) {
                ClTensor.releaseAll(tensors);
            }
        }
    }

    @Override
    public ClEvent enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        ClTensor[] checked = checked(tensors);
        return enqueueWithEvent(ClStream.of(stream, context), checked);
    }

    /** Likewise, of tensors that were made for this spec, by operand. */
    ClEvent enqueueWithEvent(ClStream stream, ClTensor[] tensors) {
        return launches.enqueueWithEvent(stream, tensors);
    }

    private ClTensor[] checked(AttentionTensors given) {
        Shapes.check(spec, given);
        return own(given);
    }

    /** The tensors by operand, as those of this engine. */
    private ClTensor[] own(AttentionTensors given) {
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

    /** What messages say of it. */
    @Override
    public String toString() {
        return launches.toString();
    }
}
