package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.EngineOptions;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/** What {@link WarmStart} runs in a fresh JVM. */
final class WarmStartProbe {
    static final String PREFIX = "first result after ms: ";

    private WarmStartProbe() {}

    /** Arguments: the device, and the directory of the program cache. */
    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(16)
                .headDim(64)
                .causal()
                .build();
        float[] query = normal(1, spec.queryElements());
        float[] key = normal(2, spec.keyElements());
        float[] value = normal(3, spec.valueElements());
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(Path.of(arguments[1]));
        long start = System.nanoTime();
        try (AttentionEngine engine = AttentionEngine.open(arguments[0], options)) {
            float[] out = engine.attend(spec, query, key, value);
            double millis = (System.nanoTime() - start) * 1e-6;
            // The first row sees only itself: a result that is not its value must not be timed.
            if (Math.abs(out[0] - value[0]) > 1e-6) {
                throw new IllegalStateException(arguments[0] + " gives " + out[0] + " where " + value[0] + " is right");
            }
            System.out.printf(Locale.ROOT, "%s%.3f%n", PREFIX, millis);
        }
    }

    private static float[] normal(long seed, long elements) {
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(elements)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
