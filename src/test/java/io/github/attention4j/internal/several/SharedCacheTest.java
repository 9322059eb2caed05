package io.github.attention4j.internal.several;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.EngineOver;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.java.JavaBackend;
import io.github.attention4j.testing.Engines;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cache whose sequences lie on several devices gives what a cache on one does. */
class SharedCacheTest {
    private static final int SEQUENCES = 5;
    private static final int KV_HEADS = 2;
    private static final int DIM = 8;

    private static KvCacheSpec.Builder cache() {
        return KvCacheSpec.builder()
                .sequences(SEQUENCES)
                .maxLength(40)
                .kvHeads(KV_HEADS)
                .headDim(DIM);
    }

    private static AttentionEngine several(Backend... backends) {
        return EngineOver.of(new SeveralBackend(List.of(backends), EngineOptions.defaults(), 1, 1.5));
    }

    private static Backend java() {
        return JavaBackend.open("java", EngineOptions.defaults().withThreads(1));
    }

    /** What generation does with a cache: all of it, with sequences that have the same numbers on every engine. */
    private static float[] generate(AttentionEngine engine, KvCacheSpec spec, boolean areQueriesRagged) {
        SplittableRandom random = new SplittableRandom(5);
        try (KvCache cache = engine.newKvCache(spec);
                Stream stream = engine.newStream()) {
            int[] numbers = new int[SEQUENCES - 1];
            Arrays.setAll(numbers, i -> cache.newSequence());
            Arrays.sort(numbers);
            append(engine, cache, stream, new int[] {0, 1, 3}, new int[] {7, 0, 12}, random);
            cache.fork(stream, 0); // to number 4, on the other of two devices
            for (int step = 0; step < 3; step++) {
                append(engine, cache, stream, new int[] {4, 2, 0}, new int[] {1, 2, 1}, random);
            }
            cache.trim(stream, 0, 9);
            cache.free(stream, 2);
            assertEquals(12, cache.length(3));
            AttentionSpec attention = attention(cache, areQueriesRagged);
            float[] query = new float[(int) attention.queryElements()];
            Arrays.setAll(new double[query.length], i -> query[i] = (float) random.nextDouble());
            float[] out = new float[(int) attention.outElements()];
            Arrays.fill(out, -3);
            try (DeviceTensor queries = engine.allocate(attention.operand(Operand.QUERY));
                    DeviceTensor outs = engine.allocate(attention.operand(Operand.OUT))) {
                queries.upload(stream, query);
                outs.upload(stream, out);
                AttentionTensors tensors = cache.addTo(new AttentionTensors())
                        .with(Operand.QUERY, queries)
                        .with(Operand.OUT, outs);
                if (areQueriesRagged) {
                    DeviceTensor offsets = engine.allocate(attention.operand(Operand.QUERY_OFFSETS));
                    offsets.upload(stream, new int[] {0, 3, 3, 3, 4, 6});
                    tensors.with(Operand.QUERY_OFFSETS, offsets);
                }
                engine.plan(attention).enqueue(stream, tensors);
                outs.download(stream, out);
                stream.finish();
            }
            return out;
        }
    }

    private static AttentionSpec attention(KvCache cache, boolean areQueriesRagged) {
        var builder =
                cache.applyTo(AttentionSpec.builder().heads(4).queryLength(3)).causal();
        return (areQueriesRagged ? builder.raggedQueries(7) : builder).build();
    }

    private static void append(
            AttentionEngine engine,
            KvCache cache,
            Stream stream,
            int[] numbers,
            int[] counts,
            SplittableRandom random) {
        int rows = Arrays.stream(counts).sum();
        boolean rowsFirst = cache.spec().order() == Layout.Order.BATCH_ROW_HEAD;
        float[] array = new float[KV_HEADS * rows * DIM];
        Arrays.setAll(new double[array.length], i -> array[i] = (float) random.nextDouble());
        try (DeviceTensor keys =
                engine.allocate(DType.F32, 1, rowsFirst ? rows : KV_HEADS, rowsFirst ? KV_HEADS : rows, DIM)) {
            keys.upload(stream, array);
            cache.append(stream, numbers, counts, keys, keys);
        }
    }

