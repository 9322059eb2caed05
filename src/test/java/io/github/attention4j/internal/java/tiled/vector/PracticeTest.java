package io.github.attention4j.internal.java.tiled.vector;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PracticeTest {
    private static final int LOOKS = 50;
    private static final long LONG_NANOS = 20_000;

    /** What only some turns do is compiled late, if ever: all of a call would wait seconds for it. */
    @Test
    void whatIsLeftOverIsNotWaitedFor() {
        assertTrue(isOverSoon(new Practice(40, turn -> {
            if (turn % 4 == 0) {
                LockSupport.parkNanos(LONG_NANOS);
            }
        })));
    }

    /** Whole tiles are: until they are compiled numbers are sooner. */
    @Test
    void wholeTilesAreWaitedFor() {
        AtomicBoolean isCompiled = new AtomicBoolean();
        Practice practice = new Practice(40, turn -> {
            if (!isCompiled.get()) {
                LockSupport.parkNanos(LONG_NANOS);
            }
        });
        assertFalse(isOverSoon(practice));
        isCompiled.set(true);
        assertTrue(isOverSoon(practice));
    }

    /** C2 asks for more calls where much waits for it: a loop that is slow so far gets them with each look. */
    @Test
    void aSlowLoopGoesOnPractising() {
        AtomicInteger turns = new AtomicInteger();
        AtomicBoolean isSlow = new AtomicBoolean();
        Practice practice = new Practice(1, turn -> {
            turns.incrementAndGet();
            if (isSlow.get()) {
                LockSupport.parkNanos(LONG_NANOS);
            }
        });
        while (turns.get() < 5_400) {
            assertFalse(isTakenTwice(practice));
        }
        isSlow.set(true);
        LockSupport.parkNanos(11_000_000);
        int before = turns.get();
        assertFalse(isTakenTwice(practice));
        assertTrue(turns.get() - before >= 64, (turns.get() - before) + " turns");
    }

    /** What was never done is left out by C2, which then compiles everybody anew who asks. */
    @Test
    void aSlowLoopIsTakenNowAndThen() {
        Practice practice = new Practice(1, turn -> LockSupport.parkNanos(1));
        int taken = 0;
        for (int piece = 0; piece < 1_000; piece++) {
            taken += practice.isOver() ? 1 : 0;
        }
        assertTrue(taken > 0 && taken < 20, taken + " times");
    }

    /** A loop that is not quick is taken for one piece, never for the next one too. */
    private static boolean isTakenTwice(Practice practice) {
        return practice.isOver() && practice.isOver();
    }

    private static boolean isOverSoon(Practice practice) {
        boolean isOver = false;
        for (int i = 0; i < LOOKS && !isOver; i++) {
            for (int piece = 0; piece < 300 && !isOver; piece++) {
                isOver = isTakenTwice(practice);
            }
            LockSupport.parkNanos(11_000_000);
        }
        return isOver;
    }
}
