package io.github.attention4j.bench.tune;

import java.util.List;

/** What wants to know how tuning goes, step by step. */
public interface TuningLog {
    /** Takes no notes. */
    TuningLog NONE = new TuningLog() {
        @Override
        public void state(String state) {}

        @Override
        public void tuned(TuningTarget target, int length, String note, List<Candidate> tried, String row) {}
    };

    /** Something is about to begin. */
    void state(String state);

    /**
     * A target is done.
     *
     * @param length queries and keys of its problems, or 0 if the shapes were given or nothing ran
     * @param note why nothing was tuned, or null
     * @param row the winner's line for the tuning table, or null if there is none
     */
    void tuned(TuningTarget target, int length, String note, List<Candidate> tried, String row);
}
