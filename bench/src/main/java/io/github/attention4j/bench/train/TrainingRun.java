package io.github.attention4j.bench.train;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.examples.dates.Alignment;
import io.github.attention4j.examples.dates.Answers;
import io.github.attention4j.examples.dates.AttentionForm;
import io.github.attention4j.examples.dates.Training;
import io.github.attention4j.examples.dates.Training.Moment;
import java.util.List;
import java.util.function.Consumer;

/**
 * A training, and what was learnt.
 *
 * @param device where attention was computed
 * @param parameters how many numbers were learnt
 * @param moments one for each step
 * @param attentionSeconds in the engine's calls, those of several threads together
 * @param answers to questions about dates that were not learnt from
 * @param alignments of one such date in several forms
 */
public record TrainingRun(
        AttentionForm form,
        String device,
        int parameters,
        List<Moment> moments,
        double attentionSeconds,
        Answers answers,
        List<Alignment> alignments) {
    /** Dates of which a translator is asked. */
    private static final int ASKED = 1000;
    /** Steps at either end over which a loss is averaged, unless there are fewer than two times as many. */
    private static final int AVERAGED = 10;

    /**
     * Trains and asks.
     *
     * @param steps at most
     * @param seconds at most
     * @param listener hears of every step
     */
    public static TrainingRun of(
            AttentionForm form,
            AttentionEngine engine,
            long seed,
            int steps,
            double seconds,
            Consumer<Moment> listener) {
        Training training = new Training(form, engine, seed);
        List<Moment> moments = training.run(steps, seconds, listener);
        double attentionSeconds = training.attentionSeconds();
        return new TrainingRun(
                form,
                engine.device().id(),
                training.parameters(),
                moments,
                attentionSeconds,
                training.ask(ASKED),
                training.show());
    }

    /** How long the training took. */
    public double seconds() {
        return moments.get(moments.size() - 1).seconds();
    }

    /** How long its threads took, all together. */
    double threadSeconds() {
        return seconds() * Math.min(Training.PARTS, Runtime.getRuntime().availableProcessors());
    }

    /** The average of the first steps. */
    double firstLoss() {
        return loss(moments.subList(0, averaged()));
    }

    /** The average of the last steps. */
    double lastLoss() {
        return loss(moments.subList(moments.size() - averaged(), moments.size()));
    }

    private int averaged() {
        return Math.max(1, Math.min(AVERAGED, moments.size() / 2));
    }

    static double loss(List<Moment> moments) {
        return moments.stream().mapToDouble(Moment::loss).average().orElseThrow();
    }

    /** Whether anything was learnt. */
    public boolean isBetter() {
        return lastLoss() < firstLoss();
    }
}
