package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Entry;
import io.github.attention4j.testing.PlainAttention;
import io.github.attention4j.testing.PlainAttention.Arithmetic;

/** A contender that gives the right answer at once, wrong where a test makes it so. */
class ExactAnswer implements Contender {
    final Case call;
    /** [batch, heads, rows, valueDim]. */
    final double[] answer;

    ExactAnswer(Case call) {
        this(
                call,
                PlainAttention.attend(call.spec(), call.inputs(), Arithmetic.DOUBLE)
                        .out());
    }

    /** An answer to another call. */
    ExactAnswer(Case call, double[] answer) {
        this.call = call;
        this.answer = answer;
    }

    @Override
    public String family() {
        return "exact";
    }

    @Override
    public void run() {}

    @Override
    public float[] output() {
        throw new UnsupportedOperationException();
    }

    @Override
    public AttentionArrays outputs() {
        TensorSpec tensor = call.spec().operand(Operand.OUT);
        AttentionArrays outputs = new AttentionArrays().with(Operand.OUT, (float[]) Elements.poisoned(tensor));
        Elements out = Elements.of(call.spec(), outputs, Operand.OUT);
        for (Entry entry : Entry.of(call.spec(), call.inputs())) {
            for (int row = 0; row < tensor.heads() * entry.queries(); row++) {
                int head = row / entry.queries();
                int i = entry.queryBegin() + row % entry.queries();
                int at = ((entry.queryBatch() * tensor.heads() + head) * tensor.rows() + i) * tensor.columns();
                for (int column = 0; column < tensor.columns(); column++) {
                    out.set(entry.queryBatch(), head, i, column, (float) answer[at + column]);
                }
            }
        }
        return outputs;
    }
}
