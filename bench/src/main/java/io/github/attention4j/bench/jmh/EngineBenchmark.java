package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.testing.Verdict;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a caller waits for: a call on device tensors, and a call on arrays with its copies. Over length, heads and batch
 * by {@code -p shape=1x16x16x128x128x64,1x16x16x256x256x64}, over threads by {@code -p threads=1,2} (of OpenCL devices
 * their driver decides: PoCL by the variable POCL_MAX_PTHREAD_COUNT), and as JSON by {@code -rf json}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EngineBenchmark {
    /** Set by {@link JmhRun} to the devices of this machine. */
    @Param("java")
    public String device;

    /** batch x heads x kvHeads x queryLength x keyLength x headDim. */
    @Param("1x12x12x512x512x64")
    public String shape;

    /** Whether the mask is causal. */
    @Param("true")
    public boolean causal;

    /** Threads that an engine in pure Java computes with; 0 for all processors. */
    @Param("0")
    public int threads;

    private AttentionEngine engine;
    private Case call;
    private EngineContender contender;
    private float[] out;

    /** Opens the engine, and checks its answer before anything is timed. */
    @Setup
    public void open() {
        call = Case.random(shape, Shape.parse(shape, causal));
        EngineOptions options = EngineOptions.defaults();
        engine = AttentionEngine.open(device, threads == 0 ? options : options.withThreads(threads));
        contender = new EngineContender(engine, call);
        Verdict verdict = contender.check(call.budget());
        if (!verdict.passed()) {
            throw new IllegalStateException(device + " is wrong on " + shape + ": " + verdict.fault());
        }
        out = contender.output();
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void close() {
        contender.close();
        engine.close();
    }

    /** Enqueue and wait, tensors on the device. */
    @Benchmark
    public void enqueueAndFinish() {
        contender.run();
    }

    /** Arrays in, array out. */
    @Benchmark
    public float[] attendArrays() {
        engine.attend(
                call.spec(), call.floats(Operand.QUERY), call.floats(Operand.KEY), call.floats(Operand.VALUE), out);
        return out;
    }
}
