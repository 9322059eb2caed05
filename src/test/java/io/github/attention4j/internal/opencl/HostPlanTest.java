package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.split.HeadRange;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.testing.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Java computes because no kernel may: here, of a call in parts. */
@Tag("opencl")
class HostPlanTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .batch(2)
            .heads(4)
            .kvHeads(2)
            .queryLength(3)
            .keyLength(5)
            .headDim(6)
            .causal()
            .returnLse()
            .build();

    @Test
    void aPartOfACallIsComputedWhereItsHeadsLie() {
        Problem problem = new Problem(SPEC, 1, 1);
        try (Backend java = Backends.open("java", EngineOptions.defaults());
                ClContext context = ClContext.make(OpenCl.discover().found().get(0))) {
            float[] whole = new float[(int) SPEC.outElements()];
            float[] wholeLse = new float[(int) SPEC.lseElements()];
            java.attend(java.plan(SPEC), arrays(problem, whole, wholeLse));

            AttentionSpec second = SPEC.withHeads(1, 2, 1);
            HostPlan plan = new HostPlan(second, java, context, "test");
            float[] out = new float[whole.length];
            float[] lse = new float[wholeLse.length];
            // The last two heads of the second batch entry.
            plan.attend(new Part(plan, new HeadRange(second, 6, 3, false)), arrays(problem, out, lse));
            int first = 6 * 3 * 6;
            assertArrayEquals(
                    Arrays.copyOfRange(whole, first, whole.length), Arrays.copyOfRange(out, first, out.length));
            assertArrayEquals(Arrays.copyOfRange(wholeLse, 18, 24), Arrays.copyOfRange(lse, 18, 24));
            assertArrayEquals(new float[first], Arrays.copyOf(out, first), "other parts' results");
        }
    }

    @Test
    void severalCallsGiveWhatEachGivesInJava() {
        try (Backend java = Backends.open("java", EngineOptions.defaults());
                OpenClBackend backend = (OpenClBackend)
                        OpenClBackend.open(OpenCl.discover().found().get(0), EngineOptions.defaults());
                ClContext context = ClContext.make(OpenCl.discover().found().get(0));
                Stream stream = ClStream.make(context)) {
            HostPlan plan = new HostPlan(SPEC, java, context, "test");
            List<AttentionArrays> calls = new ArrayList<>();
            List<AttentionTensors> tensors = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                AttentionArrays arrays = arrays(new Problem(SPEC, i + 1, 1), new float[144], new float[24]);
                calls.add(arrays);
                tensors.add(new AttentionTensors());
                for (Operand operand : Operand.values()) {
                    if (SPEC.has(operand)) {
                        TensorSpec size = SPEC.operand(operand);
                        DeviceTensor tensor = ClTensor.make(
                                context, null, size.dtype(), size.batch(), size.heads(), size.rows(), size.columns());
                        tensor.upload(stream, arrays.get(operand), 0);
                        tensors.get(i).with(operand, tensor);
                    }
                }
            }
            assertEquals(0, backend.stackBytes(plan));
            backend.attend(plan, calls);
            plan.enqueue(stream, tensors);
            for (int i = 0; i < 3; i++) {
                Problem problem = new Problem(SPEC, i + 1, 1);
                float[] out = new float[144];
                java.attend(java.plan(SPEC), arrays(problem, out, new float[24]));
                assertArrayEquals(out, (float[]) calls.get(i).get(Operand.OUT));
                float[] enqueued = new float[144];
                tensors.get(i).get(Operand.OUT).download(stream, enqueued);
                assertArrayEquals(out, enqueued);
            }
            try (DeviceTensor foreign = java.allocate(DType.F32, 2, 4, 3, 6)) {
                tensors.get(2).with(Operand.QUERY, foreign);
                String message = assertThrows(IllegalArgumentException.class, () -> plan.enqueue(stream, tensors))
                        .getMessage();
                assertTrue(message.startsWith("calls[2]: query must come from"), message);
            }
        }
    }

    private static AttentionArrays arrays(Problem problem, float[] out, float[] lse) {
        return AttentionArrays.of(problem.query(), problem.key(), problem.value(), out)
                .with(Operand.LSE, lse);
    }
}
