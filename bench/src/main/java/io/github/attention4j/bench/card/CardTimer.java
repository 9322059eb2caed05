package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.testing.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Checks and times calls one by one: a row for each that is right, and why the others have none. */
final class CardTimer {
    private static final double KERNEL_MILLIS = 400;
    private static final double CALL_MILLIS = 300;

    /** What was measured. */
    final List<CardRow> rows = new ArrayList<>();
    /** What was not and why, and how often. */
    final Map<String, Integer> notes = new LinkedHashMap<>();
    /** What failed. */
    final List<String> failures = new ArrayList<>();

    private final Device device;
    private final double most;

    /**
     * A call.
     *
     * @param shape its sizes
     * @param type of its tensors
     * @param work what it computes or reads, in operations or bytes
     * @param judge runs it and says how good its answer is
     */
    record Call(
            String shape,
            String type,
            double work,
            Function<AttentionEngine, EngineContender> open,
            Function<EngineContender, Verdict> judge) {}

    /** @param most what the device reaches with such work alone, in 10⁹ a second, or NaN */
    CardTimer(Device device, double most) {
        this.device = device;
        this.most = most;
    }

    /**
     * The row of a call, unless there is none.
     *
     * @param what names it among the failures
     * @param noted names it among the notes
     */
    Optional<CardRow> time(String what, String noted, EngineOptions options, Call call) {
        try (AttentionEngine engine = AttentionEngine.open(device.id(), options);
                EngineContender contender = call.open().apply(engine)) {
            Verdict verdict = call.judge().apply(contender);
            if (!verdict.passed()) {
                failures.add(what + ": wrong answer, " + verdict.fault());
                return Optional.empty();
            }
            double kernelMillis = KernelClock.median(contender, KERNEL_MILLIS);
            double callMillis = Interleaved.median(contender, CALL_MILLIS);
            double rate = call.work() / kernelMillis * 1e-6;
            rows.add(new CardRow(
                    contender.family(),
                    call.shape(),
                    call.type(),
                    contender.kernel(),
                    kernelMillis,
                    callMillis,
                    rate,
                    rate / most,
                    verdict.error()));
            return Optional.of(rows.get(rows.size() - 1));
        } catch (UnsupportedOperationException e) {
            note(noted, "not on this device: " + RefusalReason.of(e.getMessage()));
        } catch (RuntimeException e) {
            failures.add(what + ": " + e);
        }
        return Optional.empty();
    }

    void note(String noted, String reason) {
        notes.merge(noted + ": " + reason, 1, Integer::sum);
    }
}
