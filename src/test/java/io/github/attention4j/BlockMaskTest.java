package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.Functions;
import io.github.attention4j.score.Place;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.EveryKernel;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Block masks: what they are, and that every kernel sees what they say and no more. */
class BlockMaskTest {
    /** Kernels that walk over keys as others here do. */
    private static final Pattern LIKE_OTHERS =
            Pattern.compile("DECODE OF_DEVICE|TILES in shares|ROWS$|PLAIN|WMMA|WGMMA|REFERENCE");

    static Stream<EveryKernel> kernels() {
        return EveryKernel.all()
                .filter(kernel -> !LIKE_OTHERS.matcher(kernel.name()).find());
    }

    static Stream<KernelFamily> gradientFamilies() {
        return Engines.gradientFamilies();
    }

    /** Random masks, for one or more heads, with rows that list no block, one, or all; hidden keys hold poison. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void outputsAreThoseOfThePairsThatAreSeen(EveryKernel kernel) {
        for (int seed = 1; seed < 5; seed++) {
            AttentionSpecBuilder builder = kernel.types(sizes(seed % 2 == 0 ? 3 : 70, 190))
                    .blockMask(32, 25, 1 + seed % 2, seed % 3 == 0 ? 4 : 1);
            Problem problem = new Problem(builder.build(), seed, 1);
            AttentionArrays inputs = problem.inputs();
            AttentionArrays outputs = kernel.run(problem.spec(), inputs);
            String name = kernel + " " + problem;
            if (kernel.rounds()) {
                Budget.checkRounded(name, problem.spec(), inputs, outputs);
            } else {
                Budget.check(name, problem.spec(), inputs, outputs);
            }
        }
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @MethodSource("gradientFamilies")
    void gradientsAreThoseOfThePairsThatAreSeen(KernelFamily family) {
        for (int seed = 1; seed < 4; seed++) {
            AttentionSpec forward =
                    sizes(70, 150).blockMask(32, 25, 1, seed == 2 ? 4 : 1).build();
            checkGradients(forward, seed, Engines.of(family));
        }
    }

    @Tag("opencl")
    @Test
    void matrixUnitsMakeTheSameGradients() {
        AttentionSpec forward =
                sizes(70, 150).types(DType.BF16).blockMask(32, 25, 2, 1).build();
        checkGradients(forward, 1, MatrixEngines.ofGradients(MatrixUnit.MMA));
    }

    /**
     * In Java a tile is decided as a whole, block by block where its queries are in the same blocks, or pair by pair;
     * functions of distances decide some blocks by their bounds.
     */
    @ParameterizedTest(name = "blocks of {0} x {1}")
    @CsvSource({"64, 64", "32, 25", "16, 40", "70, 100", "128, 300"})
    void javaDecidesTilesAndBlocks(int blockQueries, int blockKeys) {
        try (AttentionEngine java = AttentionEngine.open("java")) {
            for (int seed = 1; seed < 3; seed++) {
                AttentionSpecBuilder builder = sizes(130, 300).blockMask(blockQueries, blockKeys, 1, seed == 1 ? 4 : 1);
                check(builder.build(), seed, java);
                check(builder.bias(DType.F32).build(), seed, java);
                check(builder.keep(Functions.window(90, 40)).build(), seed, java);
                check(builder.keepOrNone(null).build(), seed, java);
            }
        }
    }

