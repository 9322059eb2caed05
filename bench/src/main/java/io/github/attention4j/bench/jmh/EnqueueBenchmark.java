package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.bench.run.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What one enqueue costs the calling thread: a problem too small to matter, and the waiting left out. */
public class EnqueueBenchmark extends OnDevice {
    /** So many that JMH's own work around them vanishes; so few that no queue is full. */
    private static final int CALLS = 100;

    private AttentionPlan plan;
    private Stream stream;
    private DeviceTensor[] tensors;

    /** Makes tensors of one row; their contents do not change what an enqueue costs, but are defined. */
    @Setup
    public void open() {
        engine = AttentionEngine.open(device);
        plan = engine.plan(Shapes.parse("1x1x1x1x16"));
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

    /** The call itself. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void enqueue() {
        for (int i = 0; i < CALLS; i++) {
            plan.enqueue(stream, tensors[0], tensors[1], tensors[2], tensors[3]);
        }
    }
}
