package io.github.attention4j.examples.dates;

import java.util.ArrayList;
import java.util.List;

/**
 * What a trained translator made of dates that it had never seen.
 *
 * @param asked how many there were
 * @param mistakes those that it got wrong
 * @param inPlace how much of the attention of their digits went where the year, the month or the day they belong to
 *     stands, from 0 to 1
 */
public record Answers(int asked, List<Mistake> mistakes, double inPlace) {
    /** A text, and what it was taken for. */
    public record Mistake(WrittenDate read, String written) {}

    static Answers of(Translator translator, List<WrittenDate> dates) {
        List<String> written = translator.translate(dates);
        List<Mistake> mistakes = new ArrayList<>();
        double inPlace = 0;
        for (int i = 0; i < dates.size(); i++) {
            if (!written.get(i).equals(dates.get(i).date().toString())) {
                mistakes.add(new Mistake(dates.get(i), written.get(i)));
            }
            inPlace += translator.align(dates.get(i)).inPlace();
        }
        return new Answers(dates.size(), List.copyOf(mistakes), inPlace / dates.size());
    }

    /** The share of texts whose date was written without any mistake. */
    public double accuracy() {
        return 1 - (double) mistakes.size() / asked;
    }
}
