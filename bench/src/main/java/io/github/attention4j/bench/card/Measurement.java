package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.testing.Verdict;
import java.util.Locale;

/** Checks and times one shape on one engine. */
final class Measurement {
    private static final double KERNEL_MILLIS = 400;
    private static final double CALL_MILLIS = 300;

    private final Device device;
    private final double peak;

    Measurement(Device device, double peak) {
        this.device = device;
        this.peak = peak;
    }

    /** The data of a shape, in this type throughout. */
    static Case problem(AttentionSpec shape, DType type) {
        return Case.random("random data", shape.toBuilder().types(type).build());
    }

    /**
     * A row.
     *
     * @throws WrongAnswer if there is nothing to time
     * @throws UnsupportedOperationException if this engine cannot do it
     */
    CardRow row(EngineOptions options, Case problem) throws WrongAnswer {
        try (AttentionEngine engine = AttentionEngine.open(device.id(), options);
                EngineContender contender = new EngineContender(engine, problem)) {
            Verdict verdict = contender.check(problem.budget());
            if (!verdict.passed()) {
                throw new WrongAnswer("wrong answer, " + verdict.fault());
            }
            double kernel = KernelClock.median(contender, KERNEL_MILLIS);
            double call = Interleaved.median(contender, CALL_MILLIS);
            double gflops = problem.flops() / kernel * 1e-6;
            return new CardRow(
                    contender.family(),
                    problem.shape(),
                    problem.spec().operand(Operand.QUERY).dtype().name().toLowerCase(Locale.ROOT),
                    contender.kernel(),
                    kernel,
                    call,
                    gflops,
                    gflops / peak,
                    verdict.error());
        }
    }

    /** An answer that must not be timed. */
    static final class WrongAnswer extends Exception {
        private static final long serialVersionUID = 1L;

        WrongAnswer(String message) {
            super(message);
        }
    }
}
