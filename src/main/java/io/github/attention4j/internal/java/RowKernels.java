package io.github.attention4j.internal.java;

import io.github.attention4j.DeviceTensor;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.MergeCall;
import io.github.attention4j.internal.RotateCall;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.memory.Owner;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;

/** What an engine does with whole tensors beside attention: merging results, rotating rows. */
final class RowKernels {
    private final Owner owner;
    private final Threads threads;

    RowKernels(Owner owner, Threads threads) {
        this.owner = owner;
        this.threads = threads;
    }

    /** The tensor's rows, as one of this engine's. */
    private Rows rows(String name, DeviceTensor tensor) {
        TensorSpec dense =
                TensorSpec.dense(tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns());
        return new Rows(dense, HostTensor.of(name, tensor, owner).memory());
    }

    /**
     * The formula of {@link io.github.attention4j.AttentionResult#merge}, row by row: out and lse may be those of a
     * part.
     */
    Runnable merge(MergeCall call) {
        Rows out0 = rows("first out", call.firstOut());
        Rows lse0 = rows("first lse", call.firstLse());
        Rows out1 = rows("second out", call.secondOut());
        Rows lse1 = rows("second lse", call.secondLse());
        Rows out = rows("out", call.out());
        Rows lse = rows("lse", call.lse());
        int columns = call.out().columns();
        return perRow(call.out(), next -> {
            float[] first = new float[columns];
            float[] second = new float[columns];
            float[] logarithm = new float[1];
            for (int[] at = next.row(); at != null; at = next.row()) {
                out0.read(out0.at(at[0], at[1], at[2]), first, 0, columns);
                out1.read(out1.at(at[0], at[1], at[2]), second, 0, columns);
                double firstLse = lse0.number(at[0], at[1], at[2]);
                double secondLse = lse1.number(at[0], at[1], at[2]);
                logarithm[0] = (float) mergeRow(firstLse, secondLse, first, second);
                out.write(out.at(at[0], at[1], at[2]), first, 0, columns);
                lse.write(lse.at(at[0], at[1], at[2]), logarithm, 0, 1);
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

    /** Rotates rows to their positions; target may be source. */
    Runnable rotate(RotateCall call) {
        Rows from = rows("source", call.source());
        Rows cosines = rows("cos", call.cos());
        Rows sines = rows("sin", call.sin());
        Rows positions = call.positions() == null ? null : rows("positions", call.positions());
        Rows to = rows("target", call.target());
        int columns = call.source().columns();
        return perRow(call.source(), next -> {
            RotaryTable table = new RotaryTable(call.rotary(), cosines, sines);
            float[] row = new float[columns];
            for (int[] at = next.row(); at != null; at = next.row()) {
                from.read(from.at(at[0], at[1], at[2]), row, 0, columns);
                table.rotate(row, 0, positions == null ? at[2] : positions.integer(at[0], 0, at[2]));
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

    private Runnable perRow(DeviceTensor tensor, RowWork work) {
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
