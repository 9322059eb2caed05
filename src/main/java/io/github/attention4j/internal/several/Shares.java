package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts calls so that devices end together. Pure functions. */
final class Shares {
    private Shares() {}

    /**
     * How many batch entries, or key/value heads, each device gets; of one that gets all, whether the call is cut at
     * all does not matter.
     *
     * @param isByEntries whether batch entries are counted, and not heads
     */
    record Cut(boolean isByEntries, List<Integer> counts) {}

    /**
     * The cut that ends first.
     *
     * @param rates how fast each device is; 0 for one that cannot be used
     */
    static Cut cut(AttentionSpec spec, double[] rates) {
        int[] whole = new int[rates.length];
        whole[fastest(rates)] = spec.batch();
        Cut best = new Cut(true, list(whole));
        double least = 1 / rates[fastest(rates)];
        if (areEntriesApart(spec)) {
            int[] counts = counts(spec.batch(), rates);
            double time = seconds(counts, rates) / spec.batch();
            best = time < least ? new Cut(true, list(counts)) : best;
            least = Math.min(time, least);
        }
        if (areHeadsApart(spec)) {
            int[] counts = counts(spec.kvHeads(), rates);
            double time = seconds(counts, rates) / spec.kvHeads();
            best = time < least ? new Cut(false, list(counts)) : best;
        }
        return best;
    }

    private static List<Integer> list(int[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }

    /** One share for each device that gets any. */
    static List<Share> of(AttentionSpec spec, Cut cut) {
        List<Share> shares = new ArrayList<>();
        int all = cut.isByEntries() ? spec.batch() : spec.kvHeads();
        int first = 0;
        for (int device = 0; device < cut.counts().size(); device++) {
            int count = cut.counts().get(device);
            if (count == all) {
                return List.of(Share.of(device, spec));
            }
            if (count > 0) {
                shares.add(
                        cut.isByEntries()
                                ? Share.ofEntries(device, spec, first, count)
                                : Share.ofHeads(device, spec, first, count));
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
