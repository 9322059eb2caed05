package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.PlainAttention.Arithmetic;

/** The right outputs of a problem in its types and layouts, to be made wrong by tests of the tests. */
final class PlainAnswer {
    private PlainAnswer() {}

    static AttentionArrays of(Problem problem) {
        return of(problem, Arithmetic.DOUBLE);
    }

    static AttentionArrays of(Problem problem, Arithmetic arithmetic) {
        AttentionSpec spec = problem.spec();
        AttentionArrays inputs = problem.inputs();
        PlainAttention.Result exact = PlainAttention.attend(spec, inputs, arithmetic);
        AttentionArrays outputs = problem.outputs();
        write(spec, inputs, outputs, Operand.OUT, exact.out());
        if (spec.has(Operand.LSE)) {
            write(spec, inputs, outputs, Operand.LSE, exact.lse());
        }
        if (spec.has(Operand.SCORES)) {
            write(spec, inputs, outputs, Operand.SCORES, exact.scores());
        }
        return outputs;
    }

    private static void write(
            AttentionSpec spec, AttentionArrays inputs, AttentionArrays outputs, Operand output, double[] exact) {
        Elements elements = Elements.of(spec, outputs, output);
        boolean scores = output == Operand.SCORES;
        int columns = elements.tensor().columns();
        for (Entry entry : Entry.of(spec, inputs)) {
            int batch = scores ? entry.batch() : entry.queryBatch();
            for (int head = 0; head < spec.heads(); head++) {
                for (int i = 0; i < entry.queries(); i++) {
                    int row = scores ? i : entry.queryBegin() + i;
                    int at = ((batch * spec.heads() + head) * elements.tensor().rows() + row) * columns;
                    for (int column = 0; column < columns; column++) {
                        elements.set(batch, head, row, column, (float) exact[at + column]);
                    }
                }
            }
        }
    }
}
