package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;

/**
 * From dot products to scores: all that happens to a score before masks by position and softmax happens here, for a
 * pair of query and key in double precision ({@link #ofPair}) and for a tile of floats ({@link #ofTile}). The twin of
 * {@code score.clh}. For one thread.
 */
public final class Score {
    /** So many steps at a time are judged at most: what is read of a tensor for more would not pay. */
    private static final int MOST_STEPS = 64;

    private final double scale;
    private final float softcap;
    private final Rows slopes;

    /** Null if there are none. */
    private final Pairs pairs;

    /** The terms of one query. */
    private final float[] terms;

    /** Those of a tile's queries, [row][lane] as its scores; made when first wanted. */
    private float[] turned;

    /** Whether the function was asked about the pairs of the tile that is next, but for its first so many keys. */
    private boolean isAsked;

    private int unasked;

    /** What the function says of that tile. */
    private KeepBounds.Verdict verdict = KeepBounds.Verdict.UNKNOWN;

    /** Hides what the function does not keep, and what blocks say of a tile whose queries are in the same. */
    private final Hiding hiding = new Hiding();

    private final HidingByBlock byBlock = new HidingByBlock();

    /** The user's function for a pair, for a tile, and its derivative for either; null if there is none. */
    private final PairFunction ofPair;

    private final PairFunction slopeOfPair;
    private final RowFunction ofRow;
    private final RowFunction slopeOfRow;

    /** Of each tensor whose gradient is asked for; else null. */
    private final TensorReads[] reads = new TensorReads[CallTensor.MOST];

    /** Derivatives of a tile's scores. */
    private float[] factors = {};

    private Sequence sequence;
    private int head;
    private float slope;

    /** For a call, of which {@code keys} keys are the most that are treated at once. */
    public Score(AttentionSpec spec, Operands operands, int keys) {
        this(spec, operands, keys, StepLoops.PLAIN);
    }

    /** Likewise, with these loops for the user's functions. */
    public Score(AttentionSpec spec, Operands operands, int keys, StepLoops loops) {
        scale = spec.scale();
        softcap = spec.softcap();
        slopes = operands.get(Operand.ALIBI_SLOPES);
        pairs = Pairs.of(spec, operands, keys, loops);
        Expression function = spec.score();
        Expression derivative = function == null || !spec.isBackward() ? null : function.derivative();
        ofPair = PairFunction.of(function, spec, operands);
        ofRow = RowFunction.of(function, spec, operands, loops);
        slopeOfPair = PairFunction.of(derivative, spec, operands);
        slopeOfRow = RowFunction.of(derivative, spec, operands, loops);
        terms = new float[pairs == null ? 0 : keys];
        for (int tensor = 0; tensor < reads.length; tensor++) {
            boolean isWanted = spec.has(OperandTable.gradientOf(OperandTable.scoreTensor(tensor)));
            reads[tensor] = isWanted && function != null ? new TensorReads(tensor, spec, operands, loops) : null;
        }
    }

