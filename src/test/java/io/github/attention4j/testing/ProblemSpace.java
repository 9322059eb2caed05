package io.github.attention4j.testing;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Mask;
import java.util.ArrayList;
import java.util.List;

/** The problems that tests draw from, and the shapes that rates are reported for, by the bench too. */
public final class ProblemSpace {
    private static final List<Mask> MASKS = List.of(Mask.none(), Mask.causal(), Mask.causal(Mask.Alignment.TOP_LEFT));

    private ProblemSpace() {}

    /**
     * Sizes that do not fit tiles, every mask, head grouping and kind of head size, and scores of large range. All ask
     * for lse.
     */
    public static List<Problem> awkward() {
        List<Problem> all = new ArrayList<>();
        addLengths(all);
        addHeadDims(all);
        addRanges(all);
        return List.copyOf(all);
    }

    /**
     * {queries, keys}: no multiples of anything, one row, more queries than keys (with a causal mask: rows that see
     * nothing), and lengths around tile sizes.
     */
    private static void addLengths(List<Problem> all) {
        int[][] lengths = {
            {1, 1},
            {13, 13},
            {17, 17},
            {65, 65},
            {130, 130},
            {1, 77},
            {77, 1},
            {40, 17},
            {17, 40},
            {5, 200},
            {200, 5},
            {31, 33},
            {32, 32},
            {48, 47},
            {63, 64},
            {64, 63},
            {127, 129},
            {129, 128},
            {257, 250}
        };
        int[] kvHeads = {1, 2, 4};
        int[] headDims = {32, 15, 64, 40};
        int n = 0;
        for (int[] length : lengths) {
            for (Mask mask : MASKS) {
                all.add(problem(2, 4, kvHeads[n % 3], length[0], length[1], headDims[n % 4], headDims[n % 4], mask));
                n++;
            }
        }
    }

    private static void addHeadDims(List<Problem> all) {
        int[] headDims = {1, 2, 3, 5, 8, 15, 20, 33, 64, 80, 100, 128, 192, 256, 320};
        int n = 0;
        for (int headDim : headDims) {
            all.add(problem(1, 2, 1, 37, 45, headDim, headDim, MASKS.get(n % 3)));
            n++;
        }
        int[][] pairs = {{64, 32}, {15, 40}, {1, 320}, {320, 1}, {192, 128}};
        for (int[] pair : pairs) {
            all.add(problem(1, 2, 2, 37, 45, pair[0], pair[1], MASKS.get(n % 3)));
            n++;
        }
    }

    private static void addRanges(List<Problem> all) {
        // Real models reach scores of -65 to +185; 10 gives about +-130 at headDim 64, 100 leaves one key of each row,
        // 1e-3 weighs all keys alike.
        for (float amplitude : new float[] {1e-3f, 4, 10, 100}) {
            for (Mask mask : MASKS) {
                AttentionSpec spec = problem(1, 3, 3, 70, 90, 64, 64, mask).spec();
                all.add(new Problem(spec, 7, amplitude));
            }
        }
        for (float scale : new float[] {1, -0.5f, 0}) {
            AttentionSpec spec =
                    builder(1, 2, 1, 33, 50, 16, 16, Mask.causal()).scale(scale).build();
            all.add(new Problem(spec, 8, 2));
        }
    }

    /** Very small ones for simulators: lengths up to 40, headDim up to 16, no more than a few thousand scores each. */
    public static List<Problem> tiny() {
        List<Problem> all = new ArrayList<>();
        int[][] lengths = {{1, 1}, {1, 33}, {5, 9}, {17, 17}, {20, 37}, {40, 17}};
        int[] headDims = {16, 8, 15, 3};
        int n = 0;
        for (int[] length : lengths) {
            for (Mask mask : MASKS) {
                int headDim = headDims[n % 4];
                all.add(problem(1, 2, 1 + n % 2, length[0], length[1], headDim, n % 5 == 4 ? 12 : headDim, mask));
                n++;
            }
        }
        return List.copyOf(all);
    }

    /** The shapes that rates are reported for, each without and with a causal mask; no lse. */
    public static List<Problem> speed() {
        int[][] shapes = {
            {1, 12, 12, 512, 512, 64},
            {1, 16, 16, 2048, 2048, 64},
            {1, 8, 8, 4096, 4096, 128},
            {1, 32, 8, 1024, 1024, 128}
        };
        List<Problem> all = new ArrayList<>();
        for (int[] s : shapes) {
            for (Mask mask : List.of(Mask.none(), Mask.causal())) {
                all.add(Problem.of(
                        builder(s[0], s[1], s[2], s[3], s[4], s[5], s[5], mask).build()));
            }
        }
        return List.copyOf(all);
    }

    private static Problem problem(
            int batch, int heads, int kvHeads, int queries, int keys, int headDim, int valueDim, Mask mask) {
        return Problem.of(builder(batch, heads, kvHeads, queries, keys, headDim, valueDim, mask)
                .returnLse()
                .build());
    }

    private static AttentionSpecBuilder builder(
            int batch, int heads, int kvHeads, int queries, int keys, int headDim, int valueDim, Mask mask) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(heads)
                .kvHeads(kvHeads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim)
                .valueDim(valueDim)
                .mask(mask);
    }
}