    private static void check(AttentionEngine one, AttentionEngine engine) {
        Rotary rotary = new Rotary(4, false, 40);
        for (KvCacheSpec spec : List.of(
                cache().build(),
                cache().type(DType.I8).order(Layout.Order.BATCH_ROW_HEAD).build(),
                cache().rotary(rotary, rotary.cosines(100), rotary.sines(100)).build())) {
            for (boolean areQueriesRagged : new boolean[] {false, true}) {
                float[] expected = generate(one, spec, areQueriesRagged);
                assertArrayEquals(expected, generate(engine, spec, areQueriesRagged), 1e-5f);
            }
        }
    }

    @Test
    void sequencesLieOnTheirDevices() {
        try (AttentionEngine one = EngineOver.of(java());
                AttentionEngine engine = several(java(), java())) {
            check(one, engine);
        }
    }

    @Test
    @Tag("opencl")
    void openClAndJavaHaveSequencesOfOneCache() {
        try (AttentionEngine one = EngineOver.of(java());
                AttentionEngine engine = AttentionEngine.open(List.of(Engines.openClDevice(), "java"))) {
            check(one, engine);
        }
    }

    @Test
    void newSequencesGoToTheDevicesInTurn() {
        try (AttentionEngine engine = several(java(), java());
                KvCache cache = engine.newKvCache(cache().build())) {
            int[] numbers = new int[SEQUENCES];
            Arrays.setAll(numbers, i -> cache.newSequence());
            assertArrayEquals(new int[] {0, 2, 1, 3, 4}, numbers); // two of them on the first device
        }
    }

    /** Its rows are nowhere else, so no other device can take over. */
    @Test
    void aDeviceThatFailsIsNamed() {
        Backend java = java();
        Backend bad = (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("device")) {
                        return java.device().withId("bad:0");
                    }
                    if (method.getName().equals("allocate")) {
                        throw new DeviceException("the driver said -4");
                    }
                    try {
                        return method.invoke(java, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        try (AttentionEngine engine = several(java(), bad);
                KvCache cache = engine.newKvCache(cache().build());
                Stream stream = engine.newStream()) {
            int first = cache.newSequence();
            append(engine, cache, stream, new int[] {first}, new int[] {3}, new SplittableRandom(1));
            stream.finish();
            int second = cache.newSequence();
            append(engine, cache, stream, new int[] {second}, new int[] {3}, new SplittableRandom(1));
            DeviceException e = assertThrows(DeviceException.class, stream::finish);
            assertTrue(e.getMessage().contains("\"bad:0\" failed with its sequences 2 to 4"), e.getMessage());
        }
    }

    @Test
    void aCacheOfAnotherEngineIsRefused() {
        try (AttentionEngine engine = several(java(), java());
                AttentionEngine other = several(java(), java());
                KvCache cache = engine.newKvCache(cache().build());
                Stream stream = other.newStream()) {
            AttentionSpec attention = attention(cache, false);
            AttentionTensors tensors = cache.addTo(new AttentionTensors())
                    .with(Operand.QUERY, other.allocate(attention.operand(Operand.QUERY)))
                    .with(Operand.OUT, other.allocate(attention.operand(Operand.OUT)));
            Exception e = assertThrows(
                    IllegalArgumentException.class, () -> other.plan(attention).enqueue(stream, tensors));
            assertTrue(e.getMessage().contains("a cache of another engine"), e.getMessage());
        }
    }

    @Test
    void whatIsQueuedIsDoneBeforeAClosedCacheIsFreed() {
        try (AttentionEngine engine = several(java(), java());
                Stream stream = engine.newStream()) {
            KvCache cache = engine.newKvCache(cache().build());
            AttentionTensors tensors = cache.addTo(new AttentionTensors());
            int sequence = cache.newSequence();
            for (int i = 0; i < 20; i++) {
                append(engine, cache, stream, new int[] {sequence}, new int[] {2}, new SplittableRandom(1));
            }
            cache.close();
            stream.finish();
            AttentionSpec attention = attention(cache, false);
            tensors.with(Operand.QUERY, engine.allocate(attention.operand(Operand.QUERY)))
                    .with(Operand.OUT, engine.allocate(attention.operand(Operand.OUT)));
            assertThrows(
                    IllegalStateException.class, () -> engine.plan(attention).enqueue(stream, tensors));
        }
    }
}
