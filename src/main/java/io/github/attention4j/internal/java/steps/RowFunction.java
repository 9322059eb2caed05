package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import io.github.attention4j.score.StepKinds;
import io.github.attention4j.score.StepKinds.Domain;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A function of scores for many pairs at once, step by step, so that each step is a loop over neighbours. What is the
 * same for all pairs of a head is computed once; what depends on the query or the key alone, once for each of these;
 * and what depends on their distance, once for each distance of many tiles ({@link Diagonals}). The twin of
 * {@link PairFunction} in floats. For one thread.
 */
final class RowFunction {
    private final Expression expression;
    private final List<Step> steps;
    private final int result;
    private final boolean isFloat;
    private final StepKinds kinds;
    private final StepLoops loops;
    private final AttentionSpec spec;
    private final Operands operands;
    private final StepValues uniform;

    /** Of each domain; null where no step is computed there. */
    private final StepValues ofQueries;

    private final StepValues ofKeys;
    private final StepValues ofPairs;
    private final Diagonals diagonals;

    /** The steps that are computed for queries, for keys, and the steps that pairs have. */
    private final int[] queriesSteps;

    private final int[] keysSteps;
    private final int[] pairsSteps;
    private final boolean[] isScore;
    private int[] truths = new int[StepValues.MOST];

    /** Where several results go; null where there is one. */
    private float[][] floatTargets;

    private int[][] integerTargets;
    private boolean hasUniform;
    private Sequence sequence;
    private int head;
    private int diagonal;

    RowFunction(Expression expression, AttentionSpec spec, Operands operands, StepLoops loops) {
        this.expression = expression;
        this.spec = spec;
        this.operands = operands;
        this.loops = loops;
        steps = expression.steps();
        result = expression.results().get(0);
        isFloat = expression.kind(result) == Operation.Kind.FLOAT;
        kinds = new StepKinds(expression);
        uniform = new StepValues(expression, kinds, null, null, spec, operands, loops);
        ofQueries = values(Domain.QUERY);
        ofKeys = values(Domain.KEY);
        ofPairs = new StepValues(expression, kinds, Domain.PAIR, uniform, spec, operands, loops);
        StepValues ofDiagonals = values(Domain.DIAGONAL);
        diagonals = ofDiagonals == null ? null : new Diagonals(expression, kinds, ofDiagonals);
        queriesSteps = steps(i -> kinds.isOn(Domain.QUERY, i));
        keysSteps = steps(i -> kinds.isOn(Domain.KEY, i));
        pairsSteps = steps(i -> kinds.isSpread(i) || kinds.isOn(Domain.PAIR, i));
        isScore = new boolean[steps.size()];
        for (int i = 0; i < isScore.length; i++) {
            isScore[i] = steps.get(i).operation() == Operation.SCORE;
        }
    }

    private int[] steps(IntPredicate isOne) {
        return IntStream.range(0, steps.size()).filter(isOne).toArray();
    }

    private StepValues values(Domain domain) {
        return kinds.isUsed(domain) ? new StepValues(expression, kinds, domain, uniform, spec, operands, loops) : null;
    }

    /** That of an expression, or null for none. */
    static RowFunction of(Expression expression, AttentionSpec spec, Operands operands, StepLoops loops) {
        return expression == null ? null : new RowFunction(expression, spec, operands, loops);
    }

    /** That of plain Java. */
    static RowFunction of(Expression expression, AttentionSpec spec, Operands operands) {
        return of(expression, spec, operands, StepLoops.PLAIN);
    }

    void start(Sequence sequence, int head) {
        boolean isSame = hasUniform && this.sequence.batch == sequence.batch && this.head == head;
        this.sequence = sequence;
        this.head = head;
        if (isSame) {
            return;
        }
        diagonal = MaskRow.diagonal(spec, operands, sequence);
        hasUniform = false;
        if (diagonals != null) {
            diagonals.start(sequence, diagonal);
        }
    }

    /** Which pairs: rows of {@code lanes}, of which the next row and the next lane are another query or another key. */
    record Pairs(int query, int key, int rows, int lanes, boolean areRowsQueries) {
        int count() {
            return rows * lanes;
        }

        /** Some of them. */
        Pairs part(int row, int rows, int lane, int lanes) {
            int queries = areRowsQueries ? row : lane;
            int keys = areRowsQueries ? lane : row;
            return new Pairs(query + queries, key + keys, rows, lanes, areRowsQueries);
        }

        int queries() {
            return areRowsQueries ? rows : lanes;
        }

        int keys() {
            return areRowsQueries ? lanes : rows;
        }
    }

    /** Computes the truths of some pairs, of which {@link #truths} then has {@link Pairs#count}. */
    void compute(float[] scores, int at, Pairs pairs) {
        if (truths.length < pairs.count()) {
            truths = new int[pairs.count()];
        }
        compute(scores, at, null, 0, pairs);
    }

