package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Dropout;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Philox;
import io.github.attention4j.internal.java.memory.Operands;

/** What dropout multiplies the weights of a tile by, in floats: 0 or 1 / (1 − p). For one thread. */
public final class DropoutFactors {
    private final int heads;
    private final int threshold;
    private final float kept;
    private final Philox philox;
    private long[][] words = new long[Philox.WORDS][0];
    private int head;

    private DropoutFactors(AttentionSpec spec, Operands operands) {
        heads = spec.heads();
        threshold = spec.dropoutThreshold();
        kept = (float) (1 / (1 - threshold / 65536.0));
        philox = new Philox(operands.get(Operand.DROPOUT_STATE).integers(Dropout.NUMBERS));
    }

    /** Those of a call, or null without dropout. */
    public static DropoutFactors of(AttentionSpec spec, Operands operands) {
        return spec.has(Operand.DROPOUT_STATE) ? new DropoutFactors(spec, operands) : null;
    }

    /** Begins with a head of a batch entry. */
    public void start(int batch, int head) {
        this.head = batch * heads + head;
    }

    /** Fills in the factors of a tile: {@code factors[i * queryStep + j * keyStep]} of its query i and key j. */
    public void read(float[] factors, int queryStep, int keyStep, int firstQuery, int queries, int firstKey, int keys) {
        int firstGroup = firstKey / Philox.KEYS;
        int groups = (firstKey + keys - 1) / Philox.KEYS + 1 - firstGroup;
        int counters = queries * groups;
        if (words[0].length < counters) {
            words = new long[Philox.WORDS][counters];
        }
        philox.scramble(words, counters, head, firstQuery, firstGroup, groups);
        for (int i = 0; i < queries; i++) {
            for (int group = 0; group < groups; group++) {
                int first = (firstGroup + group) * Philox.KEYS - firstKey;
                int to = i * queryStep + first * keyStep;
                if (first >= 0 && first + Philox.KEYS <= keys) {
                    readGroup(i * groups + group, factors, to, keyStep);
                } else {
                    readSome(i * groups + group, factors, to, keyStep, Math.max(0, -first), keys - first);
                }
            }
        }
    }

    private void readGroup(int counter, float[] factors, int to, int step) {
        for (int word = 0; word < Philox.WORDS; word++) {
            int bits = (int) words[word][counter];
            factors[to + 2 * word * step] = factor(bits & 0xffff);
            factors[to + (2 * word + 1) * step] = factor(bits >>> 16);
        }
    }

    private void readSome(int counter, float[] factors, int to, int step, int from, int end) {
        for (int j = from; j < Math.min(end, Philox.KEYS); j++) {
            int bits = (int) words[j / 2][counter];
            factors[to + j * step] = factor(bits >>> 16 * (j % 2) & 0xffff);
        }
    }

    /** Without a branch, which would be taken by chance. */
    private float factor(int number) {
        int isKept = ~(number - threshold >> 31);
        return Float.intBitsToFloat(isKept & Float.floatToRawIntBits(kept));
    }
}
