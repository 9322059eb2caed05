package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import java.util.List;

/**
 * What a keep function says of all pairs of some queries and some keys, without asking for each: bounds of each of its
 * steps. For one thread.
 */
final class KeepBounds {
    /** What it says; {@link #UNKNOWN} may be any. */
    enum Verdict {
        NEVER,
        UNKNOWN,
        ALWAYS
    }

    /** Elements of a tensor that are looked at for their bounds, where many blocks are judged at once. */
    private static final long MOST_ELEMENTS = 4096;

    private final Expression keep;
    private final List<Step> steps;
    private final Operation[] operations;

    /** Of each step the first two of its arguments; the first twice where it has but one. */
    private final int[] firsts;

    private final int[] seconds;
    private final int result;

    /** For rows of more elements their blocks are asked. */
    private final Extremes[] extremes = new Extremes[CallTensor.MOST];

    private final long most;
    private final CallNumbers call;
    private final AttentionSpec spec;
    private final Operands operands;

    /** Of each step what its integer or truth is at least and at most. */
    private final long[] low;

    private final long[] high;

    /** Whether each step depends on the queries, or on the keys: what neither has changed stays. */
    private final boolean[] isOfQueries;

    private final boolean[] isOfKeys;

    /** What was asked last; nothing yet of a head that was begun with. */
    private boolean isAsked;

    private int firstQuery;
    private int lastQuery;
    private int firstKey;
    private int lastKey;

    /** Of each load the steps that are its indices; null for others. */
    private final int[][] indices;

    /** Of each tensor how many elements it has along each dimension. */
    private final int[][] sizes = new int[CallTensor.MOST][];

    /** Of each step whether it is a float or made of some, for which there are no bounds. */
    private final boolean[] isOfFloats;

    /** Of a load's indices the first and the last. */
    private final int[] first = new int[CallTensor.RANK];

    private final int[] last = new int[CallTensor.RANK];
    /** Of a load's elements so far. */
    private int least;

    private int largest;
    private Sequence sequence;
    private int head;
    private int diagonal;

    KeepBounds(AttentionSpec spec, Operands operands) {
        this(spec, operands, MOST_ELEMENTS);
    }

    /** @param most how many elements of a tensor are looked at for their bounds, or blocks of neighbours of them */
    KeepBounds(AttentionSpec spec, Operands operands, long most) {
        this.spec = spec;
        this.operands = operands;
        this.most = most;
        keep = spec.keep();
        steps = keep.steps();
        result = keep.results().get(0);
        operations = steps.stream().map(Step::operation).toArray(Operation[]::new);
        firsts = steps.stream().mapToInt(step -> argument(step, 0)).toArray();
        seconds = steps.stream().mapToInt(step -> argument(step, 1)).toArray();
        call = new CallNumbers(spec, operands);
        low = new long[keep.steps().size()];
        high = new long[low.length];
        isOfQueries = new boolean[low.length];
        isOfKeys = new boolean[low.length];
        indices = new int[low.length][];
        isOfFloats = new boolean[low.length];
        for (int i = 0; i < low.length; i++) {
            Step step = steps.get(i);
            if (step.operation() == Operation.LOAD_INT) {
                indices[i] =
                        step.arguments().stream().mapToInt(Integer::intValue).toArray();
                sizes[step.bits()] = call.sizes(step.bits());
            }
            isOfQueries[i] = step.operation() == Operation.QUERY || step.operation() == Operation.QUERY_POSITION;
            isOfKeys[i] = step.operation() == Operation.KEY;
            for (int argument : step.arguments()) {
                isOfQueries[i] |= isOfQueries[argument];
                isOfKeys[i] |= isOfKeys[argument];
            }
            isOfFloats[i] = keep.kind(i) == Operation.Kind.FLOAT
                    || keep.steps().get(i).arguments().stream().anyMatch(a -> keep.kind(a) == Operation.Kind.FLOAT);
        }
    }

    private static int argument(Step step, int index) {
        int count = step.arguments().size();
        return count == 0 ? 0 : step.argument(Math.min(index, count - 1));
    }

