package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.internal.several.Block.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts calls so that devices end together.
 *
 * @param into what calls may be cut
 * @param queries are dealt out so many at a time
 * @param keys likewise
 * @param gain of the time that is left where a call is cut into queries or keys: all devices need the keys then, or
 *     results are merged, which must be worth it
 */
record Shares(List<By> into, int queries, int keys, double gain) {
    static final Shares USUAL = new Shares(List.of(By.values()), 64, 256, 0.8);

    /** How many each device gets; one may get all. */
    record Cut(By by, List<Integer> counts) {}

    /**
     * The cut that ends first.
     *
     * @param rates how fast each device is; 0 for one that cannot be used
     */
    Cut cut(AttentionSpec spec, double[] rates) {
        int[] whole = new int[rates.length];
        whole[fastest(rates)] = spec.batch();
        Cut best = new Cut(By.ENTRIES, list(whole));
        double least = 1 / rates[fastest(rates)];
        for (By by : into) {
            int grain = grain(by, spec);
            int pieces = by.all(spec) / grain;
            if (pieces < 2 || Obstacles.to(by, spec) != null) {
                continue;
            }
            int[] counts = counts(pieces, rates);
            double time = seconds(counts, rates) / pieces;
            if (time < (by == By.QUERIES || by == By.KEYS ? gain : 1) * least) {
                best = new Cut(by, list(inAll(counts, grain, by.all(spec))));
                least = time;
            }
        }
        return best;
    }

    private int grain(By by, AttentionSpec spec) {
        return switch (by) {
            case ENTRIES, KV_HEADS -> 1;
            case QUERIES -> isInTurns(spec) ? 2 * queries : queries;
            case KEYS -> keys;
        };
    }

    /** Whether queries see ever more keys, or ever fewer: each device gets some of both ends then. */
    private static boolean isInTurns(AttentionSpec spec) {
        return (spec.mask().left() == Mask.UNBOUNDED) != (spec.mask().right() == Mask.UNBOUNDED);
    }

    /** From pieces to all; the last device that has any takes what is left over. */
    private static int[] inAll(int[] pieces, int grain, int all) {
        int[] counts = new int[pieces.length];
        int left = all;
        int last = 0;
        for (int i = 0; i < pieces.length; i++) {
            counts[i] = pieces[i] * grain;
            left -= counts[i];
            last = counts[i] > 0 ? i : last;
        }
        counts[last] += left;
        return counts;
    }

    private static List<Integer> list(int[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }

    /** One or two for each device that gets any, those of one device behind one another. */
    static List<Share> of(AttentionSpec spec, Cut cut) {
        int all = cut.by().all(spec);
        boolean isInTurns = cut.by() == By.QUERIES && isInTurns(spec);
        List<Share> shares = new ArrayList<>();
        int first = 0;
        for (int device = 0; device < cut.counts().size(); device++) {
            int count = cut.counts().get(device);
            if (count == all) {
                return List.of(Share.of(device, spec));
            }
            int end = isInTurns ? all - 2 * first : all - first;
            if (count > 0 && isInTurns && count < end) {
                shares.add(of(device, spec, cut.by(), new Range(first, count / 2)));
                shares.add(of(device, spec, cut.by(), new Range(all - first - count / 2, count / 2)));
                first += count / 2;
            } else if (count > 0) {
                shares.add(of(device, spec, cut.by(), new Range(first, count)));
                first += count;
            }
        }
        return List.copyOf(shares);
    }

    private static Share of(int device, AttentionSpec spec, By by, Range range) {
        return Share.of(
                device,
                spec,
                switch (by) {
                    case ENTRIES -> Block.ofEntries(spec, range);
                    case KV_HEADS -> Block.ofHeads(spec, range);
                    case QUERIES -> Block.ofQueries(spec, range);
                    case KEYS -> Block.ofKeys(spec, range);
                });
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
