package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.CacheModel;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A cache holds what was appended to it, and attention through it is attention on the same rows, dense. */
class KvCacheTest {
    static java.util.stream.Stream<KernelFamily> families() {
        return Engines.families().filter(family -> family != KernelFamily.TILES); // appends are the same kernel
    }

    private static KvCacheSpec.Builder base(DType type) {
        return KvCacheSpec.builder()
                .sequences(4)
                .maxLength(70)
                .kvHeads(2)
                .headDim(40)
                .valueDim(24)
                .type(type);
    }

    private static KvCacheSpec paged(DType type) {
        return base(type).paged(16, 9).build();
    }

    private static void checkGrowth(KernelFamily family, KvCacheSpec spec) {
        try (CacheModel model = new CacheModel(Engines.of(family), spec, 5)) {
            String name = family + ", " + spec.type();
            int first = model.open();
            int second = model.open();
            model.check(name + ", empty");
            model.append(new int[] {second, first}, new int[] {5, 19}, DType.F32, true);
            model.append(new int[] {first, second}, new int[] {1, 1}, DType.F32, false);
            model.check(name);
            model.append(new int[] {first}, new int[] {30}, DType.F32, true);
            model.append(new int[] {second, model.open()}, new int[] {3, 40}, DType.F32, false);
            model.check(name + ", longer");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void floatsAreAppendedBehindWhatIsThere(KernelFamily family) {
        checkGrowth(family, base(DType.F32).build());
        checkGrowth(family, paged(DType.F32));
        checkGrowth(family, paged(DType.F16));
        checkGrowth(family, base(DType.BF16).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void rowsAreQuantisedWithinHalfAStep(KernelFamily family) {
        checkGrowth(family, paged(DType.I8));
        checkGrowth(family, paged(DType.I4));
        checkGrowth(family, base(DType.I8).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void keysAreRotatedToTheirPlaceAsTheyAreAppended(KernelFamily family) {
        for (boolean interleaved : new boolean[] {false, true}) {
            Rotary rotary = new Rotary(34, interleaved, 70);
            KvCacheSpec.Builder builder = base(DType.F32).rotary(rotary, rotary.cosines(10000), rotary.sines(10000));
            checkGrowth(family, builder.paged(16, 9).build());
            checkGrowth(family, builder.type(DType.I8).build());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void newRowsMayComeAsALinearLayerGivesThem(KernelFamily family) {
        checkGrowth(
                family,
                base(DType.F32).order(Layout.Order.BATCH_ROW_HEAD).paged(16, 9).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void newRowsMayHaveSixteenBits(KernelFamily family) {
        try (CacheModel model = new CacheModel(Engines.of(family), paged(DType.I8), 5)) {
            model.append(new int[] {model.open()}, new int[] {20}, DType.F16, true);
            model.append(new int[] {model.open()}, new int[] {20}, DType.BF16, true);
            model.check(family.name());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aPromptInChunksGivesWhatOneCallGives(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        KvCacheSpec shape = KvCacheSpec.builder()
                .maxLength(70)
                .kvHeads(2)
                .headDim(40)
                .valueDim(24)
                .paged(16, 5)
                .build();
        AttentionSpec whole = AttentionSpec.builder()
                .heads(4)
                .kvHeads(2)
                .sequenceLength(45)
                .headDim(40)
                .valueDim(24)
                .causal()
                .build();
        Problem problem = new Problem(whole, 3, 1);
        float[] out = new float[4 * 45 * 24];
        try (KvCache cache = engine.newKvCache(shape);
                Stream stream = engine.newStream()) {
            int sequence = cache.newSequence();
            for (int[] chunk : new int[][] {{0, 20}, {20, 21}, {21, 45}}) {
                int rows = chunk[1] - chunk[0];
                AttentionSpec spec = cache.applyTo(
                                AttentionSpec.builder().heads(4).queryLength(rows))
                        .causal()
                        .build();
                try (DeviceTensor q = engine.allocate(spec.operand(Operand.QUERY));
                        DeviceTensor k = engine.allocate(DType.F32, 1, 2, rows, 40);
                        DeviceTensor v = engine.allocate(DType.F32, 1, 2, rows, 24);
                        DeviceTensor o = engine.allocate(spec.operand(Operand.OUT))) {
                    q.upload(stream, rows(problem.query(), 4, 40, chunk));
                    k.upload(stream, rows(problem.key(), 2, 40, chunk));
                    v.upload(stream, rows(problem.value(), 2, 24, chunk));
                    cache.append(stream, sequence, k, v);
                    engine.plan(spec)
                            .enqueue(
                                    stream,
                                    cache.addTo(new AttentionTensors())
                                            .with(Operand.QUERY, q)
                                            .with(Operand.OUT, o));
                    float[] part = new float[4 * rows * 24];
                    o.download(stream, part);
                    for (int head = 0; head < 4; head++) {
                        System.arraycopy(part, head * rows * 24, out, (head * 45 + chunk[0]) * 24, rows * 24);
                    }
                }
            }
        }
        Budget.check(problem, out, null);
    }

    /** Some rows of each head of 45. */
    private static float[] rows(float[] all, int heads, int columns, int[] chunk) {
        int rows = chunk[1] - chunk[0];
        float[] part = new float[heads * rows * columns];
        for (int head = 0; head < heads; head++) {
            System.arraycopy(all, (head * 45 + chunk[0]) * columns, part, head * rows * columns, rows * columns);
        }
        return part;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void forksShareRowsUntilTheyPart(KernelFamily family) {
        for (boolean pages : new boolean[] {true, false}) {
            KvCacheSpec spec = pages ? paged(DType.F32) : base(DType.F32).build();
            try (CacheModel model = new CacheModel(Engines.of(family), spec, 5)) {
                int first = model.open();
                model.append(new int[] {first}, new int[] {37}, DType.F32, true);
                int second = model.fork(first);
                int third = model.fork(second);
                assertEquals(pages ? 6 : 0, model.cache.freePages());
                model.check("shared");
                model.append(new int[] {second, first}, new int[] {1, 2}, DType.F32, true);
                assertEquals(pages ? 4 : 0, model.cache.freePages(), "each but the last has a copy of one page");
                model.append(new int[] {third}, new int[] {12}, DType.F32, true);
                assertEquals(pages ? 3 : 0, model.cache.freePages(), "the last writes to the page, and one more");
                model.check("parted");
                model.trim(first, 20);
                model.append(new int[] {first}, new int[] {3}, DType.F32, true); // into a full page that is shared
                model.free(second);
                model.check("trimmed and freed");
                model.free(first);
                model.free(third);
                assertEquals(pages ? 9 : 0, model.cache.freePages());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aWindowGivesPagesBackAndSeesWhatADenseWindowSees(KernelFamily family) {
        KvCacheSpec spec =
                base(DType.F32).window(20).maxLength(300).paged(16, 5).build();
        try (CacheModel model = new CacheModel(Engines.of(family), spec, 5)) {
            int sequence = model.open();
            for (int step = 0; step < 250; step += 5) { // 250 rows in pages for 80
                model.append(new int[] {sequence}, new int[] {5}, DType.F32, true);
                if (step % 35 == 0) {
                    model.check(family + ", after " + step);
                }
            }
            int copy = model.fork(sequence);
            model.append(new int[] {copy}, new int[] {7}, DType.F32, true);
            model.check("forked");
            assertThrows(IllegalArgumentException.class, () -> model.cache.trim(model.stream, copy, 200));
            model.trim(copy, 250);
            model.check("trimmed");
            model.free(sequence);
            model.trim(copy, 0);
            assertEquals(5, model.cache.freePages());
            model.append(new int[] {copy}, new int[] {33}, DType.F32, true);
            model.free(copy);
            assertEquals(5, model.cache.freePages());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aFullCacheSaysSoAndIsAsItWas(KernelFamily family) {
        try (CacheModel model = new CacheModel(Engines.of(family), paged(DType.F32), 5)) {
            int first = model.open();
            int second = model.open();
            model.append(new int[] {first, second}, new int[] {60, 35}, DType.F32, true);
            int fork = model.fork(second);
            int[] all = {first, second, fork};
            assertEquals(
                    "the pages that are free are too few for 32 rows of 3 sequences: 2 of 9 pages of 16 rows are free; free or trim"
                            + " sequences, or make a cache of more pages",
                    full(() -> model.append(all, new int[] {5, 14, 13}, DType.F32, true)));
            assertEquals(
                    "sequence 0 has 60 rows and would get 11 more, but maxLength is 70; trim or free it, or make a cache of longer"
                            + " sequences",
                    full(() -> model.append(all, new int[] {11, 0, 0}, DType.F32, true)));
            model.open();
            assertEquals(
                    "the cache holds 4 sequences, as many as it can; free one, or make a cache for more",
                    full(model::open));
            assertThrows(CacheFullException.class, () -> model.fork(first));
            assertEquals(2, model.cache.freePages());
            model.check(family.name());
            model.append(all, new int[] {5, 13, 3}, DType.F32, true); // a page, and a copy: the other writes to its own
            assertEquals(0, model.cache.freePages());
            model.check(family.name());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void anyOrderOfCallsGivesWhatPlainListsGive(KernelFamily family) {
        SplittableRandom random = new SplittableRandom(11);
        for (KvCacheSpec spec : List.of(
                paged(DType.F32),
                base(DType.F32).build(),
                base(DType.I8).window(20).paged(16, 9).build())) {
            try (CacheModel model = new CacheModel(Engines.of(family), spec, 6)) {
                for (int step = 0; step < 150; step++) {
                    String name = family + ", " + spec.type() + ", step " + step;
                    int free = model.cache.freePages();
                    try {
                        step(model, random, spec);
                    } catch (CacheFullException e) {
                        assertEquals(free, model.cache.freePages(), name + ": " + e.getMessage());
                        model.check(name);
                        model.free(model.sequences().get(0));
                    }
                    if (step % 30 == 0) {
                        model.check(name);
                    }
                }
                model.sequences().forEach(model::free);
                assertEquals(spec.pages(), model.cache.freePages());
            }
        }
    }

    private static void step(CacheModel model, SplittableRandom random, KvCacheSpec spec) {
        List<Integer> sequences = model.sequences();
        int sequence = sequences.isEmpty() ? -1 : sequences.get(random.nextInt(sequences.size()));
        switch (sequence < 0 ? 0 : random.nextInt(10)) {
            case 0 -> model.open();
            case 1 -> model.fork(sequence);
            case 2 -> {
                int length = model.length(sequence);
                model.trim(
                        sequence,
                        spec.window() >= 0 && random.nextBoolean()
                                ? 0
                                : length - Math.min(length, spec.window() >= 0 ? 0 : random.nextInt(9)));
            }
            case 3 -> model.free(sequence);
            default -> {
                int[] numbers = sequences.stream()
                        .filter(each -> random.nextBoolean())
                        .mapToInt(each -> each)
                        .toArray();
                int[] counts = new int[numbers.length];
                for (int i = 0; i < counts.length; i++) {
                    counts[i] = random.nextInt(random.nextBoolean() ? 3 : 14);
                }
                if (numbers.length > 0) {
                    model.append(numbers, counts, DType.F32, random.nextBoolean());
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    @Tag("oclgrind")
    void aSmallCacheIsRight(KernelFamily family) {
        for (DType type : new DType[] {DType.F32, DType.I8, DType.I4}) {
            KvCacheSpec spec = KvCacheSpec.builder()
                    .sequences(2)
                    .maxLength(40)
                    .kvHeads(1)
                    .headDim(9)
                    .valueDim(4)
                    .type(type)
                    .paged(16, 4)
                    .build();
            try (CacheModel model = new CacheModel(Engines.of(family), spec, 5)) {
                int first = model.open();
                model.append(new int[] {first}, new int[] {19}, DType.F32, true);
                int second = model.fork(first);
                model.append(new int[] {second, first}, new int[] {2, 1}, DType.F32, false);
                model.check(family + ", " + type);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aRowThatIsNotFiniteIsNan(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        KvCacheSpec spec = KvCacheSpec.builder()
                .maxLength(16)
                .kvHeads(1)
                .headDim(40)
                .type(DType.I4)
                .paged(16, 1)
                .build();
        float[] rows = new float[40];
        rows[0] = 1;
        rows[35] = Float.POSITIVE_INFINITY;
        try (KvCache cache = engine.newKvCache(spec);
                Stream stream = engine.newStream();
                DeviceTensor row = engine.allocate(DType.F32, 1, 1, 1, 40)) {
            row.upload(stream, rows);
            cache.append(stream, cache.newSequence(), row, row);
            float[] scales = new float[32];
            cache.addTo(new AttentionTensors()).get(Operand.KEY_SCALES).download(stream, scales);
            assertEquals(1 / 7f, scales[0], 1e-7f);
            assertTrue(Float.isNaN(scales[1]));
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        AttentionEngine engine = Engines.of(KernelFamily.REFERENCE);
        KvCacheSpec spec = paged(DType.F32);
        KvCache cache = engine.newKvCache(spec);
        try (Stream stream = engine.newStream();
                DeviceTensor keys = engine.allocate(DType.F32, 1, 2, 3, 40);
                DeviceTensor values = engine.allocate(DType.F32, 1, 2, 3, 24);
                DeviceTensor halves = engine.allocate(DType.F16, 1, 2, 3, 24)) {
            int sequence = cache.newSequence();
            assertEquals(
                    "there is no sequence 3 in the cache; sequences come from newSequence() and fork()",
                    refusal(() -> cache.length(3)));
            assertEquals(
                    "sequence 0 is named twice; give all its rows at once, or append twice",
                    refusal(() -> cache.append(stream, new int[] {0, 0}, new int[] {1, 1}, keys, values)));
            assertEquals(
                    "there must be as many counts as sequences, but there are 2 and 1",
                    refusal(() -> cache.append(stream, new int[] {0}, new int[] {1, 1}, keys, values)));
            assertEquals(
                    "counts must be at least 0, but one is -1",
                    refusal(() -> cache.append(stream, new int[] {0}, new int[] {-1}, keys, values)));
            assertEquals(
                    "keys must have at least 4 rows for the counts given, but have 3",
                    refusal(() -> cache.append(stream, new int[] {0}, new int[] {4}, keys, values)));
            assertEquals(
                    "values must have type F32, but has F16",
                    refusal(() -> cache.append(stream, sequence, keys, halves)));
            assertEquals(
                    "length must be 0 or from 0 to 0, the rows of sequence 0, but is 1",
                    refusal(() -> cache.trim(stream, sequence, 1)));
            assertEquals(9, cache.freePages());
            assertEquals(0, cache.length(sequence));
            cache.close();
            cache.close();
            assertThrows(IllegalStateException.class, cache::newSequence);
        }
        assertEquals(
                "window gives pages back that no query sees any more, but the cache has none; ask for paged(pageSize, pages) too",
                refusal(() -> base(DType.F32).window(5).build()));
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    private static String full(Executable call) {
        return assertThrows(CacheFullException.class, call).getMessage();
    }
}
