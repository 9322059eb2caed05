package io.github.attention4j.internal;

/**
 * Random numbers by counter: Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011), as
 * {@link io.github.attention4j.Dropout} uses them. The twin of {@code dropout.clh}. For one thread.
 */
public final class Philox {
    /** Keys that one counter has numbers for. */
    public static final int KEYS = 8;

    /** Numbers that one counter has. */
    public static final int WORDS = 4;

    private static final int ROUNDS = 10;
    private static final long LOW = 0xffffffffL;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    private final int key0;
    private final int key1;
    private final int offset;
    private final int firstHead;
    private final int[] words = new int[WORDS];

    /** @param state as {@code Dropout.state} makes it */
    public Philox(int[] state) {
        key0 = state[0];
        key1 = state[1];
        offset = state[2];
        firstHead = state[3];
    }

    /** Replaces the four words of a counter by random ones. */
    public static void scramble(int[] words, int key0, int key1) {
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = (words[0] & LOW) * MULTIPLIER_0;
            long product1 = (words[2] & LOW) * MULTIPLIER_1;
            int first = (int) (product1 >>> 32) ^ words[1] ^ k0;
            int third = (int) (product0 >>> 32) ^ words[3] ^ k1;
            words[1] = (int) product1;
            words[3] = (int) product0;
            words[0] = first;
            words[2] = third;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
    }

    /**
     * Makes the numbers of many counters at a time: those of the query {@code firstQuery + i / groups} and the keys
     * from {@code KEYS * (firstGroup + i % groups)} on are element i of the words.
     *
     * @param head batch entry · heads + head
     */
    public void scramble(long[][] words, int counters, int head, int firstQuery, int firstGroup, int groups) {
        for (int i = 0; i < counters; i++) {
            words[0][i] = firstGroup + i % groups;
            words[1][i] = firstQuery + i / groups;
            words[2][i] = head + firstHead & LOW;
            words[3][i] = offset & LOW;
        }
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < ROUNDS; round++) {
            scramble(words[0], words[1], words[2], words[3], counters, k0 & LOW, k1 & LOW);
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
    }

    /** A round, in a loop that C2 makes vectors of. */
    private static void scramble(long[] x0, long[] x1, long[] x2, long[] x3, int counters, long k0, long k1) {
        for (int i = 0; i < counters; i++) {
            long product0 = x0[i] * MULTIPLIER_0;
            long product1 = x2[i] * MULTIPLIER_1;
            x0[i] = product1 >>> 32 ^ x1[i] ^ k0;
            x2[i] = product0 >>> 32 ^ x3[i] ^ k1;
            x1[i] = product1 & LOW;
            x3[i] = product0 & LOW;
        }
    }

    /**
     * Says which weights of a query are dropped, from key 0 on.
     *
     * @param head batch entry · heads + head
     */
    public void drop(int head, int query, int threshold, boolean[] dropped, int keys) {
        for (int j = 0; j < keys; j++) {
            if (j % KEYS == 0) {
                words[0] = j / KEYS;
                words[1] = query;
                words[2] = head + firstHead;
                words[3] = offset;
                scramble(words, key0, key1);
            }
            dropped[j] = (words[j % KEYS / 2] >>> 16 * (j % 2) & 0xffff) < threshold;
        }
    }
}
