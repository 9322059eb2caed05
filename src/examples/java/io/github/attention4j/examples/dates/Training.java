package io.github.attention4j.examples.dates;

import io.github.attention4j.AttentionEngine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Teaches a translator to read dates, from random numbers on. The same seed and steps, in time, give the same
 * translator.
 */
public final class Training {
    private static final int WIDTH = 64;
    /** Dates of a step. */
    public static final int BATCH = 64;
    /** A batch is worked on in so many parts at a time, each of texts of about one length. */
    public static final int PARTS = 2;
    /** Goes down evenly to nearly nothing. */
    private static final double RATE = 0.01;

    private static final double LAST_RATE = 0.02;
    /** The forms in which {@link Dates#SHOWN} is written to be shown. */
    private static final List<String> SHOWN_FORMS = List.of("the %o of %B %Y", "%m/%d/%y", "%D.%M.%Y", "%A, %B %d, %Y");

    private final Dates dates;
    private final Translator translator;
    private final Adam adam;

    /**
     * A moment of the training.
     *
     * @param step how many steps were done
     * @param seconds since the beginning
     * @param loss of this step: the cross-entropy of a character in the batch, on average
     */
    public record Moment(int step, double seconds, double loss) {}

    /** Nothing is learnt yet. */
    public Training(AttentionForm form, AttentionEngine engine, long seed) {
        dates = new Dates(seed);
        translator = new Translator(form, WIDTH, engine, seed);
        adam = new Adam(translator.parameters());
    }

    /** How many numbers are learnt. */
    public int parameters() {
        return translator.parameters().count();
    }

    /** How long the engine's calls took so far, those of several threads together. */
    public double attentionSeconds() {
        return translator.attentionSeconds();
    }

    /** Learns until so many steps are done or so many seconds have passed; a moment for each step. */
    public List<Moment> run(int steps, double seconds, Consumer<Moment> listener) {
        List<Moment> moments = new ArrayList<>();
        long start = System.nanoTime();
        double passed = 0;
        while (moments.size() < steps && passed < seconds) {
            // Who is in time is always farther in steps; only the rate of others depends on the clock.
            double left = 1 - Math.max((double) moments.size() / steps, 2 * passed / seconds - 1);
            double loss = step(RATE * Math.max(LAST_RATE, left));
            passed = (System.nanoTime() - start) * 1e-9;
            Moment moment = new Moment(moments.size() + 1, passed, loss);
            moments.add(moment);
            listener.accept(moment);
        }
        return moments;
    }

    private double step(double rate) {
        List<WrittenDate> batch = new ArrayList<>(dates.toLearn(BATCH));
        batch.sort(Comparator.comparing(date -> date.text().length()));
        int size = BATCH / PARTS;
        List<Gradients> parts = IntStream.range(0, PARTS)
                .parallel()
                .mapToObj(part -> translator.gradients(Batch.of(batch.subList(part * size, (part + 1) * size))))
                .toList();
        Gradients all = parts.get(0);
        parts.subList(1, PARTS).forEach(all::add);
        int characters = BATCH * Batch.WRITTEN;
        adam.step(all, 1f / characters, rate);
        return all.loss() / characters;
    }

    /** Asks about so many dates that were never learnt from. */
    public Answers ask(int count) {
        return Answers.of(translator.align(dates.toAsk(count)));
    }

    /** One date that was never learnt from, in several forms. */
    public List<Alignment> show() {
        return translator.align(SHOWN_FORMS.stream()
                .map(form -> WrittenDate.of(Dates.SHOWN, form))
                .toList());
    }
}