    /** Tiles of several blocks of queries, and blocks of keys of several tiles, are worked on by how much they list. */
    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"LANES", "TILES"})
    void everyTileIsWorkedOnInSomeOrder(KernelFamily family) {
        check(small(300, 512), 3, Engines.of(family));
    }

    /** On what a simulator can compute. */
    @Tag("opencl")
    @Tag("oclgrind")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"LANES", "TILES"})
    void tinyProblemsAgreeWithTheReference(KernelFamily family) {
        check(small(35, 150), 1, Engines.of(family));
    }

    private static AttentionSpec small(int queries, int keys) {
        return AttentionSpec.builder()
                .heads(2)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(4)
                .keep(BlockMaskTest::keeps)
                .blockMask(16, 128, 1, 2)
                .returnLse()
                .build();
    }

    private static void check(AttentionSpec forward, int seed, AttentionEngine engine) {
        Problem problem = new Problem(forward, seed, 1);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(engine, forward, inputs, outputs);
        Budget.check(engine.device().id() + " " + problem, forward, inputs, outputs);
        checkGradients(forward, seed, engine);
    }

    private static void checkGradients(AttentionSpec forward, int seed, AttentionEngine engine) {
        GradientProblem problem = new GradientProblem(new Problem(forward, seed, 1), forward.backward());
        problem.check("block mask " + seed, engine, Way.ARRAYS);
    }

    @Test
    void aMaskOfListsKnowsItsBlocks() {
        AttentionSpec spec = sizes(70, 100).blockMask(32, 16).build();
        BlockMask mask = BlockMask.ofLists(spec, new int[] {6, 0}, new int[] {}, new int[] {1, 2, 3});
        assertEquals(BlockMask.Seen.PART, mask.seen(1, 3, 0, 6));
        assertEquals(BlockMask.Seen.NONE, mask.seen(0, 0, 1, 6));
        assertEquals(5, mask.listed());
        assertEquals(1 - 5 / 21.0, mask.sparsity());
        assertEquals(
                "+.....+\n.......\n.+++...\nblock mask of 1 x 1 heads, 70 queries x 100 keys in blocks of 32 x 16,"
                        + " 5 listed, 76.2 % not visited\n",
                mask.picture());
        int[] first = {0, 12, 12, 12, 12, 12, 12, 14};
        assertArrayEquals(first, Arrays.copyOf(mask.array(), 8));
        int[] ofKeys = {0, 6, 6, 6};
        assertArrayEquals(ofKeys, Arrays.copyOfRange(mask.array(), 24, 28));
        assertEquals(BlockMask.numbers(70, 100, 32, 16), mask.array().length);
    }

    @Test
    void tilesAreOrderedByHowMuchTheyList() {
        AttentionSpec spec = sizes(90, 60).blockMask(16, 16).build();
        BlockMask mask = BlockMask.ofLists(
                spec, new int[] {0, 1, 2}, new int[] {}, new int[] {2}, new int[] {0, 1, 2}, new int[] {2}, new int[] {
                    0, 1, 2, 3
                });
        int[] array = mask.array();
        int tables = 6 * 5 + 4 * 7;
        int[] ofQueries = {1, 2, 4, 0, 3, 5, 0, 1, 2, 1, 0};
        int[] ofTwoKeys = {0, 1};
        assertArrayEquals(ofQueries, Arrays.copyOfRange(array, tables, tables + 11), "queries: rising");
        int[] ofKeys = {2, 0, 1, 3};
        assertArrayEquals(ofKeys, Arrays.copyOfRange(array, tables + 11, tables + 15), "keys: falling");
        assertArrayEquals(ofTwoKeys, Arrays.copyOfRange(array, tables + 15, array.length));
    }

    @Test
    void masksJoinBlockByBlock() {
        AttentionSpec one = sizes(32, 48).blockMask(32, 16).build();
        AttentionSpec two = sizes(32, 48).blockMask(32, 16, 2, 1).build();
        BlockMask first = BlockMask.ofBlocks(one, new byte[] {2, 1, 0});
        BlockMask second = BlockMask.ofBlocks(two, new byte[] {2, 2, 2, 0, 1, 1});
        assertEquals(BlockMask.ofBlocks(two, new byte[] {2, 1, 0, 0, 1, 0}), first.and(second));
        assertEquals(BlockMask.ofBlocks(two, new byte[] {2, 2, 2, 2, 1, 1}), first.or(second));
        assertEquals(first.or(second).hashCode(), second.or(first).hashCode());
        assertNotEquals(first, first.or(second));
        AttentionSpec other = sizes(32, 48).blockMask(16, 16).build();
        BlockMask unlike = BlockMask.ofBlocks(other, new byte[6]);
        assertThrows(IllegalArgumentException.class, () -> first.and(unlike));
    }

    @Test
    void whatIsNoMaskIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> sizes(70, 100).blockMask(15, 16));
        AttentionSpec plain = sizes(70, 100).build();
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofBlocks(plain, new byte[21]));
        AttentionSpec spec = plain.toBuilder().blockMask(32, 16).build();
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofBlocks(spec, new byte[20]));
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofLists(spec, new int[][] {{0}, {1}}));
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofLists(spec, new int[][] {{0}, {1}, {7}}));
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofLists(spec, new int[][] {{0}, {1}, {2, 2}}));
        AttentionSpecBuilder tiny = sizes(1 << 20, 1 << 20).blockMask(16, 16);
        String message =
                assertThrows(IllegalArgumentException.class, tiny::build).getMessage();
        assertTrue(message.contains("larger blocks"), message);
    }

    private static AttentionSpecBuilder sizes(int queries, int keys) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(16)
                .keyLengths()
                .keep(BlockMaskTest::keeps)
                .returnLse();
    }

    private static BoolTerm keeps(Place place) {
        return place.key().plus(place.query()).modulo(3).equalTo(0).not();
    }
}
