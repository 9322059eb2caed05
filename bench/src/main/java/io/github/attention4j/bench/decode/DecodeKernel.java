package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.KernelClock;
import io.github.attention4j.testing.Verdict;

/**
 * One step of text generation, checked and timed by itself.
 *
 * @param problem which
 * @param family which kernels ran
 * @param kernel kernel and tiles in the planner's words
 * @param kernelMillis by the device's clock, median
 * @param callMillis from the call to the answer in the device's memory, median
 * @param verdict of the answer; the times of a wrong one are NaN
 */
public record DecodeKernel(
        DecodeCase problem, String family, String kernel, double kernelMillis, double callMillis, Verdict verdict) {
    /** Fills a cache, runs, judges, and times what is right. */
    public static DecodeKernel of(AttentionEngine engine, DecodeCase problem, double millis) {
        try (EngineContender contender = FilledCache.open(engine, problem)) {
            String kernel = contender.kernel();
            Verdict verdict = DecodeOracle.check(problem, contender);
            if (!verdict.passed()) {
                return new DecodeKernel(problem, contender.family(), kernel, Double.NaN, Double.NaN, verdict);
            }
            double kernelMillis = KernelClock.median(contender, millis);
            double callMillis = Interleaved.median(contender, millis);
            return new DecodeKernel(problem, contender.family(), kernel, kernelMillis, callMillis, verdict);
        }
    }

    /** At which rate the kernel reads keys and values. */
    public double gigabytesPerSecond() {
        return problem.bytes() / kernelMillis * 1e-6;
    }
}
