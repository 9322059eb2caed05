package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Engines;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A prompt of 200,000 keys, whose matrix of scores would need 400 MB for the last chunk alone. */
class LongPromptTest {
    private static final int KEYS = 200_000;
    private static final int CHUNK = 512;
    private static final int DIM = 8;
    /** How often the error of plain sums in f32 is allowed, and how much beside it. */
    private static final double PLAIN_ERRORS = 3;

    private static final double TOLERANCE = 1e-4;

    static java.util.stream.Stream<KernelFamily> families() {
        return Engines.families().filter(f -> f == KernelFamily.LANES || f == KernelFamily.JAVA);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void theLastChunkAndTheNextTokenSeeAllOfIt(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        AttentionEngine forTokens = family == KernelFamily.LANES ? Engines.of(KernelFamily.DECODE) : engine;
        // A cache and its plan are of one engine, so the prompt is appended to a cache of each.
        check(engine, KEYS - CHUNK, CHUNK);
        check(forTokens, KEYS, 1);
    }

    private static void check(AttentionEngine engine, int before, int queries) {
        KvCacheSpec shape = KvCacheSpec.builder()
                .maxLength(KEYS + 16)
                .kvHeads(1)
                .headDim(DIM)
                .build();
        try (KvCache cache = engine.newKvCache(shape);
                Stream stream = engine.newStream()) {
            int sequence = cache.newSequence();
            for (int from = 0; from < before; from += 50_000) {
                append(engine, cache, stream, sequence, from, Math.min(50_000, before - from));
            }
            append(engine, cache, stream, sequence, before, queries);
            AttentionSpec spec = cache.applyTo(AttentionSpec.builder().heads(1).queryLength(queries))
                    .causal()
                    .scale(1)
                    .build();
            float[] ones = new float[queries * DIM];
            Arrays.fill(ones, 1);
            float[] result = new float[queries * DIM];
            try (DeviceTensor query = engine.allocate(spec.operand(Operand.QUERY));
                    DeviceTensor out = engine.allocate(spec.operand(Operand.OUT))) {
                query.upload(stream, ones);
                AttentionTensors tensors = cache.addTo(new AttentionTensors())
                        .with(Operand.QUERY, query)
                        .with(Operand.OUT, out);
                engine.plan(spec).enqueue(stream, tensors);
                out.download(stream, result);
            }
            checkMeans(before, result);
        }
    }

    /**
     * Each row is the mean of the values so far by the weights of their keys; sums of so many terms are inexact in f32,
     * so these sums say how much.
     */
    private static void checkMeans(int before, float[] result) {
        double weights = 0;
        double sum = 0;
        float plainWeights = 0;
        float plainSum = 0;
        double difference = 0;
        double plainDifference = 0;
        for (int j = 0; j < before + result.length / DIM; j++) {
            float weight = (float) Math.exp(score(j) - 2);
            weights += Math.exp(score(j) - 2);
            sum += Math.exp(score(j) - 2) * value(j);
            plainWeights += weight;
            plainSum += weight * value(j);
            if (j >= before) {
                double expected = sum / weights;
                plainDifference = Math.max(plainDifference, Math.abs(plainSum / plainWeights - expected));
                double one = Math.abs(result[(j - before) * DIM + 5] - expected);
                difference = Double.isNaN(one) ? one : Math.max(difference, one);
            }
        }
        assertEquals(0, difference, PLAIN_ERRORS * plainDifference + TOLERANCE);
    }

    private static void append(AttentionEngine engine, KvCache cache, Stream stream, int sequence, int from, int rows) {
        float[] keys = new float[rows * DIM];
        float[] values = new float[rows * DIM];
        for (int i = 0; i < rows; i++) {
            keys[i * DIM] = score(from + i);
            Arrays.fill(values, i * DIM, (i + 1) * DIM, value(from + i));
        }
        try (DeviceTensor key = engine.allocate(DType.F32, 1, 1, rows, DIM);
                DeviceTensor value = engine.allocate(DType.F32, 1, 1, rows, DIM)) {
            key.upload(stream, keys);
            value.upload(stream, values);
            cache.append(stream, sequence, key, value);
        }
    }

    private static float score(int key) {
        return key % 3;
    }

    private static float value(int key) {
        return key * 37L % 64;
    }
}
