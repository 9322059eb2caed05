package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts calls so that devices end together. Pure functions. */
final class Shares {
    /** Keys are dealt out in so many at a time. */
    private static final int KEYS = 256;

    /** Shares of keys are merged afterwards, so they must be worth it. */
    private static final double GAIN_OF_KEYS = 0.8;

    /** What a call is cut into. */
    enum By {
        ENTRIES,
        KV_HEADS,
        KEYS;

        int all(AttentionSpec spec) {
            return switch (this) {
                case ENTRIES -> spec.batch();
                case KV_HEADS -> spec.kvHeads();
                case KEYS -> spec.keyLength();
            };
        }
    }

    private Shares() {}

    /** How many each device gets; one may get all. */
    record Cut(By by, List<Integer> counts) {}

    /**
     * The cut that ends first.
     *
     * @param rates how fast each device is; 0 for one that cannot be used
     */
    static Cut cut(AttentionSpec spec, double[] rates) {
        int[] whole = new int[rates.length];
        whole[fastest(rates)] = spec.batch();
        Cut best = new Cut(By.ENTRIES, list(whole));
        double least = 1 / rates[fastest(rates)];
        if (spec.score() != null || spec.keep() != null) {
            return best; // functions of the user's know the numbers of entries, heads and keys in the whole call
        }
        if (areEntriesApart(spec)) {
            int[] counts = counts(spec.batch(), rates);
            double time = seconds(counts, rates) / spec.batch();
            best = time < least ? new Cut(By.ENTRIES, list(counts)) : best;
            least = Math.min(time, least);
        }
        if (areHeadsApart(spec)) {
            int[] counts = counts(spec.kvHeads(), rates);
            double time = seconds(counts, rates) / spec.kvHeads();
            best = time < least ? new Cut(By.KV_HEADS, list(counts)) : best;
            least = Math.min(time, least);
        }
        if (areKeysApart(spec)) {
            int pieces = spec.keyLength() / KEYS;
            int[] counts = counts(pieces, rates);
            if (seconds(counts, rates) / pieces < GAIN_OF_KEYS * least) {
                best = new Cut(By.KEYS, list(keys(counts, spec.keyLength())));
            }
        }
        return best;
    }

    /** From pieces to keys; the last device that has any takes what is left over. */
    private static int[] keys(int[] pieces, int keys) {
        int[] counts = new int[pieces.length];
        int left = keys;
        int last = 0;
        for (int i = 0; i < pieces.length; i++) {
            counts[i] = pieces[i] * KEYS;
            left -= counts[i];
            last = counts[i] > 0 ? i : last;
        }
        counts[last] += left;
        return counts;
    }

    private static List<Integer> list(int[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }

    /** One share for each device that gets any. */
    static List<Share> of(AttentionSpec spec, Cut cut) {
        List<Share> shares = new ArrayList<>();
        int first = 0;
        for (int device = 0; device < cut.counts().size(); device++) {
            int count = cut.counts().get(device);
            if (count == cut.by().all(spec)) {
                return List.of(Share.of(device, spec));
            }
            if (count > 0) {
                shares.add(
                        switch (cut.by()) {
                            case ENTRIES -> Share.ofEntries(device, spec, first, count);
                            case KV_HEADS -> Share.ofHeads(device, spec, first, count);
                            case KEYS -> Share.ofKeys(device, spec, first, count);
                        });
                first += count;
            }
        }
        return List.copyOf(shares);
    }

    /** Whether each output has a piece of its own for each batch entry. */
    private static boolean areEntriesApart(AttentionSpec spec) {
        if (spec.batch() == 1 || spec.has(Operand.KEY_OFFSETS)) {
            return false;
        }
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand) && spec.operand(operand).batch() != spec.batch()) {
                return false;
            }
        }
        return true;
    }

    /** Likewise for each head; what dropout drops goes by the number of a head in the whole batch. */
    private static boolean areHeadsApart(AttentionSpec spec) {
        if (spec.kvHeads() == 1 || spec.has(Operand.DROPOUT_STATE) && spec.batch() > 1) {
            return false;
        }
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                TensorSpec tensor = spec.operand(operand);
                boolean ofKeys = OperandTable.of(operand).heads() == Dimension.KV_HEADS;
                if (tensor.heads() != (ofKeys ? spec.kvHeads() : spec.heads())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the call is one over all of some keys alone, in floats that lie side by side. */
    private static boolean areKeysApart(AttentionSpec spec) {
        if (spec.isBackward() || spec.keyLength() < 2 * KEYS || !spec.mask().equals(Mask.none())) {
            return false;
        }
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && !isPlain(operand, spec.operand(operand))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(Operand operand, TensorSpec tensor) {
        return switch (operand) {
            case QUERY, KEY, VALUE -> true;
            case OUT, LSE -> tensor.dtype() == DType.F32 && tensor.isDense();
            default -> false;
        };
    }

    /** How many of so many equal pieces each device gets: each piece goes where it would end first. */
    static int[] counts(int pieces, double[] rates) {
        double sum = 0;
        for (double rate : rates) {
            sum += rate;
        }
        int[] counts = new int[rates.length];
        int left = pieces;
        for (int i = 0; i < rates.length; i++) { // most of them at once
            counts[i] = (int) (pieces * (rates[i] / sum));
            left -= counts[i];
        }
        for (; left > 0; left--) {
            int best = -1;
            for (int i = 0; i < rates.length; i++) {
                if (rates[i] > 0 && (best < 0 || (counts[i] + 1) / rates[i] < (counts[best] + 1) / rates[best])) {
                    best = i;
                }
            }
            counts[best]++;
        }
        return counts;
    }

    private static double seconds(int[] counts, double[] rates) {
        double most = 0;
        for (int i = 0; i < counts.length; i++) {
            most = counts[i] == 0 ? most : Math.max(most, counts[i] / rates[i]);
        }
        return most;
    }

    private static int fastest(double[] rates) {
        int best = 0;
        for (int i = 1; i < rates.length; i++) {
            best = rates[i] > rates[best] ? i : best;
        }
        return best;
    }
}
