package io.github.attention4j.bench.option;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.attention.Visible;
import java.lang.reflect.Array;
import java.util.EnumMap;
import java.util.Map;

/**
 * A request with any options, and its data. Here all operands lie as [batch, heads, rows, columns], in the array type of their
 * {@link DType}; {@link Placement} moves them to where the request wants them.
 */
public final class OptionProblem {
    private final AttentionSpec spec;
    private final Layout.Order order;
    private final Map<Operand, Object> arrays = new EnumMap<>(Operand.class);

    /**
     * No data yet.
     *
     * @param order what the spec was built with
     */
    public OptionProblem(AttentionSpec spec, Layout.Order order) {
        this.spec = spec;
        this.order = order;
    }

    /**
     * Sets an input; returns this.
     *
     * @throws IllegalArgumentException if the array has not the elements of the spec's operand
     */
    public OptionProblem with(Operand operand, Object array) {
        TensorSpec tensor = spec.operand(operand);
        if (Array.getLength(array) != tensor.elements()) {
            throw new IllegalArgumentException(operand.label() + " must have " + tensor.elements() + " elements for "
                    + tensor.shape() + ", but has " + Array.getLength(array));
        }
        arrays.put(operand, array);
        return this;
    }

    /** Takes over the inputs that have the same type and shape in another problem; returns this. */
    public OptionProblem withDataOf(OptionProblem other) {
        other.arrays.forEach((operand, array) -> {
            if (spec.has(operand) && sameShape(spec.operand(operand), other.spec.operand(operand))) {
                with(operand, array);
            }
        });
        return this;
    }

    private static boolean sameShape(TensorSpec a, TensorSpec b) {
        return a.dtype() == b.dtype() && a.shape().equals(b.shape());
    }

    /** Fills the inputs that have no data yet with random ones, the same for the same seed; returns this. */
    public OptionProblem fill(long seed) {
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && !operand.isOutput() && !arrays.containsKey(operand)) {
                with(operand, RandomData.of(spec, operand, seed));
            }
        }
        return this;
    }

    /** What is asked for. */
    public AttentionSpec spec() {
        return spec;
    }

    /** In which order query, key, value and out lie on the device. */
    public Layout.Order order() {
        return order;
    }

    /** An input's elements as [batch, heads, rows, columns]. */
    public Object array(Operand operand) {
        Object array = arrays.get(operand);
        if (array == null) {
            throw new IllegalStateException(operand.label() + " has no data; give it, or call fill");
        }
        return array;
    }

    /** A floating-point input as the numbers that its elements stand for. */
    float[] floats(Operand operand) {
        if (array(operand) instanceof float[] values) {
            return values;
        }
        DType type = spec.operand(operand).dtype();
        short[] bits = (short[]) array(operand);
        float[] values = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            values[i] = Bits16.value(type, bits[i]);
        }
        return values;
    }

    /** An element of an integer input with one for each entry. */
    private int integer(Operand operand, int entry) {
        return ((int[]) array(operand))[entry];
    }

    /** Queries of a batch entry. */
    int queries(int entry) {
        return spec.has(Operand.QUERY_OFFSETS)
                ? integer(Operand.QUERY_OFFSETS, entry + 1) - integer(Operand.QUERY_OFFSETS, entry)
                : spec.queryLength();
    }

    /** Keys of a batch entry. */
    int keys(int entry) {
        int keys = spec.has(Operand.KEY_OFFSETS)
                ? integer(Operand.KEY_OFFSETS, entry + 1) - integer(Operand.KEY_OFFSETS, entry)
                : spec.keyLength();
        return spec.has(Operand.KEY_LENGTHS) ? Math.min(keys, integer(Operand.KEY_LENGTHS, entry)) : keys;
    }

    /** The row of a query, and of its out, counted through [batch, heads, rows]. */
    int queryRow(int entry, int head, int query) {
        return row(Operand.QUERY, Operand.QUERY_OFFSETS, entry, head, query);
    }

    /** The row of a key, and of its value, counted through [batch, kvHeads, rows]. */
    int keyRow(int entry, int kvHead, int key) {
        return row(Operand.KEY, Operand.KEY_OFFSETS, entry, kvHead, key);
    }

    private int row(Operand operand, Operand offsets, int entry, int head, int i) {
        TensorSpec tensor = spec.operand(operand);
        return spec.has(offsets)
                ? head * tensor.rows() + integer(offsets, entry) + i
                : (entry * tensor.heads() + head) * tensor.rows() + i;
    }

    /** Query-key pairs of all heads and entries that the mask and the lengths leave. */
    public long pairs() {
        long pairs = 0;
        for (int entry = 0; entry < spec.batch(); entry++) {
            pairs += Visible.pairs(spec.mask(), queries(entry), keys(entry));
        }
        return pairs * spec.heads();
    }

    /** {@code batch x heads x queryLength x keyLength x headDim}, and what is unusual. */
    public String shape() {
        return Problem.shape(spec) + (spec.has(Operand.QUERY_OFFSETS) ? " ragged" : "");
    }
}
