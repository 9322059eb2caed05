package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.attention.Oracle;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.timing.EngineContender;
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

/** What a caller waits for: a call on device tensors, and a call on arrays with its copies. */
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

    private AttentionEngine engine;
    private Problem problem;
    private EngineContender contender;
    private float[] out;

    /** Opens the engine, and checks its answer before anything is timed. */
    @Setup
    public void open() {
        AttentionSpec spec = Shape.parse(shape, causal);
        problem = Problem.random(shape, spec, 1);
        engine = AttentionEngine.open(device);
        contender = new EngineContender(engine, problem);
        contender.run();
        out = contender.output();
        try (AttentionEngine reference = AttentionEngine.open("reference")) {
            Oracle.Verdict verdict = Oracle.of(reference, problem).judge(out);
            if (!verdict.passed()) {
                throw new IllegalStateException(device + " is wrong by " + verdict.error() + " on " + shape
                        + ", allowed are " + verdict.budget() + "; bench/run says more");
            }
        }
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
        engine.attend(problem.spec(), problem.query(), problem.key(), problem.value(), out);
        return out;
    }
}
