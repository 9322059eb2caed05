package io.github.attention4j.internal.java.tiled;

/**
 * Whether the processor has an instruction for {@link Math#fma}. Where it has none, Java computes it with BigDecimal, a
 * thousand times slower.
 */
final class FusedMultiplyAdd {
    /** Between an instruction, about 30 ns when interpreted, and BigDecimal, 4000 ns and more. */
    private static final long SLOW_NANOS = 1000;

    private static final int CALLS = 100;

    /** Found by trying. */
    static final boolean FAST = isFast();

    private FusedMultiplyAdd() {}

    private static boolean isFast() {
        long best = Long.MAX_VALUE;
        float x = 0.5f;
        for (int round = 0; round < 5; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                x = Math.fma(x, 0.25f, 0.3f);
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        return best < CALLS * SLOW_NANOS && x > 0;
    }
}
