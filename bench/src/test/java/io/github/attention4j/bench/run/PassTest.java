package io.github.attention4j.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionSpec;
import org.junit.jupiter.api.Test;

class PassTest {
    private final AttentionSpec plain =
            AttentionSpec.builder().heads(2).sequenceLength(10).headDim(8).build();

    @Test
    void backwardCountsTwoAndAHalfTimesForward() {
        double forward = 4.0 * 2 * 10 * 10 * 8;
        assertEquals(forward, Pass.FORWARD.flops(plain));
        assertEquals(2.5 * forward, Pass.BACKWARD.flops(plain));
        assertEquals(3.5 * forward, Pass.BOTH.flops(plain));
    }

    @Test
    void ofACausalCallThePairsThatItsMaskLeavesCount() {
        AttentionSpec causal = plain.toBuilder().causal().build();
        assertEquals(3.5 * 4 * 2 * 55 * 8, Pass.BOTH.flops(causal));
    }

    @Test
    void outputsAreOutOrThreeGradientsOrAll() {
        assertEquals(160, Pass.FORWARD.outputElements(plain));
        assertEquals(3 * 160, Pass.BACKWARD.outputElements(plain));
        assertEquals(4 * 160, Pass.BOTH.outputElements(plain));
    }
}