    /**
     * Computes the results for some pairs.
     *
     * @param scores from {@code at} on; null for a function that asks for none
     * @param to gets the results from {@code toAt} on, may be the scores; null for a function of truths
     */
    void compute(float[] scores, int at, float[] to, int toAt, Pairs pairs) {
        if (!hasUniform) {
            for (int i = 0; i < steps.size(); i++) {
                if (kinds.isUniform(i)) {
                    uniform.computeUniform(i, sequence, head);
                }
            }
            hasUniform = true;
        }
        if (diagonals != null) {
            diagonals.need(pairs);
        }
        int most = StepValues.MOST;
        int rows = Math.min(pairs.rows, most);
        for (int row = 0; row < pairs.rows; row += rows) {
            for (int lane = 0; lane < pairs.lanes; lane += most) {
                int count = Math.min(rows, pairs.rows - row);
                int lanes = Math.min(most, pairs.lanes - lane);
                Pairs part = pairs.part(row, count, lane, lanes);
                computeOfOne(ofQueries, queriesSteps, part.query, part.queries());
                computeOfOne(ofKeys, keysSteps, part.key, part.keys());
                int together = lanes < pairs.lanes ? 1 : most / lanes;
                for (int from = 0; from < count; from += together) {
                    int offset = (row + from) * pairs.lanes + lane;
                    computePairs(part, from, Math.min(together, count - from), scores, at + offset, to, toAt + offset);
                }
            }
        }
    }

    /**
     * Computes all results for some pairs, from {@code toAt} on: those of floats into {@code floats}, the others into
     * {@code integers}, each in the array with its number.
     */
    void computeAll(float[] scores, int at, float[][] floats, int[][] integers, int toAt, Pairs pairs) {
        floatTargets = floats;
        integerTargets = integers;
        compute(scores, at, null, toAt, pairs);
    }

    private void storeAll(int toAt, int count) {
        List<Integer> results = expression.results();
        for (int i = 0; i < results.size(); i++) {
            int step = results.get(i);
            if (floatTargets[i] != null) {
                System.arraycopy(ofPairs.floats(step), ofPairs.start(step), floatTargets[i], toAt, count);
            } else {
                System.arraycopy(ofPairs.integers(step), 0, integerTargets[i], toAt, count);
            }
        }
    }

    /** What depends on the query or the key alone. */
    private void computeOfOne(StepValues values, int[] numbers, int first, int count) {
        for (int i : numbers) {
            switch (steps.get(i).operation()) {
                case QUERY, KEY -> values.count(i, first, count);
                case QUERY_POSITION -> values.count(i, first + diagonal, count);
                default -> values.compute(i, count);
            }
        }
    }

    private void computePairs(Pairs pairs, int row, int rows, float[] scores, int at, float[] to, int toAt) {
        int count = rows * pairs.lanes;
        for (int i : pairsSteps) {
            if (isScore[i]) {
                takeScores(i, scores, at, count);
            } else if (kinds.isSpread(i)) {
                spread(i, pairs, row, rows);
            } else {
                if (i == result && isFloat && floatTargets == null && loops.takeParts()) {
                    ofPairs.place(i, to, toAt);
                }
                ofPairs.compute(i, count);
            }
        }
        store(to, toAt, count);
    }

    private void takeScores(int step, float[] scores, int at, int count) {
        if (loops.takeParts()) {
            ofPairs.place(step, scores, at);
        } else {
            System.arraycopy(scores, at, ofPairs.floats(step), 0, count);
        }
    }

    private void store(float[] to, int toAt, int count) {
        if (floatTargets != null) {
            storeAll(toAt, count);
        } else if (!isFloat) {
            System.arraycopy(ofPairs.integers(result), 0, truths, toAt, count);
        } else if (ofPairs.floats(result) != to || ofPairs.start(result) != toAt) {
            System.arraycopy(ofPairs.floats(result), ofPairs.start(result), to, toAt, count);
        }
    }

    /** From what a step depends on to pairs. */
    private void spread(int step, Pairs pairs, int row, int rows) {
        Domain domain = kinds.domain(step);
        int lanes = pairs.lanes;
        if (domain == Domain.DIAGONAL) {
            diagonals.spread(step, pairs, row, rows, ofPairs, loops);
            return;
        }
        StepValues from = domain == Domain.QUERY ? ofQueries : ofKeys;
        boolean isOfRows = (domain == Domain.QUERY) == pairs.areRowsQueries;
        float[] floats = ofPairs.floats(step);
        if (floats != null && isOfRows) {
            loops.fillRows(from.floats(step), row, floats, 0, rows, lanes);
        } else if (floats != null) {
            loops.copyRows(from.floats(step), 0, 0, floats, 0, rows, lanes);
        } else if (isOfRows) {
            loops.fillRows(from.integers(step), row, ofPairs.integers(step), 0, rows, lanes);
        } else {
            loops.copyRows(from.integers(step), 0, 0, ofPairs.integers(step), 0, rows, lanes);
        }
    }

    /** Of each pair 1 for true, 0 for false. */
    int[] truths() {
        return truths;
    }
}
