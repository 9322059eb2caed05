package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Shapes;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a program waits for its first result: from opening an engine to one small answer, once in each fresh JVM.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(5)
public class StartBenchmark {
    /** Set by {@link JmhRun} to the devices of this machine. */
    @Param("java")
    public String device;

    /** The folder of compiled programs, such as an empty one; the user's own if this is empty. */
    @Param("")
    public String cache;

    private Case call;
    private EngineOptions options;

    /** Makes the data. */
    @Setup
    public void make() {
        call = Case.random("small", Shapes.parse("1x2x16x16x64 causal"));
        EngineOptions defaults = EngineOptions.defaults();
        options = cache.isEmpty() ? defaults : defaults.withCacheDirectory(Path.of(cache));
    }

    /** The first row sees only itself: a result that is not its value must not be timed. */
    @Benchmark
    public float[] firstResult() {
        float[] value = call.floats(Operand.VALUE);
        try (AttentionEngine engine = AttentionEngine.open(device, options)) {
            float[] out = engine.attend(call.spec(), call.floats(Operand.QUERY), call.floats(Operand.KEY), value);
            if (Math.abs(out[0] - value[0]) > 1e-6) {
                throw new IllegalStateException(device + " gives " + out[0] + " where " + value[0] + " is right");
            }
            return out;
        }
    }
}
