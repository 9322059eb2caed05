package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Half;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.plan.layers.LayerChoice;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LayerTensors;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A small call of one kernel of a layer, with its tiles. Inputs and products are exact in every type. */
final class SmallLayer {
    private static final LayerOperand[] OPERANDS = LayerOperand.values();
    /** Sums are exact; what is made of them is off by less than this, in every kernel. */
    private static final double ALLOWED = 1e-5;

    private final LayerChoice choice;
    private final LayerSpec spec;

    /** @param launch number of the kernel among those of the choice */
    SmallLayer(LayerChoice like, int launch) {
        spec = SmallSpecs.of(like.spec());
        choice = like.like(spec, launch);
    }

    /** What makes tensors. */
    private interface Memory {
        DeviceTensor make(TensorSpec tensor);
    }

    /** What is wrong with the answers of the kernel, or null if nothing is. */
    String problem(ClContext context, ProgramCache programs, JavaSide java) {
        try (Backend reference = java.open("reference");
                Stream ofReference = reference.newStream();
                ClStream stream = ClStream.make(context)) {
            Map<LayerOperand, Object> exact = run(
                    reference.plan(spec),
                    ofReference,
                    t -> reference.allocate(t.dtype(), t.batch(), t.heads(), t.rows(), t.rowUnits()));
            Map<LayerOperand, Object> answers = run(
                    new ClLayerPlan(choice, context, programs),
                    stream,
                    t -> ClTensor.make(context, null, t.dtype(), t.batch(), t.heads(), t.rows(), t.rowUnits()));
            List<LayerOperand> arguments = choice.launches().get(0).operands();
            for (LayerOperand output : exact.keySet()) {
                String problem =
                        arguments.contains(output) ? compare(output, answers.get(output), exact.get(output)) : null;
                if (problem != null) {
                    return problem;
                }
            }
            return null;
        }
    }

    /** The arrays of the outputs. */
    private Map<LayerOperand, Object> run(LayerPlan plan, Stream stream, Memory memory) {
        Map<LayerOperand, DeviceTensor> tensors = new EnumMap<>(LayerOperand.class);
        Map<LayerOperand, Object> outputs = new EnumMap<>(LayerOperand.class);
        LayerTensors call = new LayerTensors();
        try {
            for (LayerOperand operand : OPERANDS) {
                if (spec.has(operand)) {
                    DeviceTensor tensor = memory.make(spec.operand(operand));
                    tensors.put(operand, tensor);
                    tensor.upload(stream, array(operand), 0);
                    call.with(operand, tensor);
                }
            }
            plan.enqueue(stream, call);
            for (Map.Entry<LayerOperand, DeviceTensor> made : tensors.entrySet()) {
                if (made.getKey().isOutput()) {
                    Object array = array(made.getKey());
                    made.getValue().download(stream, array, 0);
                    outputs.put(made.getKey(), array);
                }
            }
        } finally {
            for (DeviceTensor tensor : tensors.values()) {
                tensor.close();
            }
        }
        return outputs;
    }

    private String compare(LayerOperand output, Object array, Object exact) {
        TensorSpec tensor = spec.operand(output);
        double step = tensor.dtype() == DType.BF16 ? 0x1p-7 : tensor.dtype() == DType.F16 ? 0x1p-10 : 0;
        for (int i = 0; i < tensor.elements(); i++) {
            float is = number(array, tensor.dtype(), i);
            float should = number(exact, tensor.dtype(), i);
            double error = Math.abs(is - (double) should);
            if (!(error <= ALLOWED * Math.max(1, Math.abs(should)) + step * Math.abs(should))) {
                return output.label() + " of " + spec + " is " + is + " at [row " + i / tensor.columns() + ", column "
                        + i % tensor.columns() + "], but should be " + should;
            }
        }
        return null;
    }

    /** Numbers that every type holds exactly; outputs hold them too, to which gradients may be added. */
    private Object array(LayerOperand operand) {
        SplittableRandom random = new SplittableRandom(operand.ordinal() + 1);
        TensorSpec tensor = spec.operand(operand);
        int count = (int) tensor.elements();
        return switch (tensor.dtype()) {
            case F32 -> {
                float[] all = new float[count];
                for (int i = 0; i < count; i++) {
                    all[i] = operand == LayerOperand.WEIGHT_SCALES ? 1 / 64f : sixteenths(random);
                }
                yield all;
            }
            case F16, BF16 -> {
                short[] all = new short[count];
                for (int i = 0; i < count; i++) {
                    float number = sixteenths(random);
                    all[i] = tensor.dtype() == DType.F16 ? Half.toF16(number) : Half.toBf16(number);
                }
                yield all;
            }
            case I32 -> {
                int[] all = new int[count];
                for (int i = 0; i < count; i++) {
                    all[i] = operand == LayerOperand.OFFSETS ? SmallSpecs.offset(i) : random.nextInt(SmallSpecs.TABLE);
                }
                yield all;
            }
            default -> {
                byte[] all = new byte[count];
                random.nextBytes(all);
                yield all;
            }
        };
    }

    private static float sixteenths(SplittableRandom random) {
        return random.nextInt(-16, 17) / 16f;
    }

    private static float number(Object array, DType type, int i) {
        return switch (type) {
            case F16 -> Half.fromF16(((short[]) array)[i]);
            case BF16 -> Half.fromBf16(((short[]) array)[i]);
            default -> ((float[]) array)[i];
        };
    }
}
