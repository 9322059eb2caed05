package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.math.BigInteger;

/**
 * What dropout leaves of weights, written from its documentation and apart from the library: Philox4x32-10 as the paper
 * has it, in whole numbers without bounds.
 */
public final class PlainDropout {
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(32);
    private static final BigInteger[] FACTORS = {BigInteger.valueOf(0xD2511F53L), BigInteger.valueOf(0xCD9E8D57L)};
    private static final BigInteger[] STEPS = {BigInteger.valueOf(0x9E3779B9L), BigInteger.valueOf(0xBB67AE85L)};

    private final AttentionSpec spec;
    private final int[] state;

    /** What is dropped below. */
    private final int threshold;

    private PlainDropout(AttentionSpec spec, int[] state) {
        this.spec = spec;
        this.state = state;
        threshold = (int) Math.rint(spec.dropout() * 65536.0);
    }

    /** That of a call, or null if it has none. */
    static PlainDropout of(AttentionSpec spec, AttentionArrays inputs) {
        return spec.dropout() > 0 ? new PlainDropout(spec, (int[]) inputs.get(Operand.DROPOUT_STATE)) : null;
    }

    /** The factors of the weights of a query's first so many keys. */
    double[] factors(int batch, int head, int query, int keys) {
        double[] factors = new double[keys];
        BigInteger[] numbers = null;
        for (int key = 0; key < keys; key++) {
            if (key % 8 == 0) {
                long[] counter = {key / 8, query, (long) batch * spec.heads() + head + state[3], state[2]};
                numbers = philox(counter, new long[] {state[0], state[1]});
            }
            int number = numbers[key % 8 / 2].intValue() >>> (key % 2 == 0 ? 0 : 16) & 0xffff;
            factors[key] = number < threshold ? 0 : 1 / (1 - threshold / 65536.0);
        }
        return factors;
    }

    /** Four random words of a counter of four words and a key of two. */
    public static BigInteger[] philox(long[] counter, long[] key) {
        BigInteger[] words = new BigInteger[4];
        BigInteger[] keys = new BigInteger[2];
        for (int i = 0; i < 4; i++) {
            words[i] = BigInteger.valueOf(counter[i]).mod(WORD);
        }
        for (int i = 0; i < 2; i++) {
            keys[i] = BigInteger.valueOf(key[i]).mod(WORD);
        }
        for (int round = 0; round < 10; round++) {
            BigInteger first = words[0].multiply(FACTORS[0]);
            BigInteger second = words[2].multiply(FACTORS[1]);
            words = new BigInteger[] {
                second.divide(WORD).xor(words[1]).xor(keys[0]),
                second.mod(WORD),
                first.divide(WORD).xor(words[3]).xor(keys[1]),
                first.mod(WORD)
            };
            for (int i = 0; i < 2; i++) {
                keys[i] = keys[i].add(STEPS[i]).mod(WORD);
            }
        }
        return words;
    }
}
