package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.score.Functions;
import io.github.attention4j.testing.CachedKeys;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Calls on the pure-Java path in a fresh JVM until one makes next to no garbage, so that all its loops are compiled:
 * for each kind of call whether all had the bits of the first, and the bytes made by all threads.
 */
final class FirstCalls {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long NEXT_TO_NONE = 2_000_000;
    private static final int LEAST_CALLS = 300; // the least of them make little garbage before anything is compiled
    private static final int MOST_CALLS = 5_000;
    private static final int KEYS = 203;

    private FirstCalls() {}

    /**
     * Of "tiles", "scores", "gradients", "functions", or with keys and values of a type, which few and many queries
     * see.
     */
    public static void main(String[] arguments) {
        String kind = arguments[0];
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            AttentionSpec square = AttentionSpec.builder()
                    .heads(4)
                    .sequenceLength(250)
                    .headDim(44)
                    .causal()
                    .build();
            switch (kind) {
                case "tiles" -> attend(engine, kind, square);
                case "scores" -> {
                    attend(
                            engine,
                            "softcap, alibi",
                            square.toBuilder()
                                    .softcap(3)
                                    .alibi()
                                    .bias(DType.F32)
                                    .build());
                    attend(engine, "additive", square.toBuilder().additive().build());
                }
                case "gradients" -> {
                    gradients(engine, "gradients", square);
                    gradients(
                            engine,
                            "gradients, softcap",
                            square.toBuilder().softcap(3).build());
                }
                case "functions" -> {
                    AttentionSpecBuilder near = square.toBuilder().score(Functions.gaussian(30));
                    attend(
                            engine,
                            "gaussian, window",
                            near.keep(Functions.window(90, 0)).build());
                    attend(
                            engine,
                            "tanh of sums",
                            square.toBuilder()
                                    .score((score, place) -> score.plus(
                                                    place.key().toFloat().times(0.01f))
                                            .tanh())
                                    .build());
                }
                default -> {
                    for (int rows : new int[] {1, 2, 4, 9}) {
                        few(engine, DType.valueOf(kind), rows);
                    }
                    many(engine, DType.valueOf(kind));
                }
            }
        }
    }

    private static void attend(AttentionEngine engine, String kind, AttentionSpec spec) {
        Problem problem = Problem.of(spec);
        repeat(engine, kind, spec, problem.inputs(), problem.outputs());
    }

    private static void gradients(AttentionEngine engine, String kind, AttentionSpec spec) {
        AttentionSpec backward = spec.backward(GradientProblem.all(spec));
        AttentionArrays inputs = new GradientProblem(Problem.of(spec), backward).inputs();
        repeat(engine, kind, backward, inputs, Problem.of(backward).outputs());
    }

    /** So many queries over the same keys. */
    private static void few(AttentionEngine engine, DType type, int rows) {
        cached(engine, rows + " rows of " + type, type, rows, 1);
    }

    private static void many(AttentionEngine engine, DType type) {
        cached(engine, "tiles of " + type, type, 1, 150);
    }

    private static void cached(AttentionEngine engine, String kind, DType type, int heads, int queries) {
        AttentionSpec dense = AttentionSpec.builder()
                .heads(heads)
                .kvHeads(1)
                .queryLength(queries)
                .keyLength(KEYS)
                .headDim(type == DType.F32 ? 84 : 96)
                .keyLengths()
                .build();
        AttentionSpec spec = dense.toBuilder()
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .build();
        AttentionArrays inputs = new CachedKeys(dense, spec, new int[] {KEYS}, 1).stored();
        repeat(engine, kind, spec, inputs, Problem.of(dense).outputs());
    }

    private static void repeat(
            AttentionEngine engine, String kind, AttentionSpec spec, AttentionArrays inputs, AttentionArrays outputs) {
        AttentionArrays all = HostArrays.all(inputs, outputs);
        engine.plan(spec);
        long start = allocated();
        engine.attend(spec, all);
        int first = bits(outputs);
        boolean isSame = true;
        long before = start;
        for (int i = 0; i < LEAST_CALLS || i < MOST_CALLS && allocated() - before > NEXT_TO_NONE; i++) {
            before = allocated();
            engine.attend(spec, all);
            isSame &= first == bits(outputs);
        }
        System.out.println(isSame + " " + (allocated() - start) + " " + kind);
    }

    private static int bits(AttentionArrays outputs) {
        int bits = 0;
        for (Operand operand : Operand.values()) {
            if (outputs.get(operand) instanceof float[] floats) {
                bits = 31 * bits + Arrays.hashCode(floats);
            }
        }
        return bits;
    }

    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
