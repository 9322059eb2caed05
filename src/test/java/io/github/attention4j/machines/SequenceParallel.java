package io.github.attention4j.machines;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.List;

/** One head's sequence over two, three and four OpenCL devices of this machine, forward and backward. */
final class SequenceParallel {
    private SequenceParallel() {}

    public static void main(String[] arguments) {
        List<String> devices = AttentionEngine.devices().stream()
                .filter(device -> device.type() != Device.Type.JAVA)
                .map(Device::id)
                .toList();
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .sequenceLength(770)
                .headDim(16)
                .causal()
                .returnLse()
                .build();
        Problem problem = Problem.of(spec);
        GradientProblem gradients =
                new GradientProblem(problem, spec.backward(Operand.QUERY, Operand.KEY, Operand.VALUE));
        for (int count = 2; count <= 4; count++) {
            try (AttentionEngine engine = AttentionEngine.open(devices.subList(0, count))) {
                AttentionArrays inputs = problem.inputs();
                AttentionArrays outputs = problem.outputs();
                Way.ARRAYS.run(engine, spec, inputs, outputs);
                Budget.check("forward", spec, inputs, outputs);
                gradients.check("backward", engine, Way.ARRAYS);
                System.out.println(engine.plan(gradients.spec()).explain());
                System.out.println(count + " devices agree with the reference");
            }
        }
    }
}
