package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Resident;
import io.github.attention4j.bench.run.Shapes;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One long call of one head in a fresh JVM: its time, how much the process grows meanwhile beyond its tensors, and with
 * {@code -prof gc} what it takes from Java's heap. Memory that grew with the square of the length would be seen at
 * once: 1 GB of scores at 16,384.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 1)
public class MemoryBenchmark extends OnDevice {
    private static final int HEAD_DIM = 64;

    /** Queries and keys. */
    @Param("16384")
    public int length;

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

    /** Uploads, and checks the answer. */
    @Setup
    public void open() {
        engine = AttentionEngine.open(device);
        contender = checked(Case.random("long", Shapes.spec(1, 1, 1, length, length, HEAD_DIM, HEAD_DIM, false)));
        System.gc();
    }

    /** The call itself. */
    @Benchmark
    public void call(Growth growth) {
        growth.bytesGrown = Resident.growth(contender::run);
        growth.bytesOfTensors = 4L * length * HEAD_DIM * Float.BYTES;
    }
}
