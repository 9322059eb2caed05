package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.score.Functions;
import io.github.attention4j.score.KeepFunction;
import io.github.attention4j.score.ScoreFunction;
import java.util.ArrayList;
import java.util.List;

/** The library's own score and keep functions, each beside what is built in for the same. */
public final class FunctionGroups {
    private static final double NO_GOAL = Double.NaN;
    private static final double GOAL = 1.10;
    private static final double TABLE_GOAL = 1.25;
    private static final int HEADS = 4;
    private static final int GUESSES = 64;

    private final int length;
    private final int dim;
    private final List<Group> groups = new ArrayList<>();

    private FunctionGroups(int length, int dim) {
        this.length = length;
        this.dim = dim;
    }

    /**
     * All of them, for rows of 64 and of 128 elements.
     *
     * @param divisor lengths are divided by this: 1 for those that the goals are about
     */
    public static List<Group> all(int divisor) {
        List<Group> all = new ArrayList<>();
        for (int dim : new int[] {64, 128}) {
            FunctionGroups made = new FunctionGroups(2048 / divisor, dim);
            made.addRanges();
            made.addScores();
            made.addPatterns();
            all.addAll(made.groups);
        }
        return all;
    }

    private AttentionSpecBuilder spec() {
        return AttentionSpec.builder().heads(HEADS).sequenceLength(length).headDim(dim);
    }

    private static AttentionArrays nothing() {
        return new AttentionArrays();
    }

    private void add(CostCase builtIn, CostCase function) {
        groups.add(new Group(builtIn, List.of(function)));
    }

    private static CostCase builtIn(String name, AttentionSpecBuilder spec) {
        return CostCase.of(name, spec, NO_GOAL);
    }

    private static CostCase keep(String name, AttentionSpecBuilder spec, KeepFunction function) {
        return CostCase.of(name + " by function", spec.keep(function), GOAL);
    }

    private static CostCase score(String name, AttentionSpecBuilder spec, ScoreFunction function, double goal) {
        return CostCase.of(name + " by function", spec.score(function), goal);
    }

    private void addRanges() {
        int near = length / 8 - 1;
        add(builtIn("causal", spec().causal()), keep("causal", spec(), Functions.causal()));
        add(builtIn("window", spec().mask(Mask.window(near, 0))), keep("window", spec(), Functions.window(near, 0)));
        int[] prefix = {length / 4};
        add(
                builtIn("prefix", spec().causal().prefixLengths())
                        .with(nothing().with(Operand.PREFIX_LENGTHS, prefix)),
                keep("prefix", spec().scoreTensor(0, DType.I32, 1), Functions.prefix(0))
                        .with(nothing().with(Operand.SCORE_TENSOR_0, prefix)));
        int[] begins = new int[length];
        int[] ends = new int[length];
        int[] documents = new int[length];
        int size = length / 8;
        for (int i = 0; i < length; i++) {
            documents[i] = i / size;
            begins[i] = i / size * size;
            ends[i] = begins[i] + size;
        }
        add(
                builtIn("documents", spec().keyRanges())
                        .with(nothing().with(Operand.KEY_BEGINS, begins).with(Operand.KEY_ENDS, ends)),
                keep("documents", spec().scoreTensor(0, DType.I32, 1, length), Functions.documents(0, 0))
                        .with(nothing().with(Operand.SCORE_TENSOR_0, documents)));
    }

    private void addScores() {
        float[] slopes = new float[HEADS];
        for (int head = 0; head < HEADS; head++) {
            slopes[head] = (float) Math.pow(2, -8.0 * (head + 1) / HEADS);
        }
        add(
                builtIn("ALiBi", spec().alibi()).with(nothing().with(Operand.ALIBI_SLOPES, slopes)),
                score("ALiBi", spec().scoreTensor(0, DType.F32, HEADS), Functions.alibi(0), GOAL)
                        .with(nothing().with(Operand.SCORE_TENSOR_0, slopes)));
        add(builtIn("softcap", spec().softcap(5)), score("softcap", spec(), Functions.softcap(5), GOAL));
        add(
                builtIn("plain", spec()),
                score("T5", spec().scoreTensor(0, DType.F32, 32, HEADS), Functions.t5(0, 32, 128, true), TABLE_GOAL));
        float[] bias = new float[length * length];
        float width = length / 16f;
        for (int i = 0; i < bias.length; i++) {
            float distance = (i / length - i % length) / width;
            bias[i] = -distance * distance / 2;
        }
        add(
                builtIn("f32 bias", spec().bias(DType.F32, 1, 1, length, length))
                        .with(nothing().with(Operand.BIAS, bias)),
                score("Gaussian", spec(), Functions.gaussian(width), GOAL));
    }

    private void addPatterns() {
        int width = 32;
        addPattern(keep("dilated", spec(), Functions.dilated(4)), (query, key) -> (query - key) % 4 == 0);
        addPattern(keep("strided", spec(), Functions.strided(64, 32)), (query, key) -> {
            int ahead = query - key;
            return ahead >= 0 && (ahead < 64 || ahead % 32 == 0);
        });
        addPattern(keep("neighbourhood", spec(), Functions.neighbourhood(width, 3)), (query, key) -> {
            boolean isNear = Math.abs(query / width - key / width) <= 3;
            return isNear && Math.abs(query % width - key % width) <= 3;
        });
        int guesses = Math.min(GUESSES, length);
        int words = (guesses + Integer.SIZE - 1) / Integer.SIZE;
        int[] bits = new int[guesses * words];
        for (int node = 0; node < guesses; node++) {
            for (int kin = node; kin > 0; kin /= 2) {
                bits[node * words + kin / Integer.SIZE] |= 1 << kin % Integer.SIZE;
            }
        }
        AttentionSpecBuilder tree = spec().queryLength(guesses).scoreTensor(0, DType.I32, guesses, words);
        addPattern(
                keep("tree", tree, Functions.tree(0)).with(nothing().with(Operand.SCORE_TENSOR_0, bits)),
                (query, key) -> {
                    int node = key - (length - guesses);
                    return node < 0 || (bits[query * words + node / Integer.SIZE] >> node % Integer.SIZE & 1) == 1;
                });
    }

    private interface Sight {
        boolean sees(int query, int key);
    }

    /** Beside the same pattern as a keep-mask. */
    private void addPattern(CostCase function, Sight sight) {
        int queries = function.spec().queryLength();
        byte[] mask = new byte[queries * length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (sight.sees(i / length, i % length) ? 1 : 0);
        }
        AttentionSpecBuilder spec = spec().queryLength(queries).keepMask(DType.U8, 1, 1, queries, length);
        add(builtIn("byte keep-mask", spec).with(nothing().with(Operand.KEEP_MASK, mask)), function);
    }
}
