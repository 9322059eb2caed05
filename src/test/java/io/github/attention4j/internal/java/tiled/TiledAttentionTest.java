package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.ProblemSpace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TiledAttentionTest {
    private static final Threads THREADS = new Threads(3);

    @AfterAll
    static void endThreads() {
        THREADS.close();
    }

    /** The plain kernels always; the vector kernels when this JVM has them. */
    static List<MicroKernels> kernels() {
        MicroKernels plain = new PlainKernels("");
        return MicroKernels.best() instanceof PlainKernels ? List.of(plain) : List.of(plain, MicroKernels.best());
    }

    private static Stream<Arguments> onAllKernels(Stream<?> problems) {
        return problems.flatMap(
                problem -> kernels().stream().map(kernels -> Arguments.of(kernels.name(), problem, kernels)));
    }

    static Stream<Arguments> awkward() {
        return onAllKernels(ProblemSpace.awkward().stream());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("awkward")
    void staysWithinTheErrorBudget(String name, Problem problem, MicroKernels kernels) {
        check(problem, kernels);
    }

    /** Lengths one below, at and above every size that the code cuts by. */
    static Stream<Arguments> boundaries() {
        return kernels().stream().flatMap(kernels -> {
            int[] queries = around(kernels.lanes(10_000), kernels.tileQ(10_000));
            int[] keys = around(4, kernels.tileKv(), 2 * kernels.tileKv());
            return Arrays.stream(queries)
                    .boxed()
                    .flatMap(q -> Arrays.stream(keys).boxed().flatMap(k -> Stream.of(Mask.none(), Mask.causal())
                            .map(mask -> Arguments.of(kernels.name(), problem(q, k, 6, mask), kernels))));
        });
    }

    private static int[] around(int... sizes) {
        return Arrays.stream(sizes)
                .flatMap(n -> Arrays.stream(new int[] {n - 1, n, n + 1}))
                .distinct()
                .toArray();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("boundaries")
    void isRightAroundEveryTileBoundary(String name, Problem problem, MicroKernels kernels) {
        check(problem, kernels);
    }

    static Stream<Arguments> longRows() {
        return onAllKernels(Stream.of(problem(20, 16_384, 64, Mask.none()), problem(3, 16_384, 64, Mask.causal())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("longRows")
    void staysWithinTheErrorBudgetAtSixteenThousandKeys(String name, Problem problem, MicroKernels kernels) {
        check(problem, kernels);
    }

    static Stream<Arguments> allKernels() {
        return kernels().stream().map(kernels -> Arguments.of(kernels.name(), kernels));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allKernels")
    void masksOfNanAndInfinityAreNeverSeen(String name, MicroKernels kernels) {
        // 40 queries, 300 keys, aligned top left: keys from 40 on are seen by nobody, those before by some queries.
        Problem problem = problem(40, 300, 20, Mask.causal(Mask.Alignment.TOP_LEFT));
        float[] clean = new float[40 * 20];
        run(problem.spec(), kernels, problem.query(), problem.key(), problem.value(), clean, null);
        for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int poisoned : new int[] {1, 17, 39, 40, 299}) {
                float[] key = problem.key();
                float[] value = problem.value();
                Arrays.fill(key, poisoned * 20, 300 * 20, poison);
                Arrays.fill(value, poisoned * 20, 300 * 20, poison);
                float[] out = new float[40 * 20];
                run(problem.spec(), kernels, problem.query(), key, value, out, null);
                for (int i = 0; i < Math.min(40, poisoned) * 20; i++) {
                    assertEquals(clean[i], out[i], 1e-6, poison + " from key " + poisoned + " on, element " + i);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allKernels")
    void nanReachesExactlyTheRowsThatSeeIt(String name, MicroKernels kernels) {
        for (Mask mask : List.of(Mask.none(), Mask.causal())) {
            Problem problem = problem(150, 170, 20, mask);
            for (int at : new int[] {0, 3, 16, 100, 149}) {
                float[] query = problem.query();
                query[at * 20 + 7] = Float.NaN;
                checkNan(problem, kernels, "query " + at, query, problem.key(), problem.value());
                float[] key = problem.key();
                key[at * 20 + 19] = payloadNan();
                checkNan(problem, kernels, "key " + at, problem.query(), key, problem.value());
                float[] value = problem.value();
                value[at * 20] = Float.NaN;
                value[at * 20 + 1] = Float.NEGATIVE_INFINITY;
                checkNan(problem, kernels, "value " + at, problem.query(), problem.key(), value);
            }
            float[] query = problem.query();
            Arrays.fill(query, Float.NaN);
            checkNan(problem, kernels, "all queries", query, problem.key(), problem.value());
            float[] key = problem.key();
            Arrays.fill(key, Float.NaN);
            checkNan(problem, kernels, "all keys", problem.query(), key, problem.value());
            Arrays.fill(key, Float.NEGATIVE_INFINITY);
            checkNan(problem, kernels, "infinite keys", problem.query(), key, problem.value());
        }
    }

    /** A NaN whose low bits are set; arithmetic with bits can turn such into numbers. */
    private static float payloadNan() {
        return Float.intBitsToFloat(0x7fc00155);
    }

    private static void checkNan(
            Problem problem, MicroKernels kernels, String what, float[] query, float[] key, float[] value) {
        float[] out = new float[150 * 20];
        float[] lse = new float[150];
        run(problem.spec(), kernels, query, key, value, out, lse);
        Budget.check(problem + " with NaN in " + what, problem.spec(), query, key, value, out, lse);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allKernels")
    void readsStridedArraysAndWritesNothingBetweenRows(String name, MicroKernels kernels) {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(3)
                .queryLength(21)
                .keyLength(30)
                .headDim(9)
                .causal()
                .build();
        Problem problem = Problem.of(spec);
        // [batch, row, head, column], as many models keep it, with 3 more columns that nobody may read or write.
        float[] query = interleave(problem.query(), 2, 3, 21, 9);
        float[] key = interleave(problem.key(), 2, 3, 30, 9);
        float[] value = interleave(problem.value(), 2, 3, 30, 9);
        float[] out = new float[query.length];
        Arrays.fill(out, 77);
        AttentionSpec strided = spec.toBuilder()
                .layout(Operand.QUERY, interleaved(21))
                .layout(Operand.KEY, interleaved(30))
                .layout(Operand.VALUE, interleaved(30))
                .layout(Operand.OUT, interleaved(21))
                .build();
        run(strided, kernels, query, key, value, out, null);
        float[] dense = new float[2 * 3 * 21 * 9];
        for (int i = 0; i < out.length; i++) {
            int column = (i - 5 + 12) % 12;
            assertTrue(i >= 5 && column < 9 || out[i] == 77, "element " + i + " was written");
        }
        for (int i = 0; i < dense.length; i++) {
            dense[i] = out[interleavedAt(i, 3, 21, 9)];
        }
        Budget.check(problem, dense, null);
    }

    private static Layout interleaved(int rows) {
        return new Layout(5, rows * 3 * 12, 12, 3 * 12);
    }

    private static int interleavedAt(int dense, int heads, int rows, int columns) {
        int column = dense % columns;
        int row = dense / columns % rows;
        int head = dense / columns / rows % heads;
        int batch = dense / columns / rows / heads;
        return 5 + ((batch * rows + row) * heads + head) * (columns + 3) + column;
    }

    private static float[] interleave(float[] dense, int batch, int heads, int rows, int columns) {
        float[] array = new float[5 + batch * rows * heads * (columns + 3)];
        Arrays.fill(array, Float.NaN);
        for (int i = 0; i < dense.length; i++) {
            array[interleavedAt(i, heads, rows, columns)] = dense[i];
        }
        return array;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allKernels")
    void readsAndWritesDirectBuffers(String name, MicroKernels kernels) {
        Problem problem = problem(130, 200, 33, Mask.causal());
        ByteBuffer out = buffer(new float[130 * 33]);
        ByteBuffer lse = buffer(new float[130]);
        AttentionArrays arrays = new AttentionArrays()
                .with(Operand.QUERY, buffer(problem.query()))
                .with(Operand.KEY, buffer(problem.key()))
                .with(Operand.VALUE, buffer(problem.value()))
                .with(Operand.OUT, out)
                .with(Operand.LSE, lse);
        new TiledAttention(problem.spec(), kernels, THREADS).attend(List.of(Operands.of(problem.spec(), arrays)));
        float[] outArray = new float[130 * 33];
        float[] lseArray = new float[130];
        out.asFloatBuffer().get(outArray);
        lse.asFloatBuffer().get(lseArray);
        Budget.check(problem, outArray, lseArray);
    }

    private static ByteBuffer buffer(float[] array) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(array.length * 4).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(array);
        return buffer;
    }

    @Test
    void usesVectorsWhenTheJvmWasStartedWithThem() {
        boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        assertEquals(
                module && FusedMultiplyAdd.FAST, MicroKernels.best().describe().startsWith("Vector API, "));
        assertEquals(!module, MicroKernels.best().describe().contains("--add-modules jdk.incubator.vector"));
    }

    private static Problem problem(int queries, int keys, int headDim, Mask mask) {
        return Problem.of(AttentionSpec.builder()
                .heads(1)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim)
                .mask(mask)
                .returnLse()
                .build());
    }

    private static void check(Problem problem, MicroKernels kernels) {
        float[] out = new float[(int) problem.spec().outElements()];
        float[] lse = new float[(int) problem.spec().lseElements()];
        Arrays.fill(out, Float.NaN);
        Arrays.fill(lse, Float.NaN);
        run(problem.spec(), kernels, problem.query(), problem.key(), problem.value(), out, lse);
        Budget.check(problem, out, lse);
    }

    private static void run(
            AttentionSpec spec,
            MicroKernels kernels,
            float[] query,
            float[] key,
            float[] value,
            float[] out,
            float[] lse) {
        AttentionArrays arrays = AttentionArrays.of(query, key, value, out);
        if (lse != null) {
            arrays.with(Operand.LSE, lse);
        }
        new TiledAttention(spec, kernels, THREADS).attend(List.of(Operands.of(spec.withLse(lse != null), arrays)));
    }
}