    /** Begins with a head of a batch entry. */
    void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        diagonal = MaskRow.diagonal(spec, operands, sequence);
        isAsked = false;
    }

    /** What the function says of the queries and keys from the first to the last, both inclusive. */
    Verdict of(int firstQuery, int lastQuery, int firstKey, int lastKey) {
        boolean areQueriesNew = this.firstQuery != firstQuery || this.lastQuery != lastQuery;
        boolean areKeysNew = this.firstKey != firstKey || this.lastKey != lastKey;
        this.firstQuery = firstQuery;
        this.lastQuery = lastQuery;
        this.firstKey = firstKey;
        this.lastKey = lastKey;
        for (int i = 0; i < low.length; i++) {
            if (!isAsked || areQueriesNew && isOfQueries[i] || areKeysNew && isOfKeys[i]) {
                compute(i);
            }
        }
        isAsked = true;
        return low[result] != 0 ? Verdict.ALWAYS : high[result] == 0 ? Verdict.NEVER : Verdict.UNKNOWN;
    }

    private void compute(int i) {
        switch (operations[i]) {
            case QUERY -> set(i, firstQuery, lastQuery);
            case QUERY_POSITION -> set(i, (long) firstQuery + diagonal, (long) lastQuery + diagonal);
            case KEY -> set(i, firstKey, lastKey);
            case BATCH -> set(i, sequence.batch, sequence.batch);
            case HEAD -> set(i, head, head);
            case KV_HEAD -> set(i, head / spec.groupSize(), head / spec.groupSize());
            case QUERY_LENGTH -> set(i, sequence.queries, sequence.queries);
            case KEY_LENGTH -> set(i, sequence.keys, sequence.keys);
            case INT_CONSTANT, BOOL_CONSTANT ->
                set(i, steps.get(i).bits(), steps.get(i).bits());
            case LOAD_INT -> load(i, steps.get(i));
            default -> compute(i, operations[i]);
        }
    }

    /** Integers wrap around: where they may, they may be any. */
    private void set(int step, long from, long to) {
        boolean wraps = from < Integer.MIN_VALUE || to > Integer.MAX_VALUE;
        low[step] = wraps ? Integer.MIN_VALUE : from;
        high[step] = wraps ? Integer.MAX_VALUE : to;
    }

    private void setTruth(int step, boolean isAlways, boolean isNever) {
        set(step, isAlways ? 1 : 0, isNever ? 0 : 1);
    }

    private void unknown(int i) {
        if (keep.kind(i) == Operation.Kind.BOOL) {
            set(i, 0, 1);
        } else {
            set(i, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
    }

    private void compute(int i, Operation operation) {
        if (isOfFloats[i]) {
            unknown(i);
            return;
        }
        int a = firsts[i];
        int b = seconds[i];
        switch (operation) {
            case INT_ADD -> set(i, low[a] + low[b], high[a] + high[b]);
            case INT_SUBTRACT -> set(i, low[a] - high[b], high[a] - low[b]);
            case INT_MULTIPLY -> {
                long first = Math.min(low[a] * low[b], low[a] * high[b]);
                long last = Math.max(low[a] * low[b], low[a] * high[b]);
                first = Math.min(first, Math.min(high[a] * low[b], high[a] * high[b]));
                last = Math.max(last, Math.max(high[a] * low[b], high[a] * high[b]));
                set(i, first, last);
            }
            case INT_MIN -> set(i, Math.min(low[a], low[b]), Math.min(high[a], high[b]));
            case INT_MAX -> set(i, Math.max(low[a], low[b]), Math.max(high[a], high[b]));
            case INT_DIVIDE, INT_MODULO -> divide(i, operation == Operation.INT_DIVIDE, a, b);
            case INT_LESS -> setTruth(i, high[a] < low[b], low[a] >= high[b]);
            case INT_EQUAL -> {
                boolean isOne = low[a] == high[a] && low[b] == high[b] && low[a] == low[b];
                setTruth(i, isOne, high[a] < low[b] || high[b] < low[a]);
            }
            case AND -> set(i, low[a] & low[b], high[a] & high[b]);
            case OR -> set(i, low[a] | low[b], high[a] | high[b]);
            case NOT -> set(i, 1 - high[a], 1 - low[a]);
            case INT_CHOOSE -> {
                int other = steps.get(i).argument(2);
                set(
                        i,
                        low[a] == 1 ? low[b] : high[a] == 0 ? low[other] : Math.min(low[b], low[other]),
                        low[a] == 1 ? high[b] : high[a] == 0 ? high[other] : Math.max(high[b], high[other]));
            }
            default -> unknown(i);
        }
    }

    /** By one positive number: others are rare. */
    private void divide(int i, boolean isQuotient, int a, int b) {
        if (low[b] != high[b] || low[b] <= 0) {
            unknown(i);
            return;
        }
        long first = Math.floorDiv(low[a], low[b]);
        long last = Math.floorDiv(high[a], low[b]);
        if (isQuotient) {
            set(i, first, last);
        } else if (first == last) {
            set(i, low[a] - first * low[b], high[a] - first * low[b]);
        } else {
            set(i, 0, low[b] - 1);
        }
    }

    /** Of few elements the least and the largest. */
    private void load(int i, Step step) {
        int tensor = step.bits();
        int[] size = sizes[tensor];
        for (int d = 0; d < first.length; d++) {
            int index = indices[i][d];
            first[d] = Sequence.clamp(low[index], size[d] - 1);
            last[d] = Sequence.clamp(high[index], size[d] - 1);
        }
        long rows = (last[0] - first[0] + 1L) * (last[1] - first[1] + 1L) * (last[2] - first[2] + 1L);
        int neighbours = last[3] - first[3] + 1;
        if (rows * Extremes.looks(neighbours) > most) {
            unknown(i);
            return;
        }
        extremes[tensor] = extremes[tensor] == null ? new Extremes(call, tensor) : extremes[tensor];
        least = Integer.MAX_VALUE;
        largest = Integer.MIN_VALUE;
        for (int a = first[0]; a <= last[0]; a++) {
            for (int b = first[1]; b <= last[1]; b++) {
                for (int c = first[2]; c <= last[2]; c++) {
                    extremes[tensor].look(call.at(tensor, a, b, c, first[3]), neighbours);
                    least = Math.min(least, extremes[tensor].least());
                    largest = Math.max(largest, extremes[tensor].most());
                }
            }
        }
        set(i, least, largest);
    }
}
