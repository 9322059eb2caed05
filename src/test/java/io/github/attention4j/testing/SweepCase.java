package io.github.attention4j.testing;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.operand.OperandTable;
import java.util.SplittableRandom;

/** A random call of a {@link SweepProgram}: everything that a compiled kernel takes as it comes. */
public final class SweepCase {
    private static final int[] LENGTHS = {
        1, 2, 3, 5, 8, 13, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 63, 64, 65, 66, 77, 96, 125, 127, 128, 129, 130, 140
    };
    /** Multiplications: a case takes the reference some milliseconds. */
    private static final long MOST_WORK = 1_000_000;

    private final SweepProgram program;
    private final SplittableRandom random;
    private final AttentionSpecBuilder builder;
    private int batch;
    private int heads;
    private int kvHeads;
    private int queries;
    private int keys;

    private SweepCase(SweepProgram program, SplittableRandom random) {
        this.program = program;
        this.random = random;
        builder = program.builder();
    }

    /**
     * A call to make, and how.
     *
     * @param way how the data reach the engine
     */
    public record Call(Problem problem, Way way) {}

    /** The case of this number. */
    public static Call of(SweepProgram program, int number, long seed) {
        long own = (seed * 1_000_003 + program.number()) * 1_000_003 + number;
        SplittableRandom random = new SplittableRandom(own);
        AttentionSpec spec = new SweepCase(program, random).spec();
        float[] amplitudes = {1, 1, 1, 4, 10, 1e-3f};
        Way[] ways = {Way.ARRAYS, Way.ARRAYS, Way.ARRAYS, Way.BUFFERS, Way.TENSORS, Way.TENSORS};
        return new Call(
                new Problem(spec, own, amplitudes[random.nextInt(amplitudes.length)]),
                ways[random.nextInt(ways.length)]);
    }

    private AttentionSpec spec() {
        sizes();
        builder.batch(batch).heads(heads).kvHeads(kvHeads).queryLength(queries).keyLength(keys);
        masks();
        scores();
        boolean raggedQueries = oneIn(5);
        boolean raggedKeys = oneIn(5) || raggedQueries && random.nextBoolean();
        int totalQueries = raggedQueries ? 1 + random.nextInt(batch * queries) : queries;
        int totalKeys = raggedKeys ? 1 + random.nextInt(batch * keys) : keys;
        if (raggedQueries && raggedKeys && queries == keys && random.nextBoolean()) {
            totalKeys = totalQueries;
        }
        if (raggedQueries) {
            builder.raggedQueries(totalQueries);
        }
        if (raggedKeys) {
            builder.raggedKeys(totalKeys);
        }
        if (oneIn(5)) {
            builder.order(Layout.Order.BATCH_ROW_HEAD);
        } else if (oneIn(4) && totalQueries == totalKeys && raggedQueries == raggedKeys && isOfOneType()) {
            builder.order(Layout.Order.PACKED_QKV);
        }
        if (random.nextInt(10) < 6) {
            builder.returnLse();
        }
        return oneIn(4) ? strided(builder.build()) : builder.build();
    }

    private boolean isOfOneType() {
        return program.types()[0] == program.types()[1] && program.types()[1] == program.types()[2];
    }

    private void sizes() {
        batch = 1 + random.nextInt(3);
        kvHeads = 1 + random.nextInt(3);
        heads = kvHeads * (oneIn(8) ? 8 : 1 + random.nextInt(4));
        queries = length();
        keys = oneIn(3) ? queries : length();
        if (oneIn(7)) {
            queries = 1;
        } else if (oneIn(20)) {
            keys = 1;
        }
        while ((long) batch * heads * queries * keys * (program.headDim() + program.valueDim()) > MOST_WORK) {
            if (heads > kvHeads) {
                heads = kvHeads;
            } else if (batch > 1) {
                batch--;
            } else if (kvHeads > 1) {
                heads = --kvHeads;
            } else if (queries > 17) {
                queries = queries / 2 + 1;
            } else {
                keys = keys / 2 + 1;
            }
        }
    }

