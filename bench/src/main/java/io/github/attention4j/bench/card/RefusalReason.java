package io.github.attention4j.bench.card;

import java.util.Optional;

/**
 * What an exception says, without what differs from request to request, so that the same reason is counted and not
 * repeated.
 */
final class RefusalReason {
    private static final String LAST_TRY = "last try: ";
    private static final String WAY_OUT = "; use ";
    private static final String GIVEN = ", but they are ";

    private RefusalReason() {}

    /** The reason in a message of the planner, or the first line of another. */
    static String of(String message) {
        String text = Optional.ofNullable(message)
                .orElse("no reason given")
                .lines()
                .findFirst()
                .orElse("");
        int last = text.indexOf(LAST_TRY);
        if (last < 0) {
            return text;
        }
        text = text.substring(last + LAST_TRY.length());
        int wayOut = text.lastIndexOf(WAY_OUT);
        text = wayOut < 0 ? text : text.substring(0, wayOut);
        int tiles = text.startsWith("not ") ? text.indexOf(": ") : -1;
        text = text.substring(tiles < 0 ? 0 : tiles + 2);
        int given = text.indexOf(GIVEN);
        return given < 0 ? text : text.substring(0, given);
    }

    /** Reasons that differ in numbers only are the same. */
    static String kind(String reason) {
        return reason.replaceAll("[0-9]+", "#");
    }
}
