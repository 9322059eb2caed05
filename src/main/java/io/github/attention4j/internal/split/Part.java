package io.github.attention4j.internal.split;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Dropout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.Contents;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * A call on host arrays, or a part of one: some of its heads.
 *
 * @param plan how it is computed; its spec has the part's own batch and heads
 * @param heads which heads of the call it has
 */
public record Part(AttentionPlan plan, HeadRange heads) {
    /** The whole call. */
    public static Part whole(AttentionPlan plan) {
        return new Part(plan, HeadRange.whole(plan.spec()));
    }

    /** What it computes. */
    public AttentionSpec spec() {
        return plan.spec();
    }

    /** Whether it is all of the call. */
    public boolean isWhole() {
        return heads.isWhole();
    }

    /** The operand's array, to be read or written from {@link #offset} on; of a buffer the part's own piece. */
    public Object array(AttentionArrays arrays, Operand operand) {
        Object array = arrays.get(operand);
        if (!isWhole() && OperandTable.of(operand).contents() == Contents.DROPOUT_STATE) {
            return dropoutState(array, (int) heads.firstHead());
        }
        int first = first(operand);
        if (first == 0 || !(array instanceof ByteBuffer buffer)) {
            return array;
        }
        ByteBuffer rest = buffer.duplicate();
        rest.position(first * spec().operand(operand).dtype().bytes());
        return rest.order(ByteOrder.nativeOrder());
    }

    /** What is dropped goes by the number of a head in the whole call: the state of a call that begins with another. */
    public static int[] dropoutState(Object array, int firstHead) {
        int[] state = new int[Dropout.NUMBERS];
        IntBuffer given = array instanceof int[] own ? IntBuffer.wrap(own) : ((ByteBuffer) array).asIntBuffer();
        given.duplicate().get(state);
        state[Dropout.NUMBERS - 1] += firstHead;
        return state;
    }

    /** The element of {@link #array} with which the part begins. */
    public int offset(AttentionArrays arrays, Operand operand) {
        return arrays.get(operand) instanceof ByteBuffer ? 0 : first(operand);
    }

    private int first(Operand operand) {
        if (isWhole() || OperandTable.of(operand).contents() == Contents.DROPOUT_STATE) {
            return 0;
        }
        TensorSpec tensor = spec().operand(operand);
        boolean ofKeys = OperandTable.of(operand).heads() == Dimension.KV_HEADS;
        long head = ofKeys ? heads.firstKvHead() : heads.firstHead();
        return (int) (head * tensor.rows() * tensor.rowUnits()); // within the array
    }
}
