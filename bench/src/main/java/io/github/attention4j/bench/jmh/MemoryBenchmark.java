package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Resident;
import io.github.attention4j.testing.Verdict;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * One long call of one head in a fresh JVM: its time, how much the process grows meanwhile beyond its tensors, and with
 * {@code -prof gc} what it takes from Java's heap. Memory that grew with the square of the length would be seen at
 * once: 1 GB of scores at 16,384.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 1)
@Fork(1)
public class MemoryBenchmark {
    private static final int HEAD_DIM = 64;

    /** Set by {@link JmhRun} to the devices of this machine. */
    @Param("java")
    public String device;

    /** Queries and keys. */
    @Param("16384")
    public int length;

    private AttentionEngine engine;
    private EngineContender contender;

    /** What the process took; -1 where the operating system does not say. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Growth {
        /** Bytes of the process's peak during the call, over what was resident before it. */
        public long bytesGrown;
        /** Bytes of query, key, value and out. */
        public long bytesOfTensors;
    }

    /** Uploads, and checks the answer before anything is timed. */
    @Setup
    public void open() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .sequenceLength(length)
                .headDim(HEAD_DIM)
                .build();
        Case call = Case.random("long", spec);
        engine = AttentionEngine.open(device);
        contender = new EngineContender(engine, call);
        Verdict verdict = contender.check(call.budget());
        if (!verdict.passed()) {
            throw new IllegalStateException(device + " is wrong at " + length + " keys: " + verdict.fault());
        }
        System.gc();
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void close() {
        contender.close();
        engine.close();
    }

    /** The call itself. */
    @Benchmark
    public void call(Growth growth) {
        boolean reset = Resident.resetPeak();
        long before = Resident.now();
        contender.run();
        growth.bytesGrown = reset && before >= 0 ? Math.max(0, Resident.peak() - before) : -1;
        growth.bytesOfTensors = 4L * length * HEAD_DIM * Float.BYTES;
    }
}
