package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.BlockMask;
import io.github.attention4j.BlockMaskPlan;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.ArrayShapes;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.plan.BlockMaskLaunches;
import io.github.attention4j.internal.plan.family.Launch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes block masks with kernels on the device. */
final class ClBlockMaskPlan implements BlockMaskPlan {
    private static final Operand[] OPERANDS = Operand.values();

    private final AttentionSpec spec;
    private final ClContext context;
    private final ClLaunches launches;

    ClBlockMaskPlan(AttentionSpec spec, BlockMaskLaunches all, ClContext context, ProgramCache programs) {
        this.spec = spec;
        this.context = context;
        ByteBuffer params = all.params();
        List<ClLaunches.Running> running = new ArrayList<>();
        int[] operands = new int[OperandTable.count(spec.isBackward())];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = OPERANDS[i] == Operand.BLOCK_MASK ? ClLaunches.NONE : i;
        }
        running.add(running(all.search(), operands, params, programs));
        for (Launch launch : all.tables()) {
            running.add(running(launch, new int[] {Operand.BLOCK_MASK.ordinal()}, params, programs));
        }
        launches = new ClLaunches(context, running.toArray(ClLaunches.Running[]::new), all.scratchBytes());
    }

    private static ClLaunches.Running running(
            Launch launch, int[] arguments, ByteBuffer params, ProgramCache programs) {
        return new ClLaunches.Running(
                programs.get(launch.kernel()), arguments, params, true, launch.globalSize(), launch.localSize());
    }

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public String explain() {
        return "block masks are made by kernels, first " + launches + "\non " + context.device.describe();
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        Shapes.checkMasks(spec, tensors);
        ClTensor[] checked = new ClTensor[OPERANDS.length];
        for (Operand operand : OPERANDS) {
            boolean isWritten = operand == Operand.BLOCK_MASK;
            DeviceTensor tensor = tensors.get(operand);
            if (spec.has(operand) && tensor != null && (isWritten || ArrayShapes.isOfMasks(spec, operand))) {
                checked[operand.ordinal()] =
                        ClTensor.of(operand.label(), tensor, context).allowing(operand.label(), !isWritten, isWritten);
            }
        }
        launches.enqueue(ClStream.of(stream, context), checked);
    }

    /** The mask of arrays that were checked, on a stream that is closed then. */
    BlockMask make(ClStream given, AttentionArrays arrays) {
        ClTensor[] tensors = new ClTensor[OPERANDS.length];
        Failures failures = new Failures();
        try (ClStream stream = given) {
            for (Operand operand : OPERANDS) {
                if (spec.has(operand) && ArrayShapes.isOfMasks(spec, operand)) {
                    tensors[operand.ordinal()] = tensor(operand);
                    tensors[operand.ordinal()].upload(stream, arrays.get(operand), 0);
                }
            }
            ClTensor mask = tensor(Operand.BLOCK_MASK);
            tensors[Operand.BLOCK_MASK.ordinal()] = mask;
            int[] numbers = new int[Math.toIntExact(mask.elements())];
            try (ClEvent event = launches.enqueueWithEvent(stream, tensors)) {
                mask.download(stream, numbers, 0);
                event.await(); // that it could be read does not say that the kernels have run
            }
            return BlockMask.ofArray(spec, numbers);
        } finally {
            for (ClTensor tensor : tensors) {
                if (tensor != null) {
                    failures.close(tensor);
                }
            }
            failures.throwFirst();
        }
    }

    private ClTensor tensor(Operand operand) {
        TensorSpec tensor = spec.operand(operand);
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
