package io.github.attention4j.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DeviceException;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.testing.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CostMeasurementTest {
    private static final AttentionSpec PLAIN =
            AttentionSpec.builder().heads(2).sequenceLength(8).headDim(4).build();
    private static final Group GROUP = new Group(
            CostCase.of("plain", PLAIN.toBuilder(), Double.NaN),
            List.of(
                    CostCase.of("softcap", PLAIN.toBuilder().softcap(1), 1.1),
                    CostCase.of("sink", PLAIN.toBuilder().sink(), 1.1)));

    private final AttentionEngine engine = AttentionEngine.open("reference");
    private final List<String> checked = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private int closed;
    private int steps;

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    private List<CostRow> run(Group group, UnaryOperator<Contender> change) {
        return new CostMeasurement(
                        (device, call) -> change.apply(new Fake(call)),
                        CostMeasurementTest::growing,
                        new Pace(2),
                        this::check,
                        notes::add)
                .run(engine, group, () -> steps++);
    }

    /** The first one takes 4 ms, the second 5 ms, and so on. */
    static List<Timing> growing(List<Contender> contenders, Pace pace, Runnable afterStep) {
        contenders.forEach(contender -> afterStep.run());
        for (int round = 0; round < pace.rounds(); round++) {
            afterStep.run();
        }
        return IntStream.range(0, contenders.size())
                .mapToObj(i -> new Timing(4 + i, 1, pace.rounds()))
                .toList();
    }

    private boolean check(String what, Verdict verdict) {
        checked.add(what + (verdict.passed() ? " right" : " wrong"));
        return verdict.passed();
    }

    @Test
    void rightAnswersAreTimedAndCompared() {
        List<CostRow> rows = run(GROUP, contender -> contender);
        assertEquals(
                List.of("plain", "softcap", "sink"),
                rows.stream().map(CostRow::option).toList());
        assertEquals(
                List.of(1.0, 5 / 4.0, 6 / 4.0),
                rows.stream().map(CostRow::ratio).toList());
        assertEquals(new Timing(6, 1, 2), rows.get(2).timing());
        assertEquals(1.1, rows.get(2).goal());
        assertEquals(3, checked.size());
        assertEquals(3, closed);
        assertEquals(3 + 3 + 2, steps, "checks, warm-ups, rounds");
        assertEquals(steps, CostMeasurement.steps(GROUP, 2));
        assertEquals(List.of(), notes);
    }

    @Test
    void aWrongAnswerIsNotTimed() {
        List<CostRow> rows = run(GROUP, contender -> {
            Fake fake = (Fake) contender;
            fake.answer[0] += fake.call.spec().softcap() > 0 ? 1e-3f : 0;
            return fake;
        });
        assertEquals(
                List.of("plain", "sink"), rows.stream().map(CostRow::option).toList());
        assertEquals("reference: softcap, 1x2x8x8x4 wrong", checked.get(1));
        assertTrue(notes.get(0).startsWith("not timed, because its answer is wrong"), notes.toString());
        assertEquals(3, closed);
    }

    @Test
    void withoutARightPlainAnswerNothingIsTimed() {
        List<CostRow> rows = run(GROUP, contender -> {
            ((Fake) contender).answer[3] = Double.NaN;
            return contender;
        });
        assertEquals(List.of(), rows);
        assertEquals(1, checked.size());
        assertEquals(1, closed);
    }

    @Test
    void whatADeviceCannotDoIsNotedAndNoFailure() {
        List<CostRow> rows = run(GROUP, contender -> {
            if (((Fake) contender).call.spec().softcap() > 0) {
                throw new UnsupportedOperationException("no softcap here");
            }
            return contender;
        });
        assertEquals(2, rows.size());
        assertEquals(2, checked.size());
        assertTrue(notes.get(0).contains("softcap, 1x2x8x8x4 is not supported: no softcap here"), notes.toString());
    }

    @Test
    void aDeviceThatFailsIsAFailedCheckAndTheOthersGoOn() {
        List<CostRow> rows = run(GROUP, contender -> {
            ((Fake) contender).fails = ((Fake) contender).call.spec().softcap() > 0;
            return contender;
        });
        assertEquals(2, rows.size());
        assertEquals("reference: softcap, 1x2x8x8x4 wrong", checked.get(1));
        assertTrue(notes.get(0).contains("the device gave up"), notes.toString());
        assertEquals(3, closed);
    }

    @Test
    void aRaggedBatchIsComparedByThePair() {
        CostCase plain = CostCase.of("plain", PLAIN.toBuilder().causal(), Double.NaN);
        CostCase ragged = CostCase.ragged("ragged", PLAIN.toBuilder().causal(), new int[] {0, 8, 10}, 1.1);
        List<CostRow> rows = run(new Group(plain, List.of(ragged)), contender -> contender);
        assertEquals((5.0 / (36 + 3)) / (4.0 / 36), rows.get(1).ratio(), 1e-12);
    }

    /** Notes that it was closed, and can fail. */
    private final class Fake extends ExactAnswer {
        private boolean fails;

        Fake(Case call) {
            super(call);
        }

        @Override
        public void run() {
            if (fails) {
                throw new DeviceException("the device gave up");
            }
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
