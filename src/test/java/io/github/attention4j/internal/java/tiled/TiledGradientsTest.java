package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.RandomCall;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.reference.ReferenceGradients;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients in tiles against the definition: all options together, by chance. */
class TiledGradientsTest {
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
    void areThoseOfTheDefinition(MicroKernels kernels) {
        for (int seed = 0; seed < CALLS; seed++) {
            RandomGradients call = RandomGradients.of(seed);
            if (call != null) {
                Operands operands = Operands.of(call.spec, call.arrays);
                Map<Operand, double[]> exact = ReferenceGradients.of(call.spec, call.arrays);
                new TiledGradients(call.spec, kernels, THREADS).compute(List.of(operands));
                String name = kernels.name() + ", seed " + seed + ": " + call.spec;
                exact.forEach((operand, numbers) -> compare(name, call, operand, operands.get(operand), numbers));
            }
        }
    }

    private static void compare(String name, RandomGradients call, Operand operand, Rows rows, double[] exact) {
        TensorSpec tensor = call.spec.operand(operand);
        float[] actual = new float[tensor.columns()];
        double rounding = tensor.dtype() == DType.BF16 ? 0x1p-8 : tensor.dtype() == DType.F16 ? 0x1p-10 : 0;
        double largest = Arrays.stream(exact)
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(0);
        double allowed = 2e-5 * (1 + largest) + 5e-6 * sizeOfSum(call.spec, operand);
        double before = call.spec.accumulates() ? RandomCall.UNTOUCHED : 0;
        for (int row = 0; row < exact.length / actual.length; row++) {
            int local = row % tensor.rows();
            int head = row / tensor.rows() % tensor.heads();
            int batch = row / tensor.rows() / tensor.heads();
            rows.read(rows.at(batch, head, local), actual, 0, actual.length);
            boolean owned = call.owns(operand, local);
            for (int column = 0; column < actual.length; column++) {
                double wanted = owned ? exact[row * actual.length + column] + before : RandomCall.UNTOUCHED;
                double error = Math.abs(actual[column] - wanted);
                boolean close = error <= allowed + Math.abs(wanted) * (rounding + 1e-5);
                String at = ", " + operand + " [" + batch + ", " + head + ", " + local + ", " + column + "]";
                assertEquals(wanted, close ? wanted : actual[column], name + at);
            }
        }
    }

    /** About how much is summed up to a gradient that is one for many rows, where most of it may cancel out. */
    private static double sizeOfSum(AttentionSpec spec, Operand operand) {
        double rows = (double) spec.batch() * spec.queryLength();
        return switch (operand) {
            case GRAD_QUERY, GRAD_KEY, GRAD_VALUE -> 0;
            case GRAD_ALIBI_SLOPES -> rows * (spec.queryLength() + spec.keyLength()) / 4;
            default -> rows;
        };
    }

    /** The same bits, however many threads there are and whatever they do first. */
    @ParameterizedTest
    @MethodSource("kernels")
    void areTheSameBitsOnAnyNumberOfThreads(MicroKernels kernels) {
        for (int seed = 0; seed < 40; seed++) {
            RandomGradients call = RandomGradients.of(seed);
            if (call != null && !call.spec.accumulates()) {
                Operands operands = Operands.of(call.spec, call.arrays);
                TiledGradients gradients = new TiledGradients(call.spec, kernels, THREADS);
                gradients.compute(List.of(operands));
                int[][] first = bits(call.spec, operands);
                gradients.compute(List.of(operands));
                assertArrayEquals(first, bits(call.spec, operands), "seed " + seed);
                try (Threads alone = new Threads(1)) {
                    new TiledGradients(call.spec, kernels, alone).compute(List.of(operands));
                }
                assertArrayEquals(first, bits(call.spec, operands), "seed " + seed);
            }
        }
    }

    private static int[][] bits(AttentionSpec spec, Operands operands) {
        return Arrays.stream(Operand.values())
                .filter(spec::isOutput)
                .map(operand -> bits(spec.operand(operand), operands.get(operand)))
                .toArray(int[][]::new);
    }

    private static int[] bits(TensorSpec tensor, Rows rows) {
        float[] row = new float[tensor.columns()];
        int[] bits = new int[(int) tensor.elements()];
        for (int i = 0; i < bits.length; i++) {
            int number = i / row.length;
            int head = number / tensor.rows() % tensor.heads();
            int at = rows.at(number / tensor.rows() / tensor.heads(), head, number % tensor.rows());
            rows.read(at, row, 0, row.length);
            bits[i] = Float.floatToIntBits(row[i % row.length]);
        }
        return bits;
    }

    /** Of the forward call, with dropout and additive scores. */
    @ParameterizedTest
    @MethodSource("kernels")
    void followOutputsThatAreThoseOfTheDefinition(MicroKernels kernels) {
        for (int seed = 0; seed < CALLS; seed++) {
            RandomGradients call = RandomGradients.of(seed);
            if (call != null) {
                AttentionArrays arrays = call.arrays;
                Rows exact = Operands.of(call.forward, arrays).get(Operand.OUT);
                Operands operands = call.forwardOperands();
                new TiledAttention(call.forward, kernels, THREADS).attend(List.of(operands));
                String name = kernels.name() + ", seed " + seed + ": " + call.forward;
                TensorSpec tensor = call.forward.operand(Operand.OUT);
                compareRows(name, tensor, exact, operands.get(Operand.OUT), call);
            }
        }
    }

    private static void compareRows(String name, TensorSpec tensor, Rows exact, Rows actual, RandomGradients call) {
        float[] wanted = new float[tensor.columns()];
        float[] found = new float[tensor.columns()];
        double rounding = tensor.dtype() == DType.BF16 ? 0x1p-7 : tensor.dtype() == DType.F16 ? 0x1p-9 : 0;
        for (int i = 0; i < tensor.elements() / wanted.length; i++) {
            int row = i % tensor.rows();
            int head = i / tensor.rows() % tensor.heads();
            int batch = i / tensor.rows() / tensor.heads();
            exact.read(exact.at(batch, head, row), wanted, 0, wanted.length);
            actual.read(actual.at(batch, head, row), found, 0, found.length);
            for (int d = 0; d < wanted.length && call.owns(Operand.GRAD_QUERY, row); d++) {
                boolean close = Math.abs(found[d] - wanted[d]) <= 2e-5 + Math.abs(wanted[d]) * (rounding + 1e-5);
                assertEquals(wanted[d], close ? wanted[d] : found[d], name + " [" + batch + ", " + head + ", " + row);
            }
        }
    }
}
