package io.github.attention4j.spark;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What executors are told of a call: the spec in numbers, and what of it a shard is concerned with. */
final class ShardedCall implements Serializable {
    private static final long serialVersionUID = 1;

    private final int batch;
    private final int heads;
    private final int kvHeads;
    private final int headDim;
    private final int valueDim;
    private final float scale;
    private final float softcap;
    private final Precision precision;
    private final int left;
    private final int right;
    private final int keyLength;
    /** Of each batch entry; null if all have all. */
    private final int[] keyLengths;
    /** Of each batch entry, in the whole sequence; null if no window hides anything. */
    private final int[] diagonals;

    /**
     * Reads a spec.
     *
     * @param keyLengths [batch] if the spec has them, else null
     * @param diagonals [batch] if the spec has them, else null
     * @throws IllegalArgumentException if the spec has something that is not computed in shards
     */
    ShardedCall(AttentionSpec spec, int[] keyLengths, int[] diagonals) {
        batch = spec.batch();
        heads = spec.heads();
        kvHeads = spec.kvHeads();
        headDim = spec.headDim();
        valueDim = spec.valueDim();
        scale = spec.scale();
        softcap = spec.softcap();
        precision = spec.precision();
        left = spec.mask().left();
        right = spec.mask().right();
        keyLength = spec.keyLength();
        this.keyLengths = keyLengths;
        requireKnown(spec);
        this.diagonals = spec.mask().isBounded() ? diagonals(spec, diagonals) : null;
    }

    private void requireKnown(AttentionSpec spec) {
        List<String> unknown = new ArrayList<>();
        for (Operand operand : Operand.values()) {
            boolean known =
                    switch (operand) {
                        case QUERY, KEY, VALUE, OUT, LSE, KEY_LENGTHS, DIAGONALS -> true;
                        default -> false;
                    };
            if (spec.has(operand) && !known) {
                unknown.add(operand.label());
            }
        }
        AttentionSpec read = builder(spec.queryLength(), keyLength)
                .mask(spec.mask())
                .returnLse()
                .build();
        if (!unknown.isEmpty() || !read.equals(spec.withLse(true))) {
            throw new IllegalArgumentException(
                    "shards are attended to with sizes, scale, softcap, mask, key lengths and dense arrays of F32, but the spec has more: "
                            + (unknown.isEmpty() ? spec : String.join(", ", unknown))
                            + "; leave it away, or use AttentionEngine on one machine");
        }
    }

    private int[] diagonals(AttentionSpec spec, int[] given) {
        int[] diagonals = new int[batch];
        for (int b = 0; b < batch; b++) {
            diagonals[b] = switch (spec.mask().alignment()) {
                case TOP_LEFT -> 0;
                case BOTTOM_RIGHT -> (keyLengths == null ? keyLength : keyLengths[b]) - spec.queryLength();
                case GIVEN -> given[b];
            };
        }
        return diagonals;
    }

    private AttentionSpecBuilder builder(int queries, int keys) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(batch)
                .heads(heads)
                .kvHeads(kvHeads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim)
                .valueDim(valueDim)
                .scale(scale)
                .precision(precision);
        if (softcap > 0) {
            builder.softcap(softcap);
        }
        return keyLengths == null ? builder : builder.keyLengths();
    }

    /** The spec of a block of queries over a shard. */
    AttentionSpec spec(QueryBlock block, KeyShard shard) {
        AttentionSpecBuilder builder = builder(block.rows, shard.rows()).returnLse();
        if (diagonals != null) {
            builder.mask(Mask.window(left, right, Mask.Alignment.GIVEN));
        }
        return builder.build();
    }

    /** [batch]: how many keys of the shard exist; null if all do. */
    int[] keyLengths(KeyShard shard) {
        return keyLengths == null
                ? null
                : Arrays.stream(keyLengths)
                        .map(length -> Math.max(0, Math.min(shard.rows(), length - shard.firstKey())))
                        .toArray();
    }

    /** [batch]: the key of the shard at which the block's first query stands; null if no window hides anything. */
    int[] diagonals(QueryBlock block, KeyShard shard) {
        return diagonals == null
                ? null
                : Arrays.stream(diagonals)
                        .map(diagonal -> Math.toIntExact((long) diagonal + block.firstRow - shard.firstKey()))
                        .toArray();
    }

    /** Whether any query of the block sees any key of the shard. */
    boolean sees(QueryBlock block, KeyShard shard) {
        int[] lengths = keyLengths(shard);
        int[] at = diagonals(block, shard);
        for (int b = 0; b < batch; b++) {
            long begin = at == null || left == Mask.UNBOUNDED ? 0 : Math.max(0, (long) at[b] - left);
            long end = lengths == null ? shard.rows() : lengths[b];
            if (at != null && right != Mask.UNBOUNDED) {
                end = Math.min(end, (long) at[b] + block.rows + right);
            }
            if (begin < end) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks a shard.
     *
     * @throws IllegalArgumentException if it reaches beyond the spec's keys, or an array does not have its length
     */
    void require(KeyShard shard) {
        String name = "the shard of " + shard.rows() + " keys from key " + shard.firstKey() + " on";
        if ((long) shard.firstKey() + shard.rows() > keyLength) {
            throw new IllegalArgumentException(name + " ends beyond the " + keyLength + " keys of the spec");
        }
        requireLength(name, "key", shard.key(), shard.rows(), headDim);
        requireLength(name, "value", shard.value(), shard.rows(), valueDim);
    }

    private void requireLength(String name, String array, float[] given, int rows, int columns) {
        long wanted = (long) batch * kvHeads * rows * columns;
        if (given.length != wanted) {
            throw new IllegalArgumentException(name + " must have " + wanted + " elements of " + array + ", [" + batch
                    + ", " + kvHeads + ", " + rows + ", " + columns + "], but has " + given.length);
        }
    }

    int batch() {
        return batch;
    }

    int kvHeads() {
        return kvHeads;
    }

    int headDim() {
        return headDim;
    }

    int valueDim() {
        return valueDim;
    }
}
