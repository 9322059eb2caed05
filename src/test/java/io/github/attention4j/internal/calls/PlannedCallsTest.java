package io.github.attention4j.internal.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.split.Part;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannedCallsTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .batch(2)
            .heads(8)
            .kvHeads(4)
            .sequenceLength(10)
            .headDim(4)
            .build();
    private static final long KV_HEAD = 2 * 10 * 4 * Float.BYTES;

    private final List<AttentionSpec> planned = new ArrayList<>();
    private final List<Part> computed = new ArrayList<>();
    private long largest = 3 * KV_HEAD;
    private final PlannedCalls calls = new PlannedCalls(backend());
    private final AttentionArrays arrays =
            AttentionArrays.of(new float[640], new float[320], new float[320], new float[640]);

    /** Plans and computes nothing, and writes down what it is asked for. */
    private Backend backend() {
        return (Backend) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "plan" -> {
                            planned.add((AttentionSpec) arguments[0]);
                            return plan((AttentionSpec) arguments[0]);
                        }
                        case "attend" -> {
                            computed.add((Part) arguments[0]);
                            return null;
                        }
                        case "largestBuffer" -> {
                            return largest;
                        }
                        case "device" -> {
                            return AttentionEngine.devices().get(0);
                        }
                        default -> throw new AssertionError(method);
                    }
                });
    }

    private static AttentionPlan plan(AttentionSpec spec) {
        return (AttentionPlan) Proxy.newProxyInstance(
                AttentionPlan.class.getClassLoader(),
                new Class<?>[] {AttentionPlan.class},
                (proxy, method, arguments) -> {
                    assertEquals("spec", method.getName());
                    return spec;
                });
    }

    @Test
    void eachPartOfALargeCallIsPlannedOnce() {
        calls.attend(SPEC, arrays);
        // The whole call, three heads and the fourth; the second entry of the batch has parts like the first's.
        assertEquals(List.of(SPEC, SPEC.withHeads(1, 6, 3), SPEC.withHeads(1, 2, 1)), planned);
        assertEquals(4, computed.size());
        assertSame(computed.get(0).plan(), computed.get(2).plan());
        for (int i = 0; i < 3; i++) {
            calls.attend(SPEC, arrays);
        }
        assertEquals(3, planned.size());
        assertEquals(16, computed.size());
        for (int i = 0; i < 4; i++) {
            assertSame(computed.get(i), computed.get(12 + i), "nothing is made for a call that was made before");
        }
    }

    @Test
    void partsBeginWhereTheirHeadsDo() {
        calls.attend(SPEC, arrays);
        assertEquals(
                List.of(0, 6 * 40, 8 * 40, 14 * 40),
                computed.stream()
                        .map(part -> part.offset(arrays, Operand.QUERY))
                        .toList());
        assertEquals(
                List.of(0, 3 * 40, 4 * 40, 7 * 40),
                computed.stream()
                        .map(part -> part.offset(arrays, Operand.VALUE))
                        .toList());
        assertSame(arrays.get(Operand.KEY), computed.get(3).array(arrays, Operand.KEY));
    }

    @Test
    void aCallThatFitsIsOnePartWithThePlanThatTheCallerGets() {
        largest = Long.MAX_VALUE;
        calls.attend(SPEC, arrays);
        calls.attend(SPEC, arrays);
        assertEquals(List.of(SPEC), planned);
        assertEquals(2, computed.size());
        assertTrue(computed.get(0).isWhole());
        assertSame(calls.plan(SPEC), computed.get(1).plan());
    }

    @Test
    void planningAgainAfterAllPlansWereForgotten() {
        calls.attend(SPEC, arrays);
        calls.clear();
        calls.attend(SPEC, arrays);
        assertEquals(6, planned.size());
    }
}
