package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.CachedKeys;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Few queries over many keys in pure Java, whose keys are shared out to threads. */
class RowAttentionTest {
    private static final Threads THREADS = new Threads(3);
    private static final int SHARE = RowAttention.SHARE;
    private static final int[] LENGTHS = {SHARE + 71, 0, 17, 2 * SHARE};

    @AfterAll
    static void endThreads() {
        THREADS.close();
    }

    static List<MicroKernels> kernels() {
        return TiledAttentionTest.kernels();
    }

    private static AttentionSpecBuilder spec(int groupSize, int queries, int keys, int headDim) {
        return AttentionSpec.builder()
                .heads(2 * groupSize)
                .kvHeads(2)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim)
                .returnLse();
    }

    private static AttentionArrays attend(
            AttentionSpec spec, MicroKernels kernels, Threads threads, AttentionArrays inputs) {
        AttentionArrays outputs = new AttentionArrays();
        for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
            HostArrays.put(outputs, operand, Elements.poisoned(spec.operand(operand)));
        }
        new RowAttention(spec, kernels, threads).attend(List.of(Operands.of(spec, HostArrays.all(inputs, outputs))));
        return outputs;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void isRightAroundEveryTileAndShare(MicroKernels kernels) {
        int[] keys = {1, 4, RowAttention.TILE - 1, RowAttention.TILE, RowAttention.TILE + 1, SHARE, 2 * SHARE + 1};
        for (int count : keys) {
            for (int queries : new int[] {1, 3, 16}) {
                for (Mask mask : new Mask[] {Mask.none(), Mask.causal(), Mask.window(70, 0)}) {
                    int headDim = count % 4 == 0 ? 64 : 1 + count % 37;
                    AttentionSpec spec = spec(queries == 1 ? 3 : 1, queries, count, headDim)
                            .mask(mask)
                            .build();
                    Problem problem = Problem.of(spec);
                    Budget.check(
                            kernels.name() + " " + spec,
                            spec,
                            problem.inputs(),
                            attend(spec, kernels, THREADS, problem.inputs()));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void readsWhatACacheHolds(MicroKernels kernels) {
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16, DType.I8, DType.I4}) {
            for (int page : new int[] {0, 16, 32, 256}) {
                AttentionSpec dense = spec(2, 2, 2 * SHARE, page == 0 || page > 16 ? 64 : 42)
                        .batch(LENGTHS.length)
                        .keyLengths()
                        .causal()
                        .build();
                AttentionSpecBuilder builder =
                        dense.toBuilder().type(Operand.KEY, type).type(Operand.VALUE, type);
                AttentionSpec cached = (page == 0 ? builder : builder.paged(page, 4 * SHARE / page)).build();
                CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
                Budget.check(
                        kernels.name() + " " + cached,
                        dense,
                        keys.dense(),
                        attend(cached, kernels, THREADS, keys.stored()));
            }
        }
    }

    /** As many heads a key as take each of the loops, and dimensions that are whole vectors and that are not. */
    @ParameterizedTest
    @MethodSource("kernels")
    void readsKeysAndValuesOfEveryTypeAsTheyLie(MicroKernels kernels) {
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16, DType.I8, DType.I4}) {
            for (int heads : new int[] {1, 2, 4, 7, 8, 21}) {
                for (int headDim : new int[] {64, 96, 40}) {
                    AttentionSpec dense = spec(heads, 1, SHARE + RowAttention.TILE + 3, headDim)
                            .keyLengths()
                            .build();
                    AttentionSpec cached = dense.toBuilder()
                            .type(Operand.KEY, type)
                            .type(Operand.VALUE, type)
                            .build();
                    CachedKeys keys = new CachedKeys(dense, cached, new int[] {SHARE + RowAttention.TILE + 2}, 3);
                    Budget.check(
                            kernels.name() + " " + cached,
                            dense,
                            keys.dense(),
                            attend(cached, kernels, THREADS, keys.stored()));
                }
            }
        }
    }

    /** Copies of 4 bits have an order of their own, which queries and outputs must follow; turned keys have not. */
    @ParameterizedTest
    @MethodSource("kernels")
    void readsHalvesBesideAnythingElse(MicroKernels kernels) {
        for (DType[] types : new DType[][] {{DType.I4, DType.F32}, {DType.F16, DType.I4}, {DType.I4, DType.I4}}) {
            for (Rotary rotary : new Rotary[] {null, new Rotary(64, true, SHARE + 5)}) {
                AttentionSpecBuilder builder = spec(3, 2, SHARE + 5, 64).keyLengths();
                AttentionSpec dense = (rotary == null ? builder : builder.rotary(rotary)).build();
                AttentionSpec cached = dense.toBuilder()
                        .type(Operand.KEY, types[0])
                        .type(Operand.VALUE, types[1])
                        .build();
                CachedKeys keys = new CachedKeys(dense, cached, new int[] {SHARE + 4}, 3);
                AttentionArrays stored = keys.stored();
                Budget.check(cached.toString(), dense, keys.dense(), attend(cached, kernels, THREADS, stored));

                AttentionArrays outputs = new AttentionArrays();
                for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
                    HostArrays.put(outputs, operand, Elements.poisoned(cached.operand(operand)));
                }
                AttentionArrays all = HostArrays.all(stored, outputs);
                new RowAttention(cached, kernels, THREADS)
                        .attend(List.of(Operands.of(cached, operand -> direct(all.get(operand)))));
                Budget.check("in buffers: " + cached, dense, keys.dense(), outputs);
            }
        }
    }

    /** A buffer with the bytes of an array, if it is of bytes. */
    private static Object direct(Object array) {
        return array instanceof byte[] bytes
                ? ByteBuffer.allocateDirect(bytes.length)
                        .order(ByteOrder.nativeOrder())
                        .put(bytes)
                        .flip()
                : array;
    }

    /** Each of the loops for four, two and one row has its part of these heads. */
    @ParameterizedTest
    @MethodSource("kernels")
    void bitsDoNotDependOnTheHeadsBeside(MicroKernels kernels) {
        int heads = Math.max(1, kernels.vectorWidth() / 2 - 1); // with more, rows lie along the lanes
        int headDim = 96;
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16, DType.I8, DType.I4}) {
            AttentionSpec dense =
                    spec(heads, 1, SHARE + 5, headDim).keyLengths().build();
            AttentionSpec cached = ofType(dense, type);
            AttentionArrays stored = new CachedKeys(dense, cached, new int[] {SHARE + 4}, 3).stored();
            float[] together =
                    (float[]) attend(cached, kernels, THREADS, stored).get(Operand.OUT);
            for (int head = 0; head < heads; head++) {
                AttentionArrays one = HostArrays.all(stored, new AttentionArrays())
                        .with(
                                Operand.QUERY,
                                Arrays.copyOfRange(
                                        (float[]) stored.get(Operand.QUERY), head * headDim, (head + 1) * headDim));
                AttentionSpec alone = cached.toBuilder().heads(1).kvHeads(1).build();
                assertArrayEquals(
                        (float[]) attend(alone, kernels, THREADS, one).get(Operand.OUT),
                        Arrays.copyOfRange(together, head * headDim, (head + 1) * headDim),
                        0f,
                        kernels.name() + " " + type + ", head " + head);
            }
        }
    }

    private static AttentionSpec ofType(AttentionSpec spec, DType type) {
        return spec.toBuilder()
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .build();
    }

    /** Numbers of 16 bits are multiplied as they lie; the same numbers as floats give the same bits. */
    @ParameterizedTest
    @MethodSource("kernels")
    void bitsAreThoseOfTheSameNumbersAsFloats(MicroKernels kernels) {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            for (int heads : new int[] {1, 3, 4}) {
                AttentionSpec floats = spec(heads, 1, SHARE + 5, 64).build();
                AttentionSpec halves = floats.toBuilder()
                        .type(Operand.KEY, type)
                        .type(Operand.VALUE, type)
                        .build();
                Problem problem = Problem.of(halves);
                AttentionArrays widened = HostArrays.all(problem.inputs(), new AttentionArrays())
                        .with(Operand.KEY, Half.decode(type, (short[])
                                problem.inputs().get(Operand.KEY)))
                        .with(Operand.VALUE, Half.decode(type, (short[])
                                problem.inputs().get(Operand.VALUE)));
                assertArrayEquals(
                        (float[]) attend(floats, kernels, THREADS, widened).get(Operand.OUT),
                        (float[]) attend(halves, kernels, THREADS, problem.inputs())
                                .get(Operand.OUT),
                        0f,
                        kernels.name() + " " + halves);
            }
        }
    }

    /** Shares are the same whoever computes them, and are joined in their order. */
    @ParameterizedTest
    @MethodSource("kernels")
    void bitsDependOnNeitherThreadsNorTheRestOfTheBatch(MicroKernels kernels) {
        AttentionSpec spec = spec(2, 2, 3 * SHARE, 40).batch(3).causal().build();
        Problem problem = Problem.of(spec);
        float[] all = (float[]) attend(spec, kernels, THREADS, problem.inputs()).get(Operand.OUT);
        try (Threads one = new Threads(1)) {
            float[] alone =
                    (float[]) attend(spec, kernels, one, problem.inputs()).get(Operand.OUT);
            assertArrayEquals(all, alone, 0f);
        }
        AttentionSpec last = spec.toBuilder().batch(1).build();
        float[] lastAlone = (float[]) attend(
                        last,
                        kernels,
                        THREADS,
                        new AttentionArrays()
                                .with(Operand.QUERY, third(problem.query()))
                                .with(Operand.KEY, third(problem.key()))
                                .with(Operand.VALUE, third(problem.value())))
                .get(Operand.OUT);
        assertArrayEquals(third(all), lastAlone, 0f);
    }

    private static float[] third(float[] all) {
        return Arrays.copyOfRange(all, all.length / 3 * 2, all.length);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void hiddenValuesMayHoldAnything(MicroKernels kernels) {
        AttentionSpec spec = spec(1, 3, 150, 20).causal(Mask.Alignment.TOP_LEFT).build();
        Problem problem = Problem.of(spec);
        float[] clean =
                (float[]) attend(spec, kernels, THREADS, problem.inputs()).get(Operand.OUT);
        float[] value = problem.value();
        Arrays.fill(value, 2 * 20, 150 * 20, Float.NaN); // of head 0, the last query sees the first of them
        float[] out = (float[]) attend(
                        spec,
                        kernels,
                        THREADS,
                        HostArrays.all(problem.inputs(), new AttentionArrays()).with(Operand.VALUE, value))
                .get(Operand.OUT);
        for (int i = 0; i < out.length; i++) {
            boolean sees = i >= 2 * 20 && i < 3 * 20;
            assertEquals(sees ? Float.NaN : clean[i], out[i], 1e-6f, "element " + i);
        }
    }

    /** Also where they are multiplied as they lie, and numbers are looked for in a copy. */
    @ParameterizedTest
    @MethodSource("kernels")
    void hiddenNumbersOf16BitsMayBeAnything(MicroKernels kernels) {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            hiddenNumbersMayBeAnything(kernels, type);
        }
    }

    private static void hiddenNumbersMayBeAnything(MicroKernels kernels, DType type) {
        AttentionSpec spec = spec(1, 3, 150, 32)
                .causal(Mask.Alignment.TOP_LEFT)
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .build();
        Problem problem = Problem.of(spec);
        float[] clean =
                (float[]) attend(spec, kernels, THREADS, problem.inputs()).get(Operand.OUT);
        short[] value = ((short[]) problem.inputs().get(Operand.VALUE)).clone();
        Arrays.fill(
                value,
                2 * 32,
                150 * 32,
                Half.encode(type, new float[] {Float.NaN})[0]); // of head 0, the last query sees the first of them
        AttentionArrays inputs =
                HostArrays.all(problem.inputs(), new AttentionArrays()).with(Operand.VALUE, value);
        float[] out = (float[]) attend(spec, kernels, THREADS, inputs).get(Operand.OUT);
        for (int i = 0; i < out.length; i++) {
            boolean sees = i >= 2 * 32 && i < 3 * 32;
            assertEquals(sees ? Float.NaN : clean[i], out[i], 1e-6f, type + " element " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void anInfinityOf16BitsReachesItsColumn(MicroKernels kernels) {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            AttentionSpec spec = spec(4, 1, 200, 32)
                    .type(Operand.KEY, type)
                    .type(Operand.VALUE, type)
                    .build();
            Problem problem = Problem.of(spec);
            short[] value = ((short[]) problem.inputs().get(Operand.VALUE)).clone();
            value[77 * 32 + 5] = Half.encode(type, new float[] {Float.POSITIVE_INFINITY})[0]; // of key/value head 0
            AttentionArrays inputs =
                    HostArrays.all(problem.inputs(), new AttentionArrays()).with(Operand.VALUE, value);
            float[] out = (float[]) attend(spec, kernels, THREADS, inputs).get(Operand.OUT);
            for (int i = 0; i < out.length; i++) {
                boolean isThere = i < 4 * 32 && i % 32 == 5;
                assertEquals(isThere, out[i] == Float.POSITIVE_INFINITY, type + " element " + i + ": " + out[i]);
            }
        }
    }

    @Test
    void itIsForFewQueriesThatAreMultiplied() {
        assertTrue(RowAttention.isMeantFor(spec(1, 16, 128, 8).build()));
        assertFalse(RowAttention.isMeantFor(spec(1, 17, 1000, 8).build()));
        assertFalse(RowAttention.isMeantFor(spec(1, 16, 127, 8).build()), "few keys for so many queries");
        assertTrue(RowAttention.isMeantFor(spec(1, 4, 1, 8).build()));
        assertFalse(RowAttention.isMeantFor(spec(1, 1, 100, 8).additive().build()));
    }
}
