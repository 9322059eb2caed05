/**
 * Scores and masks of your own, in Java: functions that {@link io.github.attention4j.AttentionSpecBuilder#score} and
 * {@link io.github.attention4j.AttentionSpecBuilder#keep} call once with terms in place of numbers. What they leave is
 * an {@link io.github.attention4j.score.Expression}, which every device computes.
 */
package io.github.attention4j.score;
