package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;

/** Runs a plan that no planner would make, on arrays, for tests. */
final class PlanRun {
    private PlanRun() {}

    /** Uploads the inputs, runs, and downloads the outputs; the tensors are closed with the context. */
    static void run(ClPlan plan, ClStream stream, ClContext context, AttentionArrays arrays) {
        AttentionTensors tensors = new AttentionTensors();
        for (Operand operand : Operand.values()) {
            if (plan.spec().has(operand)) {
                TensorSpec shape = plan.spec().operand(operand);
                ClTensor tensor = ClTensor.make(
                        context, null, shape.dtype(), shape.batch(), shape.heads(), shape.rows(), shape.columns());
                tensor.upload(stream, arrays.get(operand), 0);
                tensors.with(operand, tensor);
            }
        }
        plan.enqueue(stream, tensors);
        for (Operand operand : Operand.values()) {
            if (operand.isOutput() && plan.spec().has(operand)) {
                tensors.get(operand).download(stream, arrays.get(operand), 0);
            }
        }
    }
}
