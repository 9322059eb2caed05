package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.CachedKeys;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.util.List;

/** Calls on the pure-Java path, many of each kind: until C2 has compiled most of its loops of vectors. */
final class EveryLoop {
    private static final int KEYS = 203;
    private static final long NANOS = 800_000_000;
    private static final int LEAST_CALLS = 1_000;

    private EveryLoop() {}

    public static void main(String[] arguments) {
        EngineOptions options = EngineOptions.defaults().withThreads(1);
        try (AttentionEngine engine = AttentionEngine.open("java", options)) {
            for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16, DType.I8, DType.I4}) {
                int headDim = type == DType.F32 ? 77 : 64;
                ofType(engine, type, headDim, 1, 70);
                for (int heads : new int[] {1, 2, 4, 8}) {
                    ofType(engine, type, headDim, heads, 1);
                }
            }
            AttentionSpecBuilder square =
                    AttentionSpec.builder().heads(1).sequenceLength(70).headDim(76);
            for (AttentionSpecBuilder changed : List.of(
                    square,
                    square.build().toBuilder().softcap(3).alibi(),
                    square.build().toBuilder().additive())) {
                AttentionSpec spec = changed.build();
                Problem problem = Problem.of(spec);
                attend(engine, spec, problem.inputs(), problem.outputs());
                AttentionSpec backward = spec.backward(GradientProblem.all(spec));
                AttentionArrays inputs = new GradientProblem(problem, backward).inputs();
                attend(engine, backward, inputs, Problem.of(backward).outputs());
            }
        }
    }

    private static void ofType(AttentionEngine engine, DType type, int headDim, int heads, int queries) {
        AttentionSpec dense = AttentionSpec.builder()
                .heads(heads)
                .kvHeads(1)
                .queryLength(queries)
                .keyLength(KEYS)
                .headDim(headDim)
                .keyLengths()
                .build();
        AttentionSpec spec = dense.toBuilder()
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .build();
        AttentionArrays inputs = new CachedKeys(dense, spec, new int[] {KEYS}, 1).stored();
        attend(engine, spec, inputs, Problem.of(dense).outputs());
    }

    private static void attend(
            AttentionEngine engine, AttentionSpec spec, AttentionArrays inputs, AttentionArrays outputs) {
        AttentionArrays arrays = HostArrays.all(inputs, outputs);
        long start = System.nanoTime();
        for (int call = 0; call < LEAST_CALLS || System.nanoTime() - start < NANOS; call++) {
            engine.attend(spec, arrays);
        }
    }
}
