package io.github.attention4j.examples.dates;

import java.util.List;

/**
 * What a trained translator made of dates that it had never seen.
 *
 * @param asked how many there were
 * @param mistakes those that it got wrong
 * @param inPlace how much of the attention of their digits went where the year, the month or the day they belong to
 *     stands, from 0 to 1
 */
public record Answers(int asked, List<Alignment> mistakes, double inPlace) {
    static Answers of(List<Alignment> all) {
        return new Answers(
                all.size(),
                all.stream().filter(each -> !each.isRight()).toList(),
                all.stream().mapToDouble(Alignment::inPlace).average().orElseThrow());
    }

    /** The share of texts whose date was written without any mistake. */
    public double accuracy() {
        return 1 - (double) mistakes.size() / asked;
    }
}
