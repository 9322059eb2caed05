package io.github.attention4j;

import io.github.attention4j.score.ScoreCap;

/** A softcap that a score function begins with becomes that of the call, which kernels have built in. */
final class ScoreAsSoftcap {
    private ScoreAsSoftcap() {}

    static AttentionSpec of(AttentionSpec spec) {
        // Scores that are asked for as they are before the function would be capped.
        if (spec.score() == null || spec.softcap() > 0 || spec.scoreStage() == ScoreStage.CAPPED) {
            return spec;
        }
        ScoreCap cap = ScoreCap.of(spec.score());
        return cap.softcap() == 0
                ? spec
                : spec.toBuilder()
                        .softcap(cap.softcap())
                        .scoreOrNone(cap.rest())
                        .build();
    }
}
