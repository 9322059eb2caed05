package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.HostMemory;
import java.util.List;

/** Puts together outputs of which each share has a part of every element. */
final class Union {
    private Union() {}

    /** Into the arrays of the call; in the order of the shares, so that the same cut gives the same bits. */
    static void of(List<Share> shares, List<AttentionArrays> results, AttentionArrays whole) {
        AttentionSpec spec = shares.get(0).whole();
        if (shares.get(0).by() == By.KEYS) {
            merge(results, spec, whole);
            return;
        }
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand) && shares.get(0).isSummed(operand)) {
                write(spec, operand, sum(shares, results, operand), whole.get(operand));
            }
        }
    }

    /** Results over different keys. */
    private static void merge(List<AttentionArrays> parts, AttentionSpec spec, AttentionArrays whole) {
        AttentionResult all = null;
        for (AttentionArrays part : parts) {
            AttentionResult next =
                    new AttentionResult((float[]) part.get(Operand.OUT), (float[]) part.get(Operand.LSE));
            all = all == null ? next : all.merge(next);
        }
        write(spec, Operand.OUT, all.out(), whole.get(Operand.OUT));
        if (spec.returnLse()) {
            write(spec, Operand.LSE, all.lse(), whole.get(Operand.LSE));
        }
    }

    /** Gradients of what all shares, or those of some keys, read. */
    private static float[] sum(List<Share> shares, List<AttentionArrays> results, Operand operand) {
        TensorSpec tensor = shares.get(0).whole().operand(operand);
        float[] sum = new float[(int) tensor.elements()];
        for (int i = 0; i < shares.size(); i++) {
            Share share = shares.get(i);
            TensorSpec part = share.spec().operand(operand);
            float[] own = (float[]) results.get(i).get(operand);
            int at = 0;
            for (int row = 0; row < part.batch() * part.heads() * part.rows(); row++) {
                int head = row / part.rows();
                int place = ((share.firstEntry(operand) + head / part.heads()) * tensor.heads()
                                + share.firstHead(operand)
                                + head % part.heads())
                        * tensor.rows();
                place = (place + share.firstRow(operand) + row % part.rows()) * tensor.columns()
                        + share.firstColumn(operand);
                for (int d = 0; d < part.columns(); d++) {
                    sum[place + d] += own[at++];
                }
            }
        }
        return sum;
    }

    /** Rounds floats that lie side by side to the elements of an output, or adds them. */
    private static void write(AttentionSpec spec, Operand operand, float[] floats, Object target) {
        TensorSpec tensor = spec.operand(operand);
        Layout layout = tensor.layout();
        for (int row = 0; row < tensor.batch() * tensor.heads() * tensor.rows(); row++) {
            int head = row / tensor.rows();
            long place = layout.start()
                    + head / tensor.heads() * layout.batchStride()
                    + head % tensor.heads() * layout.headStride()
                    + row % tensor.rows() * layout.rowStride();
            HostMemory.write(
                    tensor.dtype(),
                    floats,
                    row * tensor.columns(),
                    target,
                    (int) place,
                    tensor.columns(),
                    spec.accumulates());
        }
    }
}