    private int length() {
        return program.tiny() ? 1 + random.nextInt(20) : LENGTHS[random.nextInt(LENGTHS.length)];
    }

    private void masks() {
        Mask.Alignment alignment = Mask.Alignment.values()[random.nextInt(3)];
        switch (random.nextInt(4)) {
            case 0 -> builder.mask(Mask.none());
            case 1 -> builder.mask(Mask.causal(alignment));
            default -> builder.mask(Mask.window(bound(), bound(), alignment));
        }
        if (builder.build().mask().right() != Mask.UNBOUNDED && oneIn(4)) {
            builder.prefixLengths();
        }
        if (oneIn(3)) {
            builder.keyLengths();
        }
        if (oneIn(5)) {
            builder.keyRanges(oneOr(batch), oneOr(heads));
        }
        if (program.keepMask() != null) {
            if (oneIn(3)) {
                builder.keepMask(program.keepMask());
            } else {
                builder.keepMask(program.keepMask(), oneOr(batch), oneOr(heads), oneOr(queries), oneOr(keys));
            }
        }
    }

    private int bound() {
        return oneIn(3) ? Mask.UNBOUNDED : oneIn(12) ? Integer.MAX_VALUE : random.nextInt(oneIn(2) ? 8 : keys + 1);
    }

    private void scores() {
        if (program.bias() != null) {
            if (oneIn(3)) {
                builder.bias(program.bias());
            } else {
                builder.bias(program.bias(), oneOr(batch), oneOr(heads), oneOr(queries), oneOr(keys));
            }
        }
        if (oneIn(3)) {
            float[] scales = {0, 1, -0.3f, 8, -100, 1e-20f, 1e20f};
            float scale = scales[random.nextInt(scales.length)];
            // The fast tanh is off by a few roundings, of which the plain arithmetic of a budget knows nothing.
            builder.scale(program.additive() && Math.abs(scale) > 2 ? 2 : scale);
        }
        if (program.softcap()) {
            float[] caps = {0.1f, 1, 5, 30, 50};
            builder.softcap(caps[random.nextInt(caps.length)]);
        }
        if (program.alibi()) {
            builder.alibi(oneOr(batch));
        }
        if (oneIn(4)) {
            builder.sink();
        }
        if (program.rotaryDim() > 0) {
            int positions = 1 + random.nextInt(oneIn(5) ? 3 : 2 * keys + 9);
            boolean queriesGiven = oneIn(3);
            if (queriesGiven) {
                builder.queryPositions(oneOr(batch));
            }
            boolean keysGiven = oneIn(3);
            if (keysGiven) {
                builder.keyPositions(oneOr(batch));
            }
            int least = queriesGiven && keysGiven ? 1 : keys; // else every key has a position of its own
            builder.rotary(new Rotary(program.rotaryDim(), program.interleaved(), Math.max(least, positions)));
        }
        if (program.scores()) {
            builder.returnScores(ScoreStage.values()[random.nextInt(4)]);
        }
        if (program.dropout()) {
            float[] probabilities = {0.1f, 0.1f, 0.5f, 0.9f, 1e-4f};
            builder.dropout(probabilities[random.nextInt(probabilities.length)]);
        }
        if (program.additive()) {
            builder.additive();
        }
    }

    /** The spec with about half of its operands in layouts of their own. */
    private AttentionSpec strided(AttentionSpec dense) {
        for (Operand operand : Operand.values()) {
            if (OperandTable.of(operand).role().isStrided() && dense.has(operand) && random.nextBoolean()) {
                boolean mayRepeat = !operand.isOutput();
                builder.layout(operand, RandomLayout.of(dense.operand(operand), random, mayRepeat && oneIn(6)));
            }
        }
        return builder.build();
    }

    private int oneOr(int full) {
        return random.nextBoolean() ? 1 : full;
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }
}
