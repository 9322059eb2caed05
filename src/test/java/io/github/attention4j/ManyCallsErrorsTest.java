package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several calls at once of which one is wrong: it is named, and none is computed. */
class ManyCallsErrorsTest {
    private static final AttentionSpec SPEC = ManyCallsTest.SPEC;

    private static AttentionEngine device;

    @BeforeAll
    static void open() {
        device = AttentionEngine.open(AttentionEngine.devices().get(0).id());
    }

    @AfterAll
    static void close() {
        device.close();
    }

    @Test
    void noCallsAreNothing() {
        for (AttentionEngine engine : engines()) {
            engine.attend(SPEC, List.<AttentionArrays>of());
            try (Stream stream = engine.newStream()) {
                engine.plan(SPEC).enqueue(stream, List.of());
                stream.finish();
            }
        }
    }

    private static List<AttentionEngine> engines() {
        return List.of(device, Engines.of(KernelFamily.JAVA), Engines.of(KernelFamily.REFERENCE));
    }

    private static void assertNothingWritten(List<AttentionArrays> calls) {
        for (AttentionArrays arrays : calls) {
            Elements out = arrays == null ? null : Elements.of(SPEC, arrays, Operand.OUT);
            for (int at = 0; out != null && at < out.length(); at++) {
                assertTrue(out.isPoison(at));
            }
        }
    }

    @Test
    void aBadCallIsNamedAndNothingIsComputed() {
        for (AttentionEngine engine : engines()) {
            List<AttentionArrays> calls = ManyCallsTest.apart(SPEC, 4);
            calls.get(2).with(Operand.KEY, new float[7]);
            String message = assertThrows(IllegalArgumentException.class, () -> engine.attend(SPEC, calls))
                    .getMessage();
            assertTrue(message.startsWith("calls[2]: key must have "), message);
            calls.set(3, null);
            calls.remove(2);
            message = assertThrows(NullPointerException.class, () -> engine.attend(SPEC, calls))
                    .getMessage();
            assertTrue(message.startsWith("calls[2]: must not be null"), message);
            calls.set(
                    2,
                    new AttentionArrays()
                            .with(Operand.QUERY, (float[]) calls.get(0).get(Operand.OUT))
                            .with(Operand.KEY, new float[(int) SPEC.keyElements()])
                            .with(Operand.VALUE, new float[(int) SPEC.valueElements()])
                            .with(Operand.OUT, new float[(int) SPEC.outElements()]));
            message = assertThrows(IllegalArgumentException.class, () -> engine.attend(SPEC, calls))
                    .getMessage();
            assertTrue(message.startsWith("calls[2]: query is what calls[0] writes to"), message);
            assertThrows(NullPointerException.class, () -> engine.attend(SPEC, (List<AttentionArrays>) null));
            assertNothingWritten(calls.subList(0, 2));
        }
    }

    @Test
    void aBadCallIsNamedAndNothingIsEnqueued() {
        try (AttentionEngine several = AttentionEngine.open("java+reference")) {
            for (AttentionEngine engine : List.of(device, Engines.of(KernelFamily.JAVA), several)) {
                try (Stream stream = engine.newStream()) {
                    AttentionPlan plan = engine.plan(SPEC);
                    float[] poison = (float[]) Problem.of(SPEC).outputs().get(Operand.OUT);
                    List<AttentionTensors> calls = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        calls.add(AttentionTensors.of(
                                engine.allocate(DType.F32, 2, 2, 3, 4),
                                engine.allocate(DType.F32, 2, 2, 5, 4),
                                engine.allocate(DType.F32, 2, 2, 5, 4),
                                engine.allocate(DType.F32, 2, 2, 3, 4)));
                        calls.get(i).get(Operand.OUT).upload(stream, poison);
                    }
                    DeviceTensor key = calls.get(2).get(Operand.KEY);
                    calls.get(2).with(Operand.KEY, engine.allocate(DType.F32, 2, 2, 4, 4));
                    assertRefused(IllegalArgumentException.class, "calls[2]: key must have shape", plan, stream, calls);
                    try (DeviceTensor foreign =
                            Engines.of(KernelFamily.REFERENCE).allocate(DType.F32, 2, 2, 5, 4)) {
                        calls.get(2).with(Operand.KEY, foreign);
                        assertRefused(IllegalArgumentException.class, "calls[2]: key", plan, stream, calls);
                    }
                    calls.get(2).with(Operand.KEY, key);
                    calls.get(2).with(Operand.OUT, calls.get(1).get(Operand.OUT));
                    assertRefused(
                            IllegalArgumentException.class, "calls[2]: out is what calls[1]", plan, stream, calls);
                    calls.get(2).with(Operand.OUT, engine.allocate(DType.F32, 2, 2, 3, 4));
                    key.close();
                    assertRefused(IllegalStateException.class, "calls[2]: ", plan, stream, calls);
                    calls.set(2, null);
                    assertRefused(NullPointerException.class, "calls[2]: must not be null", plan, stream, calls);
                    assertThrows(NullPointerException.class, () -> plan.enqueue(null, calls.subList(0, 2)));
                    stream.finish();
                    for (AttentionTensors tensors : calls.subList(0, 2)) {
                        float[] out = new float[poison.length];
                        tensors.get(Operand.OUT).download(stream, out);
                        for (float number : out) {
                            assertTrue(Float.isNaN(number));
                        }
                    }
                }
            }
        }
    }

    private static void assertRefused(
            Class<? extends RuntimeException> type,
            String beginning,
            AttentionPlan plan,
            Stream stream,
            List<AttentionTensors> calls) {
        String message = assertThrows(type, () -> plan.enqueue(stream, Collections.unmodifiableList(calls)))
                .getMessage();
        assertTrue(message.startsWith(beginning), message);
    }
}