    /** Begins with a head of a batch entry. */
    public void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        slope = slopes == null ? 0 : slopes.number(sequence.batch, head, 0);
        if (pairs != null) {
            pairs.start(sequence, head);
        }
        if (ofPair != null) {
            ofPair.start(sequence, head);
            ofRow.start(sequence, head);
        }
        if (slopeOfPair != null) {
            slopeOfPair.start(sequence, head);
            slopeOfRow.start(sequence, head);
        }
        for (TensorReads of : reads) {
            if (of != null) {
                of.start(sequence, head);
            }
        }
    }

    /** Whether a score is nothing but its dot product times the scale. */
    public boolean isPlain() {
        return softcap <= 0 && slopes == null && pairs == null && ofRow == null;
    }

    /** Whether pairs of the tile that was judged last, of any without a function, may be hidden but by position. */
    public boolean mayHide() {
        return pairs != null && (pairs.hasTensors() || verdict != KeepBounds.Verdict.ALWAYS);
    }

    /** Whether there is a block mask or a function, whose word on tiles is worth being asked for. */
    public boolean judges() {
        return pairs != null && pairs.judges();
    }

    /**
     * Judges the tile that is next: false if a block mask or a function keeps no pair of these queries and keys. Where
     * all are kept, nothing is asked about them one by one.
     */
    public boolean mayKeep(int firstQuery, int queries, int firstKey, int endKey) {
        verdict = judges() ? pairs.judge(firstQuery, queries, firstKey, endKey) : KeepBounds.Verdict.UNKNOWN;
        return verdict != KeepBounds.Verdict.NEVER;
    }

    /** Whether some pairs of the tile that was judged may be kept by block mask and function, and some not. */
    public boolean isUndecided() {
        return judges() && verdict != KeepBounds.Verdict.ALWAYS;
    }

    /** Whether the function has to be asked about the pairs of that tile. */
    private boolean mustAsk() {
        return isUndecided() && !pairs.areBlocksMixed();
    }

    /**
     * The first key from {@code from} on, in steps, that block mask and function may keep for one of these queries;
     * {@code end} for none.
     */
    public int firstKept(int firstQuery, int queries, int from, int end, int step) {
        boolean isNone = judges() && from < end && isHidden(firstQuery, queries, from, end);
        return isNone ? end : beginKept(firstQuery, queries, from, end, step);
    }

    /** Likewise, where some are kept. */
    public int beginKept(int firstQuery, int queries, int from, int end, int step) {
        int size = step;
        while (judges() && from < end) {
            int to = (int) Math.min(end, (long) from + size);
            if (isHidden(firstQuery, queries, from, to)) {
                from = to;
                size = (int) Math.min(MOST_STEPS * (long) step, 2L * size);
            } else if (size > step) {
                size = step;
            } else {
                break;
            }
        }
        return from;
    }

    private boolean isHidden(int firstQuery, int queries, int from, int end) {
        return pairs.judge(firstQuery, queries, from, end) == KeepBounds.Verdict.NEVER;
    }

    /** The end of the keys before {@code end}, likewise. */
    public int endKept(int firstQuery, int queries, int from, int end, int step) {
        while (end - from > step && judges() && isHidden(firstQuery, queries, end - step, end)) {
            end -= step;
        }
        return end;
    }

    /** Whether the pair is not hidden, but for its position. */
    public boolean sees(int query, int key) {
        if (pairs == null) {
            return true;
        }
        pairs.read(query, key, terms, 1);
        return terms[0] != Float.NEGATIVE_INFINITY;
    }

    /**
     * Fills in, for the keys of the entry, the terms that {@link #ofPair} is to be given; false, and nothing done, if
     * the call has none.
     */
    public boolean readTerms(int query, float[] target, int keys) {
        if (pairs != null && keys > 0) {
            pairs.read(query, 0, target, keys);
        }
        return pairs != null;
    }

    /** The score of a pair, from its dot product, at a stage of which masks by position are no part. */
    public double ofPair(double dot, int query, int key, float term, ScoreStage stage) {
        double score = inRange(scale * dot);
        if (stage == ScoreStage.SCALED) {
            return score;
        }
        if (softcap > 0) {
            score = softcap * Math.tanh(score / softcap);
        }
        if (stage == ScoreStage.CAPPED) {
            return score;
        }
        if (ofPair != null) {
            ofPair.compute(score, query, key);
            score = inRange(ofPair.number(0));
        }
        score = inRange(score + term);
        if (slopes != null) {
            score = inRange(score - (double) slope * Math.abs((long) query + sequence.shift() - key));
        }
        return score;
    }

    /** The score of a pair before the user's function. */
    public double first(double dot) {
        return ofPair(dot, 0, 0, 0, ScoreStage.CAPPED);
    }

    /** The derivative of {@link #ofPair}, at the last stage, with respect to the dot product. */
    public double slopeOfPair(double dot, int query, int key) {
        double slope = scale;
        double score = scale * dot;
        if (softcap > 0) {
            double tanh = Math.tanh(score / softcap);
            slope *= 1 - tanh * tanh;
            score = softcap * tanh;
        }
        if (slopeOfPair != null) {
            slopeOfPair.compute(inRange(score), query, key);
            slope *= slopeOfPair.number(0);
        }
        return slope;
    }

    /** By how much ALiBi's slope counts in the score of a pair. */
    public double distance(int query, int key) {
        return -Math.abs((long) query + sequence.shift() - key);
    }

    /** What is rounded to no finite float counts as infinite, as it is for everything that computes in floats. */
    private static double inRange(double score) {
        return Float.isInfinite((float) score) ? score * Double.POSITIVE_INFINITY : score;
    }

    /**
     * Turns products of the queries {@code firstQuery} to {@code firstQuery + queries - 1}, which were multiplied by
     * the scale, into scores.
     *
     * @param lanes how many lanes the tile has, at least one a query
     */
    public void ofTile(Scores tile, int lanes, int firstQuery, int queries, int firstKey, int keys) {
        if (softcap > 0) {
            tile.cap(keys, softcap);
        }
        if (ofRow != null) {
            tile.change(keys, change(firstQuery, firstKey, lanes, false));
        }
        if (slopes != null) {
            tile.addAlibi(keys, slope, firstQuery + sequence.shift() - firstKey);
        }
        if (pairs != null) { // last: what they hide stays hidden
            boolean areBlocksMixed = pairs.areBlocksMixed();
            boolean isOneRow = areBlocksMixed && pairs.isOneRowOfBlocks(firstQuery, queries);
            boolean areBlocksRead = areBlocksMixed && !isOneRow;
            if (pairs.areAlike()) {
                pairs.read(firstQuery, firstKey, terms, keys);
                tile.addTerms(terms, 0, keys);
            } else if (pairs.hasTensors() || areBlocksRead) {
                readTile(lanes, firstQuery, queries, firstKey, keys, areBlocksRead);
                tile.addTerms(turned, lanes, keys);
            }
            if (isOneRow) {
                tile.hidePairs(keys, byBlock.of(lanes, firstQuery, firstKey));
            }
            if (mustAsk()) {
                if (!isAsked) {
                    unasked = 0;
                    pairs.ask(new RowFunction.Pairs(firstQuery, firstKey, keys, lanes, false));
                }
                isAsked = false;
                tile.hidePairs(keys, hiding.of(lanes, unasked));
            }
        }
    }

    /**
     * Whether a function hides all pairs of a tile, of which nothing else is then asked; else {@link #ofTile} is next.
     * It is not asked about keys at the beginning that it keeps for all queries.
     */
    public boolean hidesTile(int lanes, int firstQuery, int queries, int firstKey, int keys, int step) {
        isAsked = mustAsk();
        if (!isAsked) {
            return false;
        }
        int end = firstKey + keys;
        int first = firstKey;
        while (first + step < end
                && pairs.judge(firstQuery, queries, first, first + step) == KeepBounds.Verdict.ALWAYS) {
            first += step;
        }
        unasked = first - firstKey;
        boolean isAny = pairs.ask(new RowFunction.Pairs(firstQuery, first, end - first, lanes, false));
        isAsked = isAny || unasked > 0;
        return !isAsked;
    }

    /** Fills in the terms of a tile, but for what a function hides, with a row a key and a query a lane. */
    private void readTile(int lanes, int firstQuery, int queries, int firstKey, int keys, boolean areBlocksRead) {
        turned = turned == null || turned.length < keys * lanes ? new float[terms.length * lanes] : turned;
        for (int lane = 0; lane < queries; lane++) {
            pairs.readTile(firstQuery + lane, firstKey, terms, keys, areBlocksRead);
            turn(terms, turned, lane, lanes, keys);
        }
    }

    /** {@link #ofTile} for a tile with a row a query and a key a lane. */
    public void ofRows(Scores tile, int lanes, int firstQuery, int queries, int firstKey, int keys) {
        if (softcap > 0) {
            tile.cap(queries, softcap);
        }
        if (ofRow != null) {
            for (TensorReads of : reads) {
                if (of != null) {
                    of.allocate(queries * lanes);
                }
            }
            tile.change(queries, change(firstQuery, firstKey, lanes, true));
        }
        if (slopes != null) {
            tile.addAlibi(queries, slope, firstKey - sequence.shift() - firstQuery);
        }
        boolean areBlocksMixed = pairs != null && pairs.areBlocksMixed();
        if (pairs != null && (pairs.hasTensors() || areBlocksMixed)) {
            int length = queries * lanes;
            turned = turned == null || turned.length < length ? new float[length] : turned;
            boolean isOne = pairs.areAlike();
            for (int row = 0; row < queries; row++) {
                if (row == 0 || !isOne) {
                    pairs.readTile(firstQuery + row, firstKey, terms, keys, areBlocksMixed);
                }
                System.arraycopy(terms, 0, turned, row * lanes, keys);
            }
            tile.addTerms(turned, lanes, queries);
        }
        if (mustAsk()) {
            pairs.ask(new RowFunction.Pairs(firstQuery, firstKey, queries, lanes, true));
            tile.hidePairs(queries, hiding.of(lanes, 0));
        }
    }

    /**
     * Adds what a row of the tile that {@link #ofRows} took last says of the elements of a tensor that the function
     * reads.
     *
     * @param gradScores the gradients of its scores
     */
    public void addReads(int tensor, double[] sums, float[] gradScores, int row, int lanes, int keys) {
        if (reads[tensor] != null) {
            reads[tensor].addTo(sums, gradScores, row * lanes, keys);
        }
    }

    /** Hides what the function was asked about and does not keep. */
    private final class Hiding implements ScoreChange {
        private int lanes;
        private int unasked;

        /** @param unasked rows at the beginning about which the function was not asked */
        ScoreChange of(int lanes, int unasked) {
            this.lanes = lanes;
            this.unasked = unasked;
            return this;
        }

        @Override
        public void apply(float[] scores, int at, int firstRow, int rows) {
            int skipped = Math.max(0, Math.min(rows, unasked - firstRow));
            int first = (firstRow + skipped - unasked) * lanes;
            pairs.hide(first, scores, at + skipped * lanes, (rows - skipped) * lanes);
        }

        @Override
        public void multiplySlopes(float[] scores, float[] slopes, int at, int firstRow, int rows) {
            throw new IllegalStateException("what is hidden has no slope");
        }
    }

    /** Hides what blocks of a row say. */
    private final class HidingByBlock implements ScoreChange {
        private int lanes;
        private int firstQuery;
        private int firstKey;

        ScoreChange of(int lanes, int firstQuery, int firstKey) {
            this.lanes = lanes;
            this.firstQuery = firstQuery;
            this.firstKey = firstKey;
            return this;
        }

        @Override
        public void apply(float[] scores, int at, int firstRow, int rows) {
            pairs.hideByBlock(new RowFunction.Pairs(firstQuery, firstKey + firstRow, rows, lanes, false), scores, at);
        }

        @Override
        public void multiplySlopes(float[] scores, float[] slopes, int at, int firstRow, int rows) {
            throw new IllegalStateException("what is hidden has no slope");
        }
    }

    private ScoreChange change(int firstQuery, int firstKey, int lanes, boolean areRowsQueries) {
        return new ScoreChange() {
            private RowFunction.Pairs pairs(int firstRow, int rows) {
                int query = firstQuery + (areRowsQueries ? firstRow : 0);
                int key = firstKey + (areRowsQueries ? 0 : firstRow);
                return new RowFunction.Pairs(query, key, rows, lanes, areRowsQueries);
            }

            @Override
            public void apply(float[] scores, int at, int firstRow, int rows) {
                ofRow.compute(scores, at, scores, at, pairs(firstRow, rows));
            }

            @Override
            public void multiplySlopes(float[] scores, float[] slopes, int at, int firstRow, int rows) {
                factors = factors.length < rows * lanes ? new float[rows * lanes] : factors;
                for (TensorReads of : reads) {
                    if (of != null) {
                        of.read(scores, at, firstRow * lanes, pairs(firstRow, rows));
                    }
                }
                slopeOfRow.compute(scores, at, factors, 0, pairs(firstRow, rows));
                for (int i = 0; i < rows * lanes; i++) {
                    slopes[at + i] *= factors[i];
                }
            }
        };
    }

    private static void turn(float[] terms, float[] turned, int lane, int lanes, int keys) {
        for (int j = 0; j < keys; j++) {
            turned[j * lanes + lane] = terms[j];
        }
    }
}
