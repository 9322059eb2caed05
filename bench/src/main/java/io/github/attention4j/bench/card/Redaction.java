package io.github.attention4j.bench.card;

import java.util.regex.Pattern;

/** Takes what is personal out of messages: they go into a file that is sent to others. */
public final class Redaction {
    private static final int LONGEST = 600;
    private static final Pattern PATH =
            Pattern.compile("(?:[A-Za-z]:\\\\|(?<![\\w./<])/)(?:[^\\s/\\\\:,;'\"()]+[/\\\\])+");

    private Redaction() {}

    /** The text without folders and the user's and the machine's name, and not longer than a paragraph. */
    public static String text(String text) {
        String clean = PATH.matcher(text).replaceAll("<folder>/");
        for (String name : new String[] {System.getProperty("user.name"), System.getenv("HOSTNAME")}) {
            if (name != null && name.length() > 4) { // shorter ones, "root" among them, say nothing about anybody
                clean = Pattern.compile("\\b" + Pattern.quote(name) + "\\b")
                        .matcher(clean)
                        .replaceAll("<name>");
            }
        }
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST) + "...";
    }
}
