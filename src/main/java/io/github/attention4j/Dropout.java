package io.github.attention4j;

import io.github.attention4j.internal.Philox;
import java.util.Objects;

/**
 * Which weights dropout drops: decided by seed, offset and the pair's place alone, so that every device, kernel and
 * order of tiles drops the same, and a backward call what its forward call did.
 *
 * <p>Definition: the 4x32 bits of Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011) of
 * the counter (key / 8, query, batch · heads + head, offset) under the seed as key are eight 16-bit numbers for eight
 * keys, the lower half of each word first. A weight is dropped where its number is below {@code threshold = round(p ·
 * 65536)}; the others are multiplied by {@code 1 / (1 − threshold / 65536)}. Query and key count from 0 in each batch
 * entry.
 */
public final class Dropout {
    /** Numbers of {@link Operand#DROPOUT_STATE}. */
    public static final int NUMBERS = 4;

    /** What the threshold is a share of. */
    private static final int WHOLE = 1 << 16;

    private Dropout() {}

    /**
     * {@link Operand#DROPOUT_STATE} for a seed and an offset; a training step takes another offset, or seed. (A call
     * over heads of a larger one, whose first is head n of batch · heads, has n in the last element.)
     */
    public static int[] state(long seed, int offset) {
        return new int[] {(int) seed, (int) (seed >>> 32), offset, 0};
    }

    /** The threshold of a probability. */
    static int threshold(float probability) {
        return Math.round(probability * WHOLE);
    }

    static void requireProbability(float probability) {
        if (!(probability >= 0 && probability < 1) || threshold(probability) == WHOLE) {
            throw new IllegalArgumentException(
                    "dropout must be from 0 to less than 1 (to 65535/65536, for it is rounded to 1/65536), but is "
                            + probability + "; 0 is none");
        }
    }

    /**
     * The mask of a call, for looking at and for tests: [batch, heads, queryLength, keyLength], 1 where a weight is
     * dropped and 0 where not, whether or not the query sees the key.
     *
     * @throws IllegalArgumentException if it does not fit an array
     */
    public static byte[] dropped(AttentionSpec spec, long seed, int offset) {
        Objects.requireNonNull(spec, "spec");
        long pairs = (long) spec.batch() * spec.heads() * spec.queryLength();
        if (pairs > Integer.MAX_VALUE / spec.keyLength()) {
            throw new IllegalArgumentException("the mask must fit an array, but has " + pairs + " rows of "
                    + spec.keyLength() + " keys; ask for fewer batch entries or heads at a time");
        }
        byte[] dropped = new byte[(int) pairs * spec.keyLength()];
        Philox philox = new Philox(state(seed, offset));
        int threshold = spec.dropoutThreshold();
        boolean[] row = new boolean[spec.keyLength()];
        for (int i = 0; i < (int) pairs; i++) {
            philox.drop(i / spec.queryLength(), i % spec.queryLength(), threshold, row, row.length);
            for (int j = 0; j < row.length; j++) {
                dropped[i * row.length + j] = (byte) (row[j] ? 1 : 0);
            }
        }
        return dropped;
    }
}
