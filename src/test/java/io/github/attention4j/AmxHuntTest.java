package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.testing.DotEngines;
import io.github.attention4j.testing.Jvm;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A process that has just been permitted to use AMX gave NaN once, in a prototype: fresh processes, more than there are
 * processors, must give the same bits, for as many hours as {@code -Damx.hours} says ({@code native-test/amx-hunt}).
 */
@Tag("opencl")
class AmxHuntTest {
    @Test
    void freshProcessesGiveTheSameBits() {
        double hours = Double.parseDouble(System.getProperty("amx.hours", "0"));
        assumeTrue(hours > 0, "-Damx.hours=0.01 is the shortest hunt, native-test/amx-hunt a long one");
        PairProduct product = DotEngines.amxObstacle().isEmpty() ? PairProduct.AMX : PairProduct.AMX_PLAIN;
        int atOnce = Runtime.getRuntime().availableProcessors() + 1;
        long end = System.nanoTime() + (long) (hours * TimeUnit.HOURS.toNanos(1));
        String first = null;
        int processes = 0;
        do {
            for (Jvm.Result result : new Jvm()
                    .option("-Dattention4j.amx=" + (product == PairProduct.AMX))
                    .minutes(30) // beside other work; what takes longer is ended, with exit code 137
                    .runAtOnce(atOnce, AmxHunt.class, product.name())) {
                assertEquals(0, result.exit(), "process " + processes + ": " + result);
                first = first == null ? result.out() : first;
                assertEquals(first, result.out(), "process " + processes + " of " + product);
                processes++;
            }
        } while (System.nanoTime() < end);
        assertTrue(first.contains(" 0 of "), first);
        System.out.println(product + ": " + processes + " fresh processes gave the same bits");
    }
}
