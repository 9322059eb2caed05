package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.split.HeadRange;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.testing.Problem;
import java.util.Arrays;
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

    private static AttentionArrays arrays(Problem problem, float[] out, float[] lse) {
        return AttentionArrays.of(problem.query(), problem.key(), problem.value(), out)
                .with(Operand.LSE, lse);
    }
}
