package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.Expression;
import java.util.Arrays;

/**
 * From dot products to scores: all that happens to a score before masks by position and softmax happens here, for a
 * pair of query and key in double precision ({@link #ofPair}) and for a tile of floats ({@link #ofTile}). The twin of
 * {@code score.clh}. For one thread.
 */
public final class Score {
    private final double scale;
    private final float softcap;
    private final Rows slopes;

    /** Null if there are none. */
    private final Pairs pairs;

    /** The terms of one query. */
    private final float[] terms;

    /** Those of a tile's queries, [row][lane] as its scores; made when first wanted. */
    private float[] turned;

    private boolean areTermsRead;

    /** The user's function for a pair, for a tile, and its derivative for either; null if there is none. */
    private final PairFunction ofPair;

    private final PairFunction slopeOfPair;
    private final RowFunction ofRow;
    private final RowFunction slopeOfRow;
    private Sequence sequence;
    private int head;
    private float slope;

    /** For a call, of which {@code keys} keys are the most that are treated at once. */
    public Score(AttentionSpec spec, Operands operands, int keys) {
        scale = spec.scale();
        softcap = spec.softcap();
        slopes = operands.get(Operand.ALIBI_SLOPES);
        pairs = Pairs.of(spec, operands, keys);
        Expression function = spec.score();
        Expression derivative = function == null || !spec.isBackward() ? null : function.derivative();
        ofPair = PairFunction.of(function, spec, operands);
        ofRow = RowFunction.of(function, spec, operands);
        slopeOfPair = PairFunction.of(derivative, spec, operands);
        slopeOfRow = RowFunction.of(derivative, spec, operands);
        terms = new float[pairs == null ? 0 : keys];
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
    }

    /** Whether a score is nothing but its dot product times the scale. */
    public boolean isPlain() {
        return softcap <= 0 && slopes == null && pairs == null && ofRow == null;
    }

    /** Whether pairs may be hidden in other ways than by position. */
    public boolean mayHide() {
        return pairs != null;
    }

    /** Whether a block mask has some of these keys for one of these queries; true without one. */
    public boolean isListed(int firstQuery, int queries, int firstKey, int endKey) {
        return pairs == null || pairs.isListed(firstQuery, queries, firstKey, endKey);
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
            if (pairs.areAlike()) {
                pairs.read(firstQuery, firstKey, terms, keys);
                tile.addTerms(terms, 0, keys);
            } else {
                if (!areTermsRead) {
                    readTile(lanes, firstQuery, queries, firstKey, keys);
                }
                areTermsRead = false;
                tile.addTerms(turned, lanes, keys);
            }
        }
    }

    /**
     * Whether a function hides all pairs of a tile, of which nothing else is then asked; else {@link #ofTile} is next.
     */
    public boolean hidesTile(int lanes, int firstQuery, int queries, int firstKey, int keys) {
        areTermsRead = pairs != null && pairs.hasFunction();
        areTermsRead = areTermsRead && readTile(lanes, firstQuery, queries, firstKey, keys);
        return !areTermsRead && pairs != null && pairs.hasFunction();
    }

    /** Fills in the terms of a tile with a row a key and a query a lane; false if a function hides all. */
    private boolean readTile(int lanes, int firstQuery, int queries, int firstKey, int keys) {
        turned = turned == null || turned.length < keys * lanes ? new float[terms.length * lanes] : turned;
        if (!pairs.hasTensors()) {
            Arrays.fill(turned, 0, keys * lanes, 0);
        }
        for (int lane = 0; lane < queries && pairs.hasTensors(); lane++) {
            pairs.readTensors(firstQuery + lane, firstKey, terms, keys);
            turn(terms, turned, lane, lanes, keys);
        }
        return !pairs.hasFunction()
                || pairs.hide(new RowFunction.Pairs(firstQuery, firstKey, keys, lanes, false), turned);
    }

    /** {@link #ofTile} for a tile with a row a query and a key a lane. */
    public void ofRows(Scores tile, int lanes, int firstQuery, int queries, int firstKey, int keys) {
        if (softcap > 0) {
            tile.cap(queries, softcap);
        }
        if (ofRow != null) {
            tile.change(queries, change(firstQuery, firstKey, lanes, true));
        }
        if (slopes != null) {
            tile.addAlibi(queries, slope, firstKey - sequence.shift() - firstQuery);
        }
        if (pairs != null) {
            int length = queries * lanes;
            turned = turned == null || turned.length < length ? new float[length] : turned;
            boolean isOne = pairs.areAlike();
            for (int row = 0; row < queries; row++) {
                if (row == 0 || !isOne) {
                    pairs.readTensors(firstQuery + row, firstKey, terms, keys);
                }
                System.arraycopy(terms, 0, turned, row * lanes, keys);
            }
            if (pairs.hasFunction()) {
                pairs.hide(new RowFunction.Pairs(firstQuery, firstKey, queries, lanes, true), turned);
            }
            tile.addTerms(turned, lanes, queries);
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
                ofRow.compute(scores, at, pairs(firstRow, rows));
                System.arraycopy(ofRow.numbers(), 0, scores, at, rows * lanes);
            }

            @Override
            public void multiplySlopes(float[] scores, float[] slopes, int at, int firstRow, int rows) {
                slopeOfRow.compute(scores, at, pairs(firstRow, rows));
                float[] factors = slopeOfRow.numbers();
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
