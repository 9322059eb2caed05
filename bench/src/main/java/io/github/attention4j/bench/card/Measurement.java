package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.option.OptionContender;
import io.github.attention4j.bench.option.OptionProblem;
import io.github.attention4j.bench.option.Verdicts;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import io.github.attention4j.bench.timing.KernelClock;
import io.github.attention4j.bench.tune.Rate;
import java.util.List;
import java.util.Locale;

/** Checks and times one shape on one engine. */
final class Measurement {
    private static final long SEED = 2017;
    private static final double KERNEL_MILLIS = 400;
    private static final double CALL_MILLIS = 300;

    private final Device device;
    private final double peak;

    Measurement(Device device, double peak) {
        this.device = device;
        this.peak = peak;
    }

    /** The data of a shape, in this type throughout. */
    static OptionProblem problem(AttentionSpec shape, DType type) {
        AttentionSpec spec = shape.toBuilder().types(type).build();
        return new OptionProblem(spec, Layout.Order.BATCH_HEAD_ROW).fill(SEED);
    }

    /**
     * A row.
     *
     * @throws WrongAnswer if there is nothing to time
     * @throws UnsupportedOperationException if this engine cannot do it
     */
    CardRow row(EngineOptions options, OptionProblem problem) throws WrongAnswer {
        try (AttentionEngine engine = AttentionEngine.open(device.id(), options);
                OptionContender contender = new OptionContender(engine, problem)) {
            Verdict verdict = Verdicts.of(contender, problem);
            if (!verdict.passed()) {
                throw new WrongAnswer(
                        "wrong answer, error %.3g, allowed %.3g".formatted(verdict.error(), verdict.budget()));
            }
            double kernel = KernelClock.median(contender, KERNEL_MILLIS);
            Pace pace = new Pace(2, CALL_MILLIS, CALL_MILLIS);
            double call = Interleaved.measure(List.of(contender), pace, () -> {}, () -> {})
                    .get(0)
                    .median();
            double gflops = Rate.flops(problem) / kernel * 1e-6;
            String plan = engine.plan(problem.spec()).explain();
            return new CardRow(
                    contender.family(),
                    problem.shape(),
                    problem.spec().operand(Operand.QUERY).dtype().name().toLowerCase(Locale.ROOT),
                    plan.lines().findFirst().orElse(""),
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
