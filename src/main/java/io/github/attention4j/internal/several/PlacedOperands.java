package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.operand.Contents;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.several.Block.Range;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.score.PlaceOfPart;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Operands that say where queries and keys are, which count from another place in a share. */
final class PlacedOperands {
    private final Share share;
    private final AttentionArrays arrays;
    private final AttentionSpec whole;
    private final int firstQuery;
    private final int firstKey;
    private final int keys;

    PlacedOperands(Share share, AttentionArrays arrays) {
        this.share = share;
        this.arrays = arrays;
        whole = share.whole();
        firstQuery = share.block().queries().first();
        firstKey = share.block().keys().first();
        keys = share.block().keys().count();
    }

    /** The operand as the share must have it, or null where that is a piece of what the call has. */
    Object make(Operand operand) {
        if (OperandTable.of(operand).contents() == Contents.DROPOUT_STATE) {
            return Part.dropoutState(arrays.get(operand), share.firstOfAllHeads());
        }
        if (operand == Operand.SCORE_NUMBERS && ShareSpec.asksForPlaces(whole)) {
            return numbers();
        }
        if (share.by() != By.QUERIES && share.by() != By.KEYS) {
            return null;
        }
        return switch (operand) {
            case DIAGONALS -> ofEntries(entry -> inInt((long) diagonal(entry) + firstQuery - firstKey));
            case KEY_LENGTHS -> ofEntries(entry -> inShare(keysOf(entry) - hiddenAtTheEnd()));
            case PREFIX_LENGTHS -> {
                IntBuffer lengths = integers(operand);
                yield ofEntries(entry -> inShare(lengths.get(entry)));
            }
            case QUERY_POSITIONS -> whole.has(operand) ? null : queryPositions();
            case KEY_POSITIONS -> whole.has(operand) ? null : count(keys, key -> firstKey + key);
            case SINK -> firstKey > 0 && share.by() == By.KEYS ? noSink() : null;
            default -> null;
        };
    }

    /** Numbers of keys in the copy of a piece count from the share's first one. */
    void move(Operand operand, Object copy) {
        if ((operand == Operand.KEY_BEGINS || operand == Operand.KEY_ENDS) && firstKey > 0) {
            int[] keys = (int[]) copy;
            for (int i = 0; i < keys.length; i++) {
                keys[i] = Math.max(0, keys[i]) - firstKey;
            }
        }
    }

    /** Whether the piece must be a copy for {@link #move}. */
    boolean isMoved(Operand operand) {
        return firstKey > 0 && (operand == Operand.KEY_BEGINS || operand == Operand.KEY_ENDS);
    }

    private static int[] count(int count, IntUnaryOperator element) {
        int[] array = new int[count];
        Arrays.setAll(array, element);
        return array;
    }

    private int[] ofEntries(IntUnaryOperator number) {
        int first = share.block().entries().first();
        return count(share.spec().batch(), entry -> number.applyAsInt(first + entry));
    }

    private int inShare(int key) {
        return Math.max(0, Math.min(keys, key - firstKey));
    }

    /** Keys that only queries behind the share's see, where its last query is to stand at its last key. */
    private int hiddenAtTheEnd() {
        boolean isOwnEnd = share.by() == By.QUERIES
                && share.spec().mask().isBounded()
                && share.spec().mask().alignment() == Mask.Alignment.BOTTOM_RIGHT;
        return isOwnEnd ? whole.queryLength() - share.block().queries().end() : 0;
    }

    private static int inInt(long number) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number));
    }

    private int keysOf(int entry) {
        int all = whole.keyLength();
        return whole.has(Operand.KEY_LENGTHS)
                ? Math.max(0, Math.min(all, integers(Operand.KEY_LENGTHS).get(entry)))
                : all;
    }

    private int diagonal(int entry) {
        return switch (whole.mask().alignment()) {
            case BOTTOM_RIGHT -> keysOf(entry) - whole.queryLength();
            case TOP_LEFT -> 0;
            case GIVEN -> integers(Operand.DIAGONALS).get(entry);
        };
    }

    private int[] queryPositions() {
        int queries = share.spec().queryLength();
        int[] positions = new int[share.spec().batch() * queries];
        for (int i = 0; i < positions.length; i++) {
            int keysOfEntry = keysOf(share.block().entries().first() + i / queries);
            positions[i] = Math.max(0, firstQuery + i % queries + keysOfEntry - whole.queryLength());
        }
        return positions;
    }

    /** A sink counts once, with the first keys. */
    private float[] noSink() {
        float[] sink = new float[share.spec().heads()];
        Arrays.fill(sink, Float.NEGATIVE_INFINITY);
        return sink;
    }

    private float[] numbers() {
        int given = ShareSpec.numbers(whole);
        float[] numbers = new float[given + PlaceOfPart.COUNT];
        if (given > 0) {
            Object array = arrays.get(Operand.SCORE_NUMBERS);
            FloatBuffer floats =
                    array instanceof float[] own ? FloatBuffer.wrap(own) : ((ByteBuffer) array).asFloatBuffer();
            floats.get(0, numbers, 0, given);
        }
        for (PlaceOfPart place : PlaceOfPart.values()) {
            numbers[given + place.ordinal()] = switch (place) {
                case FIRST_BATCH -> share.block().entries().first();
                case FIRST_KV_HEAD -> share.block().kvHeads().first();
                case FIRST_HEAD -> share.block().kvHeads().first() * whole.groupSize();
                case FIRST_QUERY -> firstQuery;
                case QUERY_LENGTH -> whole.queryLength();
            };
        }
        return numbers;
    }

    /** The rows of a share's batch entries in a tensor that has those of all. */
    static Range raggedRows(Share share, Operand operand, AttentionArrays whole) {
        boolean areQueries = OperandTable.of(operand).batch() == Dimension.QUERY_BATCH;
        IntBuffer offsets = integers(whole.get(areQueries ? Operand.QUERY_OFFSETS : Operand.KEY_OFFSETS));
        int rows = share.whole().operand(operand).rows();
        int first =
                Math.max(0, Math.min(rows, offsets.get(share.block().entries().first())));
        int end = Math.max(
                first, Math.min(rows, offsets.get(share.block().entries().end())));
        return new Range(first, end - first);
    }

    private IntBuffer integers(Operand operand) {
        return integers(arrays.get(operand));
    }

    private static IntBuffer integers(Object array) {
        return array instanceof int[] own ? IntBuffer.wrap(own) : ((ByteBuffer) array).asIntBuffer();
    }
}
