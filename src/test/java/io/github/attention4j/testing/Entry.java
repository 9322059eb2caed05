package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;

/**
 * One entry of a batch: which rows of which tensor it has, and where its diagonal lies. Numbers out of range count as
 * the nearest in range.
 *
 * @param batch its number
 * @param queryBatch the batch index of its queries: 0 in a ragged batch
 * @param queryBegin its first row there
 * @param queries how many rows it has
 * @param keyBatch the batch index of its keys and values
 * @param keyBegin its first key there
 * @param keys how many keys it has
 * @param diagonal the key at which query 0 stands
 * @param prefix keys before this are not hidden by the right bound
 */
public record Entry(
        int batch,
        int queryBatch,
        int queryBegin,
        int queries,
        int keyBatch,
        int keyBegin,
        int keys,
        long diagonal,
        int prefix) {

    /** All entries of a call. */
    public static Entry[] of(AttentionSpec spec, AttentionArrays inputs) {
        Entry[] entries = new Entry[spec.batch()];
        for (int batch = 0; batch < entries.length; batch++) {
            entries[batch] = of(spec, inputs, batch);
        }
        return entries;
    }

    private static Entry of(AttentionSpec spec, AttentionArrays inputs, int batch) {
        boolean raggedQueries = spec.has(Operand.QUERY_OFFSETS);
        boolean raggedKeys = spec.has(Operand.KEY_OFFSETS);
        int[] queries = {0, spec.queryLength()};
        if (raggedQueries) {
            queries = ragged(
                    Elements.of(spec, inputs, Operand.QUERY_OFFSETS),
                    batch,
                    spec.operand(Operand.QUERY).rows(),
                    spec.queryLength());
        }
        int[] keys = {0, spec.keyLength()};
        if (raggedKeys) {
            keys = ragged(
                    Elements.of(spec, inputs, Operand.KEY_OFFSETS),
                    batch,
                    spec.operand(Operand.KEY).rows(),
                    spec.keyLength());
        }
        Elements lengths = Elements.of(spec, inputs, Operand.KEY_LENGTHS);
        int keyCount = lengths == null ? keys[1] : clamp(lengths.getInt(batch, 0, 0), 0, keys[1]);
        long diagonal = 0;
        if (spec.mask().alignment() == Mask.Alignment.BOTTOM_RIGHT) {
            diagonal = keyCount - queries[1];
        } else if (spec.mask().alignment() == Mask.Alignment.GIVEN) {
            diagonal = Elements.of(spec, inputs, Operand.DIAGONALS).getInt(batch, 0, 0);
        }
        Elements prefixes = Elements.of(spec, inputs, Operand.PREFIX_LENGTHS);
        return new Entry(
                batch,
                raggedQueries ? 0 : batch,
                queries[0],
                queries[1],
                raggedKeys ? 0 : batch,
                keys[0],
                keyCount,
                diagonal,
                prefixes == null ? 0 : prefixes.getInt(batch, 0, 0));
    }

    /** {first row, rows}. */
    private static int[] ragged(Elements offsets, int batch, int total, int longest) {
        int begin = clamp(offsets.getInt(batch, 0, 0), 0, total);
        long rows = (long) offsets.getInt(batch + 1, 0, 0) - begin;
        return new int[] {begin, (int) Math.max(0, Math.min(rows, Math.min(longest, total - begin)))};
    }

    static int clamp(int number, int least, int most) {
        return Math.max(least, Math.min(most, number));
    }
}
