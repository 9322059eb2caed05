package io.github.attention4j.examples.dates;

import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A date as people write it, and where in the text its parts stand.
 *
 * @param text such as {@code the 3rd of May 2021}
 * @param date which one it is
 * @param parts for each character of the text what it tells: {@code y}ear, {@code m}onth, {@code d}ay, or a space
 */
public record WrittenDate(String text, LocalDate date, String parts) {
    /**
     * %A and %a are the day of the week, %B and %b the month, as words and as three letters; %d and %m are numbers, %D
     * and %M with two digits; %o is the day as 3rd; %Y is the year, %y its last two digits. With slashes the month
     * comes first, with dots the day.
     */
    private static final List<String> FORMS = List.of(
            "%d %B %Y",
            "%d %b %Y",
            "%d %b %y",
            "%o of %B %Y",
            "the %o of %B %Y",
            "the %o of %B, %Y",
            "%B %d, %Y",
            "%b %d, %Y",
            "%B %o, %Y",
            "%A %d %B %Y",
            "%A, %B %d, %Y",
            "%a %d %b %y",
            "%m/%d/%y",
            "%m/%d/%Y",
            "%M/%D/%Y",
            "%d.%m.%y",
            "%d.%m.%Y",
            "%D.%M.%Y");
    /** The first year; two digits mean a year of the hundred from here on. */
    static final int FIRST_YEAR = 1950;
    /** One text in so many has no capital letters. */
    private static final int LOWER_CASE = 3;

    /** In any form. */
    static WrittenDate of(LocalDate date, Random random) {
        String form = FORMS.get(random.nextInt(FORMS.size()));
        WrittenDate written = of(date, form);
        return random.nextInt(LOWER_CASE) > 0
                ? written
                : new WrittenDate(written.text.toLowerCase(Locale.ROOT), date, written.parts);
    }

    static WrittenDate of(LocalDate date, String form) {
        StringBuilder text = new StringBuilder();
        StringBuilder parts = new StringBuilder();
        for (int i = 0; i < form.length(); i++) {
            boolean isPart = form.charAt(i) == '%';
            char letter = form.charAt(isPart ? ++i : i);
            text.append(isPart ? part(date, letter) : letter);
            parts.append((isPart ? kind(letter) : " ").repeat(text.length() - parts.length()));
        }
        return new WrittenDate(text.toString(), date, parts.toString());
    }

    private static String part(LocalDate date, char letter) {
        int day = date.getDayOfMonth();
        int month = date.getMonthValue();
        return switch (letter) {
            case 'A' -> date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> date.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b' ->
                date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
            case 'd' -> "" + day;
            case 'D' -> "%02d".formatted(day);
            case 'o' -> day + ending(day);
            case 'm' -> "" + month;
            case 'M' -> "%02d".formatted(month);
            case 'Y' -> "" + date.getYear();
            case 'y' -> "%02d".formatted(date.getYear() % 100);
            default -> throw new IllegalArgumentException("a form has no part %" + letter);
        };
    }

    private static String kind(char letter) {
        return switch (letter) {
            case 'Y', 'y' -> "y";
            case 'B', 'b', 'M', 'm' -> "m";
            case 'D', 'd', 'o' -> "d";
            default -> " ";
        };
    }

    private static String ending(int day) {
        if (day / 10 == 1) {
            return "th";
        }
        return switch (day % 10) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        };
    }
}
