package io.github.attention4j.internal.java;

import io.github.attention4j.Rotary;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;

/** What an engine does with whole tensors beside attention: merging results, rotating rows. */
final class RowKernels {
    private RowKernels() {}

    private static Rows rows(HostTensor tensor) {
        TensorSpec dense =
                TensorSpec.dense(tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns());
        return new Rows(dense, tensor.memory());
    }

    /** The formula of {@link io.github.attention4j.AttentionResult#merge}, row by row: out and lse may be those of a part. */
    static Runnable merge(
            HostTensor firstOut,
            HostTensor firstLse,
            HostTensor secondOut,
            HostTensor secondLse,
            HostTensor out,
            HostTensor lse,
            Threads threads) {
        Rows[] outs = {rows(firstOut), rows(secondOut), rows(out)};
        Rows[] lses = {rows(firstLse), rows(secondLse), rows(lse)};
        int columns = out.columns();
        return perRow(out, threads, next -> {
            float[] first = new float[columns];
            float[] second = new float[columns];
            float[] logarithm = new float[1];
            for (int[] at = next.row(); at != null; at = next.row()) {
                double lse1 = lses[0].number(at[0], at[1], at[2]);
                double lse2 = lses[1].number(at[0], at[1], at[2]);
                outs[0].read(outs[0].at(at[0], at[1], at[2]), first, 0, columns);
                outs[1].read(outs[1].at(at[0], at[1], at[2]), second, 0, columns);
                logarithm[0] = (float) mergeRow(lse1, lse2, first, second);
                outs[2].write(outs[2].at(at[0], at[1], at[2]), first, 0, columns);
                lses[2].write(lses[2].at(at[0], at[1], at[2]), logarithm, 0, 1);
            }
        });
    }

    /** Merges into the first row; returns the merged log-sum-exp. */
    private static double mergeRow(double lse1, double lse2, float[] first, float[] second) {
        double max = Math.max(lse1, lse2);
        boolean nothing = max == Double.NEGATIVE_INFINITY;
        double weight1 = nothing ? 0 : Math.exp(lse1 - max);
        double weight2 = nothing ? 0 : Math.exp(lse2 - max);
        for (int d = 0; d < first.length; d++) {
            // A part without keys must not bring 0 times its out, which may be anything.
            double sum = (weight1 == 0 ? 0 : weight1 * first[d]) + (weight2 == 0 ? 0 : weight2 * second[d]);
            first[d] = nothing ? 0 : (float) (sum / (weight1 + weight2));
        }
        return nothing ? max : max + Math.log(weight1 + weight2);
    }

    /** Rotates rows to their positions; {@code positions} may be null, and target may be source. */
    static Runnable rotate(
            Rotary rotary,
            HostTensor source,
            HostTensor cos,
            HostTensor sin,
            HostTensor positions,
            HostTensor target,
            Threads threads) {
        Rows from = rows(source);
        Rows to = rows(target);
        Rows cosines = rows(cos);
        Rows sines = rows(sin);
        Rows given = positions == null ? null : rows(positions);
        int columns = source.columns();
        return perRow(source, threads, next -> {
            RotaryTable table = new RotaryTable(rotary, cosines, sines);
            float[] row = new float[columns];
            for (int[] at = next.row(); at != null; at = next.row()) {
                from.read(from.at(at[0], at[1], at[2]), row, 0, columns);
                table.rotate(row, 0, given == null ? at[2] : given.integer(at[0], 0, at[2]));
                to.write(to.at(at[0], at[1], at[2]), row, 0, columns);
            }
        });
    }

    /** Takes row after row. */
    private interface RowWork {
        void run(RowQueue next);
    }

    /** Gives out the rows of a tensor as {batch, head, row}, and null when there are none left. */
    private interface RowQueue {
        int[] row();
    }

    private static Runnable perRow(HostTensor tensor, Threads threads, RowWork work) {
        int rows = tensor.rows();
        int heads = tensor.heads();
        int items = Math.toIntExact((long) tensor.batch() * heads * rows);
        return () -> threads.run(
                items,
                next -> work.run(() -> {
                    int item = next.getAsInt();
                    return item < 0 ? null : new int[] {item / rows / heads, item / rows % heads, item % rows};
                }));
    }
}
