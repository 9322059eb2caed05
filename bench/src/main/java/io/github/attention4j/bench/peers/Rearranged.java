package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;

/** Tensors in the order that a peer wants; made before anything is timed. */
public final class Rearranged {
    private Rearranged() {}

    /**
     * [batch, kvHeads, rows, columns] with each head as often as query heads share it: [batch, heads, rows, columns].
     */
    public static float[] expand(AttentionSpec spec, float[] tensor, int columns) {
        int group = spec.groupSize();
        int head = spec.keyLength() * columns;
        if (group == 1) {
            return tensor;
        }
        float[] all = new float[Math.multiplyExact(tensor.length, group)];
        for (int i = 0; i < all.length / head; i++) {
            System.arraycopy(tensor, i / group * head, all, i * head, head);
        }
        return all;
    }

    /**
     * [batch, heads, rows, columns] as [batch, rows, heads, columns]; the same call with rows and heads exchanged goes
     * back.
     */
    public static float[] swapHeadsAndRows(float[] tensor, int batch, int heads, int rows, int columns) {
        float[] swapped = new float[tensor.length];
        for (int b = 0; b < batch; b++) {
            for (int h = 0; h < heads; h++) {
                for (int r = 0; r < rows; r++) {
                    System.arraycopy(
                            tensor,
                            ((b * heads + h) * rows + r) * columns,
                            swapped,
                            ((b * rows + r) * heads + h) * columns,
                            columns);
                }
            }
        }
        return swapped;
    }
}
