package io.github.attention4j;

/** How far the scores have come when they are written to {@link Operand#SCORES}. */
public enum ScoreStage {
    /** {@code scale · QKᵀ}, hidden keys too, as far as they exist. */
    SCALED,
    /** After the softcap, hidden keys too, as far as they exist. */
    CAPPED,
    /** With bias and ALiBi, and −∞ where the query does not see the key. */
    MASKED,
    /** The softmax weights: what the values are multiplied by; 0 where the query does not see the key. */
    WEIGHTS
}
