package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Layout;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.option.OptionContender;
import io.github.attention4j.bench.option.OptionOracle;
import io.github.attention4j.bench.option.OptionProblem;
import io.github.attention4j.bench.scale.ScaleCases;
import io.github.attention4j.bench.scale.ScaleRow.Series;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import io.github.attention4j.bench.timing.Interleaved.Timing;
import java.util.List;

/** What {@link ScalingRun} runs in a fresh JVM that has only so many threads to compute with. */
final class ScaleProbe {
    static final String PREFIX = "median ms, error, budget, compute units: ";
    private static final long SEED = 2017;

    private ScaleProbe() {}

    /** Arguments: the device, threads (which OpenCL drivers are told by the environment), causal, quick, and milliseconds for warming up and timing. */
    public static void main(String[] arguments) {
        int threads = Integer.parseInt(arguments[1]);
        boolean causal = Boolean.parseBoolean(arguments[2]);
        boolean quick = Boolean.parseBoolean(arguments[3]);
        double millis = Double.parseDouble(arguments[4]);
        AttentionSpec spec = ScaleCases.of(Series.THREADS, causal, quick, 1, 0).get(0);
        OptionProblem problem = new OptionProblem(spec, Layout.Order.BATCH_HEAD_ROW).fill(SEED);
        EngineOptions options = EngineOptions.defaults().withThreads(threads);
        try (AttentionEngine engine = AttentionEngine.open(arguments[0], options);
                OptionContender contender = new OptionContender(engine, problem)) {
            contender.run();
            Verdict verdict = new OptionOracle(problem).judge(contender);
            Pace pace = new Pace(Integer.MAX_VALUE, millis, millis);
            Timing timing = time(contender, pace);
            System.out.println(PREFIX + timing.median() + " " + verdict.error() + " " + verdict.budget() + " "
                    + engine.device().computeUnits());
        }
    }

    private static Timing time(OptionContender contender, Pace pace) {
        // A round takes about 20 ms, or one call.
        int rounds = (int) Math.max(2, pace.shareMillis() / 20);
        return Interleaved.measure(
                        List.of(contender),
                        new Pace(rounds, pace.warmUpMillis(), pace.shareMillis()),
                        () -> {},
                        () -> {})
                .get(0);
    }
}
