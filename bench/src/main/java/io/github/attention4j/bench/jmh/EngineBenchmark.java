package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What a caller waits for: a call on device tensors, and a call on arrays with its copies. Over length, heads and batch
 * by {@code -p shape=1x16x16x128x128x64,1x16x16x256x256x64}, over threads by {@code -p threads=1,2} (of OpenCL devices
 * their driver decides: PoCL by the variable POCL_MAX_PTHREAD_COUNT), and as JSON by {@code -rf json}.
 */
public class EngineBenchmark extends OnDevice {
    /** batch x heads x kvHeads x queryLength x keyLength x headDim. */
    @Param("1x12x12x512x512x64")
    public String shape;

    /** Whether the mask is causal. */
    @Param("true")
    public boolean causal;

    /** Threads that an engine in pure Java computes with; 0 for all processors. */
    @Param("0")
    public int threads;

    private Case call;
    private EngineContender contender;
    private float[] out;

    /** Opens the engine, and checks its answer. */
    @Setup
    public void open() {
        EngineOptions options = EngineOptions.defaults();
        engine = AttentionEngine.open(device, threads == 0 ? options : options.withThreads(threads));
        call = Case.random(shape, Shapes.parse(causal ? shape + " causal" : shape));
        contender = checked(call);
        out = contender.output();
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
