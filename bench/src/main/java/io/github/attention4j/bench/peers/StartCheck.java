package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import java.util.Locale;

/** Who may start at a shape: nobody whose call would take too long, or more memory than the machine has left. */
final class StartCheck {
    /** Of what the machine has left, this much may be planned for; the rest is for what is not foreseen. */
    private static final double PLANNED = 0.7;
    /** Plain loops on one processor. */
    private static final double LOOPS_GFLOPS = 1.6;

    private long largest;

    /**
     * Why a contender may not start, or empty. One that may is counted on to take its memory later, when others have
     * started too.
     *
     * @param available bytes that the machine has left, or -1 if that is not known
     */
    String obstacle(PeerKind kind, AttentionSpec spec, long available) {
        double seconds = kind.pass().flops(spec)
                * 1e-9
                / (LOOPS_GFLOPS * Runtime.getRuntime().availableProcessors());
        if (seconds > kind.longestSeconds()) {
            return String.format(
                    Locale.ROOT, "a call would take about %.0f s, more than %.0f s", seconds, kind.longestSeconds());
        }
        long needed = kind.scoreBytes(spec);
        // Several run one after the other, but those that keep what they took hold it while others run.
        if (available >= 0 && needed > 0 && needed + largest > PLANNED * available) {
            return String.format(
                    Locale.ROOT,
                    "its matrices of scores may need %.1f GB, beside %.1f GB for others before it; %.1f GB are free",
                    needed * 1e-9,
                    largest * 1e-9,
                    available * 1e-9);
        }
        largest = Math.max(largest, needed);
        return "";
    }
}
