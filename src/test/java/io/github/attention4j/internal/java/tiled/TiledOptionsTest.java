package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.RandomCall;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.internal.java.reference.ScoreMatrix;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All options together, by chance: the fast path against the definition. */
class TiledOptionsTest {
    private static final int CALLS = Integer.getInteger("attention4j.test.calls", 300);
    private static final Threads THREADS = new Threads(2);

    @AfterAll
    static void endThreads() {
        THREADS.close();
    }

    static List<MicroKernels> kernels() {
        return TiledAttentionTest.kernels();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void givesWhatTheDefinitionGivesAndWritesNothingElse(MicroKernels kernels) {
        for (int seed = 0; seed < CALLS; seed++) {
            RandomCall call = new RandomCall(seed);
            Operands operands = Operands.of(call.spec, call.arrays);
            new TiledAttention(call.spec, kernels, THREADS).attend(List.of(operands));
            ScoreMatrix.write(call.spec, operands, THREADS);
            ReferenceAttention.Result exact = ReferenceAttention.attend(call.spec, call.arrays);
            String name = kernels.name() + ", seed " + seed + ": " + call.spec;
            compare(name, call, Operand.OUT, operands, exact.out());
            if (call.spec.has(Operand.LSE)) {
                compare(name, call, Operand.LSE, operands, exact.lse());
            }
            if (call.spec.has(Operand.SCORES)) {
                compare(name, call, Operand.SCORES, operands, exact.scores());
            }
        }
    }

    private static void compare(String name, RandomCall call, Operand operand, Operands operands, double[] exact) {
        TensorSpec tensor = call.spec.operand(operand);
        Rows rows = operands.get(operand);
        float[] actual = new float[tensor.columns()];
        double rounding = tensor.dtype() == DType.BF16 ? 0x1p-8 : tensor.dtype() == DType.F16 ? 0x1p-10 : 0;
        for (int row = 0; row < exact.length / actual.length; row++) {
            int local = row % tensor.rows();
            int head = row / tensor.rows() % tensor.heads();
            int batch = row / tensor.rows() / tensor.heads();
            rows.read(rows.at(batch, head, local), actual, 0, actual.length);
            boolean owned = operand == Operand.SCORES ? local < call.queries(batch) : call.owns(local);
            for (int column = 0; column < actual.length; column++) {
                double wanted = owned ? exact[row * actual.length + column] : RandomCall.UNTOUCHED;
                boolean number = Double.isFinite(wanted);
                double error = actual[column] == wanted ? 0 : Math.abs(actual[column] - wanted);
                String at = ", " + operand + " [" + batch + ", " + head + ", " + local + ", " + column + "]";
                boolean close = error <= 2e-5 + Math.abs(wanted) * (rounding + 1e-5);
                assertEquals(wanted, number && close ? wanted : actual[column], name + at);
            }
        }
    }
}
