package io.github.attention4j.score;

/**
 * A tensor of a call, read at computed indices: as many as it has dimensions, up to four. An index out of range counts
 * as the nearest that is in range.
 */
public final class CallTensor {
    /** How many tensors a call may have. */
    public static final int MOST = 4;

    /** How many dimensions a tensor may have. */
    public static final int RANK = 4;

    private final int number;

    CallTensor(int number) {
        this.number = number;
    }

    /** The element as a float. */
    public FloatTerm at(IntTerm... indices) {
        return new FloatTerm(Operation.LOAD, number, four(indices));
    }

    /** The element as an integer: a float rounded towards 0, to the nearest int; 0 for NaN. */
    public IntTerm intAt(IntTerm... indices) {
        return new IntTerm(Operation.LOAD_INT, number, four(indices));
    }

    /** The dimensions before the first have size 1. */
    private static Term[] four(IntTerm... indices) {
        if (indices.length < 1 || indices.length > RANK) {
            throw new IllegalArgumentException(
                    "a tensor is read at 1 to " + RANK + " indices, but " + indices.length + " are given");
        }
        Term[] four = new Term[RANK];
        for (int i = 0; i < RANK; i++) {
            int from = i - (RANK - indices.length);
            four[i] = from < 0 ? IntTerm.of(0) : indices[from];
        }
        return four;
    }
}
