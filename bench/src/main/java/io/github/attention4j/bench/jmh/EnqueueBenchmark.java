package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What one enqueue costs the calling thread: a problem too small to matter, and the waiting left out. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EnqueueBenchmark {
    /** So many that JMH's own work around them vanishes; so few that no queue is full. */
    private static final int CALLS = 100;

    /** Set by {@link JmhRun} to the devices of this machine. */
    @Param("java")
    public String device;

    private AttentionEngine engine;
    private AttentionPlan plan;
    private Stream stream;
    private DeviceTensor[] tensors;

    /** Makes tensors of one row; their contents do not change what an enqueue costs, but are defined. */
    @Setup
    public void open() {
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(16).build();
        engine = AttentionEngine.open(device);
        plan = engine.plan(spec);
        stream = engine.newStream();
        tensors = new DeviceTensor[4];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = engine.allocate(DType.F32, 1, 1, 1, 16);
            tensors[i].upload(stream, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        }
    }

    /** Waits for what was enqueued, outside of the measurement. */
    @TearDown(Level.Invocation)
    public void finish() {
        stream.finish();
    }

    /** Frees everything. */
    @TearDown(Level.Trial)
    public void close() {
        engine.close();
    }

    /** The call itself. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void enqueue() {
        for (int i = 0; i < CALLS; i++) {
            plan.enqueue(stream, tensors[0], tensors[1], tensors[2], tensors[3]);
        }
    }
}
