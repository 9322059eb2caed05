package io.github.attention4j.spark;

import java.util.TreeMap;

/** Which keys some of the shards hold, so that none is missing in the end and none counts twice. */
final class KeySpans implements Part {
    private static final long serialVersionUID = 1;

    /** First key to the key after the last, neighbours joined. */
    private final TreeMap<Integer, Integer> spans = new TreeMap<>();

    /**
     * Adds the keys from {@code begin} up to {@code end}.
     *
     * @throws IllegalArgumentException if one of them is there already
     */
    void add(int begin, int end) {
        if (begin == end) {
            return;
        }
        int from = begin;
        int to = end;
        var before = spans.floorEntry(begin);
        if (before != null && before.getValue() >= begin) {
            requireApart(begin, Math.min(end, before.getValue()));
            from = before.getKey();
        }
        var after = spans.ceilingEntry(begin);
        if (after != null && after.getKey() <= end) {
            requireApart(after.getKey(), Math.min(end, after.getValue()));
            to = spans.remove(after.getKey());
        }
        spans.put(from, to);
    }

    private static void requireApart(int begin, int end) {
        if (begin < end) {
            throw new IllegalArgumentException("each key must be in one shard, but keys " + begin + " to " + (end - 1)
                    + " are in two; count firstKey from the start of the whole sequence");
        }
    }

    /**
     * Checks that all keys are there.
     *
     * @throws IllegalArgumentException if one is missing
     */
    void requireAll(int keyLength) {
        int missing =
                !spans.isEmpty() && spans.firstKey() == 0 ? spans.firstEntry().getValue() : 0;
        if (missing < keyLength) {
            throw new IllegalArgumentException(
                    "the shards must hold all " + keyLength + " keys of the spec, but key " + missing + " is in none");
        }
    }

    @Override
    public Part merge(Part other) {
        KeySpans both = new KeySpans();
        spans.forEach(both::add);
        ((KeySpans) other).spans.forEach(both::add);
        return both;
    }
}
