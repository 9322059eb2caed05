package io.github.attention4j.machines;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.Problem;
import java.util.Arrays;
import java.util.List;

/** A call over all OpenCL devices of this machine, whose bits must be those of one device. */
final class ShareOut {
    private ShareOut() {}

    public static void main(String[] arguments) {
        List<String> devices = AttentionEngine.devices().stream()
                .filter(device -> device.type() != Device.Type.JAVA)
                .map(Device::id)
                .toList();
        for (AttentionSpec spec : List.of(
                AttentionSpec.builder()
                        .heads(6)
                        .sequenceLength(200)
                        .headDim(32)
                        .causal()
                        .build(),
                AttentionSpec.builder()
                        .batch(5)
                        .heads(2)
                        .sequenceLength(90)
                        .headDim(16)
                        .build())) {
            Problem problem = Problem.of(spec);
            try (AttentionEngine one = AttentionEngine.open(devices.get(0));
                    AttentionEngine all = AttentionEngine.open(devices)) {
                float[] expected = attend(one, problem);
                float[] found = attend(all, problem);
                System.out.println(all.plan(spec).explain());
                System.out.println(devices.size() + " devices, "
                        + (Arrays.equals(expected, found) ? "the same bits" : "other bits"));
            }
        }
    }

    private static float[] attend(AttentionEngine engine, Problem problem) {
        float[] out = new float[(int) problem.spec().outElements()];
        AttentionArrays arrays = problem.inputs().with(Operand.OUT, out);
        engine.attend(problem.spec(), arrays);
        return out;
    }
}
