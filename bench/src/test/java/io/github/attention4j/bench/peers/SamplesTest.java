package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.bench.peers.Samples.Sample;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void aMeasurementThatHadFewerProcessorsThanTheBestIsStarvedAndDoesNotCount() {
        Samples samples = samples(10, 1.98, 30, 1.2, 12, 1.9);
        assertEquals(1, samples.starved());
        assertTrue(samples.isStarved(samples.all().get(1)));
        assertEquals(2, samples.good());
        assertEquals(11, samples.medianMillis());
        assertEquals(10, samples.minMillis());
        assertEquals(1.98, samples.mostProcessors());
    }

    @Test
    void aContenderOfOneThreadIsHeldAgainstItselfOnly() {
        Samples samples = samples(10, 1, 11, 0.99, 12, 0.86);
        assertEquals(0, samples.starved());
        assertEquals(11, samples.medianMillis());
    }

    @Test
    void theLimitIsEightyFivePercentOfTheBest() {
        assertEquals(0, samples(1, 2, 1, 1.71).starved());
        assertEquals(1, samples(1, 2, 1, 1.69).starved());
    }

    @Test
    void aStarvedMeasurementIsFoundLaterWhenABetterOneComes() {
        Samples samples = samples(30, 1.1);
        assertEquals(0, samples.starved());
        samples.add(new Sample(10, 2));
        assertEquals(1, samples.starved());
        assertEquals(10, samples.medianMillis());
    }

    @Test
    void noMeasurementHasNoMedian() {
        assertTrue(Double.isNaN(new Samples().medianMillis()));
        assertTrue(Double.isNaN(new Samples().minMillis()));
        assertFalse(samples(3, 1).medianMillis() != 3);
    }

    @Test
    void aSampleIsMillisecondsOfACallAndProcessorTimeOverTime() {
        assertEquals(new Sample(0.5, 1.5), Sample.of(2e6, 3e6, 4));
    }

    private static Samples samples(double... millisAndProcessors) {
        Samples samples = new Samples();
        for (int i = 0; i < millisAndProcessors.length; i += 2) {
            samples.add(new Sample(millisAndProcessors[i], millisAndProcessors[i + 1]));
        }
        return samples;
    }
}
