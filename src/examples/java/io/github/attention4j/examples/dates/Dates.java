package io.github.attention4j.examples.dates;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The days of a hundred years, shared out by a seed: nine in ten to learn from, the others, which training never sees,
 * to be asked about.
 */
final class Dates {
    private static final int YEARS = 100;
    /** One day in so many is kept back. */
    private static final int KEPT_BACK = 10;
    /** Always kept back, to be shown. */
    static final LocalDate SHOWN = LocalDate.of(2021, 5, 3);

    private final List<LocalDate> seen = new ArrayList<>();
    private final List<LocalDate> unseen = new ArrayList<>();
    private final Random random;

    Dates(long seed) {
        random = new Random(seed);
        LocalDate first = LocalDate.of(WrittenDate.FIRST_YEAR, 1, 1);
        first.datesUntil(first.plusYears(YEARS)).forEach(date -> (isKeptBack(date) ? unseen : seen).add(date));
    }

    private boolean isKeptBack(LocalDate date) {
        return random.nextInt(KEPT_BACK) == 0 || date.equals(SHOWN);
    }

    /** Dates to learn from, any of them in any form. */
    List<WrittenDate> toLearn(int count) {
        return draw(seen, count);
    }

    /** Dates to be asked about. */
    List<WrittenDate> toAsk(int count) {
        return draw(unseen, count);
    }

    private List<WrittenDate> draw(List<LocalDate> days, int count) {
        List<WrittenDate> dates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dates.add(WrittenDate.of(days.get(random.nextInt(days.size())), random));
        }
        return dates;
    }
}
