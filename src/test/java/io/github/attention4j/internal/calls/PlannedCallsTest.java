package io.github.attention4j.internal.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.internal.split.Stack;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
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
    private final List<Stack> stacked = new ArrayList<>();
    /** Calls that came several at a time and were not stacked. */
    private int single;

    private long stackBytes = Long.MAX_VALUE;
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
                            if (arguments[0] instanceof Part part) {
                                computed.add(part);
                            } else if (arguments[0] instanceof Stack stack) {
                                assertEquals(stack.calls(), ((List<?>) arguments[1]).size());
                                stacked.add(stack);
                            } else {
                                single += ((List<?>) arguments[1]).size();
                            }
                            return null;
                        }
                        case "stackBytes" -> {
                            return stackBytes;
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

    private List<Integer> sizes() {
        return stacked.stream().map(Stack::calls).toList();
    }

    @Test
    void callsAreStackedInNearlyEqualNumbersEachPlannedOnce() {
        largest = Long.MAX_VALUE;
        stackBytes = 4 * (640 + 320) * 2 * Float.BYTES + 1;
        calls.attend(SPEC, Collections.nCopies(4, arrays));
        assertEquals(List.of(4), sizes());
        calls.attend(SPEC, Collections.nCopies(9, arrays));
        assertEquals(List.of(4, 3, 3, 3), sizes());
        assertEquals(List.of(SPEC, SPEC.withHeads(8, 8, 4), SPEC.withHeads(6, 8, 4)), planned);
        assertSame(stacked.get(1), stacked.get(3));
        assertSame(calls.plan(SPEC), stacked.get(0).one());
        calls.attend(SPEC, List.of(arrays));
        assertEquals(1, single);
        assertEquals(4, stacked.size());
    }

    @Test
    void aStackFitsTheLargestBufferAndIsNotEndless() {
        largest = 3 * 640 * Float.BYTES;
        calls.attend(SPEC, Collections.nCopies(6, arrays));
        assertEquals(List.of(3, 3), sizes());
        largest = Long.MAX_VALUE;
        calls.clear();
        calls.attend(SPEC, Collections.nCopies(1000, arrays));
        assertEquals(List.of(250, 250, 250, 250), sizes().subList(2, 6));
    }

    @Test
    void callsThatCannotBeStackedComeAsTheyAre() {
        stackBytes = 0;
        largest = Long.MAX_VALUE;
        calls.attend(SPEC, Collections.nCopies(5, arrays));
        assertEquals(5, single);
        largest = 3 * KV_HEAD; // in parts already
        calls.clear();
        calls.attend(SPEC, Collections.nCopies(5, arrays));
        assertEquals(20, computed.size());
        assertEquals(List.of(), stacked);
    }

    @Test
    void anInputForAllEntriesMustBeOneArrayInAllCalls() {
        AttentionSpec masked = SPEC.toBuilder().keepMask(DType.U8, 1, 1, 1, 10).build();
        largest = Long.MAX_VALUE;
        List<AttentionArrays> all = new ArrayList<>();
        byte[] mask = new byte[10];
        for (int i = 0; i < 3; i++) {
            all.add(AttentionArrays.of(new float[640], new float[320], new float[320], new float[640])
                    .with(Operand.KEEP_MASK, mask));
        }
        calls.attend(masked, all);
        assertEquals(List.of(3), sizes());
        assertEquals(0, single);
        all.get(2).with(Operand.KEEP_MASK, mask.clone());
        calls.attend(masked, all);
        assertEquals(1, stacked.size());
        assertEquals(3, single);
    }
}
