package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.card.CheckResult.Outcome;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Verdict;

/** Checks one kernel family on one device, request by request. */
public final class FamilyCheck implements AutoCloseable {
    private final KernelFamily family;
    private final Device device;
    /** Null when there is none: at first, and after a failure, which may have broken the driver's context. */
    private AttentionEngine engine;

    private boolean isFirst = true;

    /** Nothing is opened yet. */
    public FamilyCheck(KernelFamily family, Device device) {
        this.family = family;
        this.device = device;
    }

    /** Runs one request and judges the answer, if there is time; the first one in any case. Never throws. */
    public CheckResult run(Case each, Budget budget, Deadline deadline) {
        if (deadline.isOver() && !isFirst) {
            return result(each, Outcome.LEFT_OUT, null, 0, "time was up");
        }
        isFirst = false;
        long start = System.nanoTime();
        try {
            if (engine == null) {
                EngineOptions options =
                        EngineOptions.defaults().withFamily(family).withCacheDirectory(null);
                engine = AttentionEngine.open(device.id(), options);
            }
            try (EngineContender contender = new EngineContender(engine, each)) {
                Verdict verdict = contender.check(budget);
                return result(each, verdict.passed() ? Outcome.RIGHT : Outcome.WRONG, verdict, start, null);
            }
        } catch (UnsupportedOperationException e) {
            return result(each, Outcome.UNSUPPORTED, null, start, e.getMessage());
        } catch (RuntimeException e) { // whatever it was, the other requests are to be tried
            close();
            return result(each, Outcome.FAILED, null, start, e.toString());
        }
    }

    private CheckResult result(Case each, Outcome outcome, Verdict verdict, long start, String message) {
        return new CheckResult(
                family,
                each.name(),
                each.shape(),
                outcome,
                verdict == null ? Double.NaN : verdict.error(),
                verdict == null ? Double.NaN : verdict.allowed(),
                start == 0 ? 0 : (System.nanoTime() - start) * 1e-9,
                message);
    }

    @Override
    public void close() {
        if (engine != null) {
            AttentionEngine broken = engine;
            engine = null;
            try {
                broken.close();
            } catch (RuntimeException e) {
                // A driver that has failed may fail at this, too; the failure itself is in the result.
            }
        }
    }
}
