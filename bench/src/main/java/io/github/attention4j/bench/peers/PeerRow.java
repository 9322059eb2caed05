package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.testing.Verdict;

/**
 * What came out for one contender at one shape.
 *
 * @param kind the contender
 * @param spec the shape
 * @param version what ran, or empty if it did not start
 * @param way which of its operations ran, or empty
 * @param status how it went
 * @param reason why there is no time, or empty
 * @param verdict how good its answer was, or null
 * @param memory bytes by which its process grew while it ran, beyond inputs and outputs; -1 if not known
 * @param samples its measurements; none unless it was timed
 */
public record PeerRow(
        PeerKind kind,
        AttentionSpec spec,
        String version,
        String way,
        Status status,
        String reason,
        Verdict verdict,
        long memory,
        Samples samples) {
    /** How it went. */
    public enum Status {
        /** The answer was right, and it was timed. */
        TIMED("timed"),
        /** The answer was wrong. */
        WRONG("WRONG"),
        /** It has no such attention. */
        NOT_OFFERED("not offered"),
        /** It was not tried, to save time or memory. */
        SKIPPED("skipped"),
        /** It did not start, or it crashed. */
        FAILED("failed");

        private final String text;

        Status(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** A contender that is not timed. */
    public static PeerRow without(PeerKind kind, AttentionSpec spec, Status status, String reason) {
        return new PeerRow(kind, spec, "", "", status, reason, null, -1, new Samples());
    }

    /** This row with another end. */
    PeerRow with(Status end, String why) {
        return new PeerRow(kind, spec, version, way, end, why, verdict, memory, samples);
    }

    /** Whether it has a time. */
    public boolean isTimed() {
        return status == Status.TIMED;
    }

    /** GFLOP/s of the median call; NaN if it was not timed. */
    public double gflops() {
        return isTimed() ? kind.pass().flops(spec) / samples.medianMillis() * 1e-6 : Double.NaN;
    }

    /** By how much its process grew, in MB; NaN if that is not known. */
    double megabytes() {
        return memory < 0 ? Double.NaN : memory * 1e-6;
    }

    /** The largest error of its answer, of gradients as a share of the largest element; NaN if there is none. */
    double error() {
        return verdict == null ? Double.NaN : verdict.error();
    }

    /** Why it has no time, or empty. */
    String note() {
        return isTimed() ? "" : status + ": " + reason;
    }
}
