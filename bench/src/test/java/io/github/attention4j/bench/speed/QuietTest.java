package io.github.attention4j.bench.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class QuietTest {
    private static final double NAN = Double.NaN;

    @Test
    void whoeverWorkedBetweenTwoMomentsIsCountedAndDisksAreNot() {
        long[] before = Quiet.times("cpu  100 0 50 1000 10 0 0 0 0 0");
        long[] after = Quiet.times("cpu  140 0 60 1050 60 0 0 50 90 90");
        assertEquals(2 * 0.5, Quiet.busy(before, after, 2), 1e-9);
        assertEquals(0, Quiet.busy(before, before, 2));
    }

    @Test
    void whatTheSystemDoesNotSayIsNotKnown() {
        assertEquals(0, Quiet.times("").length);
        assertEquals(NAN, Quiet.busy(new long[0], new long[0], 2));
        assertTrue(new Quiet(NAN, NAN).isQuiet());
        assertEquals("load average -, - processors busy with other things", new Quiet(NAN, NAN).toString());
    }

    @Test
    void aBusyMachineIsNotQuietWhateverItsLoadWas() {
        assertFalse(new Quiet(0, 0.5).isQuiet());
        assertTrue(new Quiet(2, 0.05).isQuiet());
    }
}
