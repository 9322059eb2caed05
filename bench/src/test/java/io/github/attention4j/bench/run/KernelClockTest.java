package io.github.attention4j.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class KernelClockTest {
    private static final double LONG = 60_000;

    /** Says what its device's clock should have shown. */
    private static final class Fake implements Contender {
        private final double[] millis;
        private int runs;

        /** The last one for ever. */
        Fake(double... millis) {
            this.millis = millis;
        }

        @Override
        public String family() {
            return "fake";
        }

        @Override
        public void run() {
            deviceMillis();
        }

        @Override
        public float[] output() {
            return new float[0];
        }

        @Override
        public double deviceMillis() {
            return millis[Math.min(runs++, millis.length - 1)];
        }
    }

    @Test
    void theFirstRunsOfAFreshProgramDoNotCount() {
        // As seen on a GPU: a program's first runs take twenty times as long.
        Fake fresh = new Fake(20, 20, 20, 20, 12, 5, 2, 1);
        assertEquals(1, KernelClock.median(fresh, LONG));
        double[][] times = KernelClock.race(List.of(new Fake(20, 20, 12, 5, 2, 1), new Fake(7, 7, 1)), LONG);
        assertEquals(1, times[0][0]);
        assertEquals(1, times[1][0]);
    }

    @Test
    void settlingEndsSoonWithWhatIsSteadyOrHasNoClock() {
        Fake steady = new Fake(3);
        KernelClock.settle(steady, LONG);
        assertTrue(steady.runs < 10, "" + steady.runs);
        Fake blind = new Fake(Double.NaN);
        KernelClock.settle(blind, LONG);
        assertTrue(blind.runs < 10, "" + blind.runs);
    }

    @Test
    void whatIsSlowRunsOnceEvenWithoutTime() {
        Fake slow = new Fake(1000);
        KernelClock.settle(slow, 0);
        assertEquals(1, slow.runs);
    }
}
