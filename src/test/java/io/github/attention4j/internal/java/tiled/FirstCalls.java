package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.testing.Problem;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Calls on the pure-Java path in a fresh JVM until one makes next to no garbage, so that all its loops are compiled:
 * whether all had the bits of the first, and the bytes made by all threads.
 */
final class FirstCalls {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long NEXT_TO_NONE = 2_000_000;
    private static final int MOST_CALLS = 5_000;

    private FirstCalls() {}

    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(4)
                .sequenceLength(250)
                .headDim(44)
                .causal()
                .build();
        Problem problem = Problem.of(spec);
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            engine.plan(spec);
            long start = allocated();
            float[] first = engine.attend(spec, problem.query(), problem.key(), problem.value());
            boolean isSame = true;
            long before = start;
            for (int i = 0; i < MOST_CALLS && allocated() - before > NEXT_TO_NONE; i++) {
                before = allocated();
                isSame &= Arrays.equals(first, engine.attend(spec, problem.query(), problem.key(), problem.value()));
            }
            System.out.println(isSame + " " + (allocated() - start));
        }
    }

    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
