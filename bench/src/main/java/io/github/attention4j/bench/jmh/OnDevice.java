package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.testing.Verdict;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the benchmarks of an engine have in common; by default they time calls in microseconds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class OnDevice {
    /** Set by {@link JmhRun} to the devices of this machine. */
    @Param("java")
    public String device;

    /** Made by the setup of the benchmark. */
    protected AttentionEngine engine;

    /** A call on the engine, whose answer is checked before anything is timed. */
    protected final EngineContender checked(Case call) {
        EngineContender contender = new EngineContender(engine, call);
        Verdict verdict = contender.check(call.budget());
        if (!verdict.passed()) {
            throw new IllegalStateException(device + " is wrong on " + call.shape() + ": " + verdict.fault());
        }
        return contender;
    }

    /** Frees everything that is the engine's. */
    @TearDown(Level.Trial)
    public void close() {
        engine.close();
    }
}
