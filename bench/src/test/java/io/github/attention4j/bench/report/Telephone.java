package io.github.attention4j.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page 390 pixels wide: what must not stick out of it, judged by the rules that keep a page narrow. */
public final class Telephone {
    /** In pixels. */
    static final int WIDTH = 390;
    /** What the page's own margins leave. */
    private static final int INNER = 360;

    private static final double EM = 16;
    private static final int SMALLEST_LETTERS = 12;
    private static final Pattern TAG = Pattern.compile("<(/?)(div|table)\\b([^>]*)>");
    private static final Pattern STYLE = Pattern.compile("(?s)<style>(.*?)</style>");
    private static final Pattern RULE = Pattern.compile("([^{}]+)\\{([^{}]*)\\}");
    private static final Pattern INLINE = Pattern.compile("<(\\w+)[^>]*\\bstyle=\"([^\"]*)\"");
    private static final Pattern ATTRIBUTE = Pattern.compile("<\\w+[^>]*\\bwidth=\"(\\d+)\"[^>]*>");
    private static final Pattern DRAWING = Pattern.compile("viewBox=\"0 0 (\\d+) ");
    private static final Pattern LENGTH = Pattern.compile("(\\d+(?:\\.\\d+)?)(px|r?em)");
    private static final Pattern LETTERS = Pattern.compile("(\\d+)px(?=[/ ]|$)");

    private Telephone() {}

    /** Fails with all that would stick out, or be too small to read. */
    public static void assertFits(String page) {
        assertEquals(List.of(), faults(page));
    }

    static List<String> faults(String page) {
        List<String> faults = new ArrayList<>();
        if (!page.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")) {
            faults.add("a browser is not told to take the width of its screen");
        }
        tables(page, faults);
        STYLE.matcher(page).results().forEach(style -> RULE.matcher(
                        style.group(1).replaceAll("(?s)/\\*.*?\\*/", ""))
                .results()
                .forEach(rule -> declarations(rule.group(1).strip(), rule.group(2), faults)));
        INLINE.matcher(page).results().forEach(style -> declarations(style.group(1), style.group(2), faults));
        numbers(ATTRIBUTE, page).filter(width -> width > INNER).forEach(width -> faults.add("width=" + width));
        // Drawings take the page's width, so that one that is wider is made smaller with all its letters.
        numbers(DRAWING, page).filter(width -> width > INNER).forEach(width -> faults.add("a drawing of " + width));
        return faults;
    }

    private static Stream<Integer> numbers(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> Integer.valueOf(match.group(1)));
    }

    /** Columns are as wide as what stands in them, unless the table divides the page's width among them. */
    private static void tables(String page, List<String> faults) {
        List<Boolean> scrolls = new ArrayList<>();
        for (MatchResult tag : TAG.matcher(page).results().toList()) {
            boolean isEnd = !tag.group(1).isEmpty();
            if (tag.group(2).equals("div") && isEnd) {
                scrolls.remove(scrolls.size() - 1);
            } else if (tag.group(2).equals("div")) {
                scrolls.add(tag.group(3).contains("class=\"scroll\""));
            } else if (!isEnd && !scrolls.contains(true) && !hasClass(tag.group(3), "letters")) {
                faults.add("a table that cannot be scrolled: <table" + tag.group(3) + ">");
            }
        }
    }

    private static boolean hasClass(String attributes, String name) {
        Matcher classes = Pattern.compile("class=\"([^\"]*)\"").matcher(attributes);
        return classes.find() && Arrays.asList(classes.group(1).split(" ")).contains(name);
    }

    private static void declarations(String selector, String style, List<String> faults) {
        for (String declaration : style.split(";")) {
            String[] parts = declaration.strip().split("\\s*:\\s*", 2);
            if (parts.length == 2 && isFault(selector, parts[0], parts[1])) {
                faults.add(selector + " { " + declaration.strip() + " }");
            }
        }
    }

    private static boolean isFault(String selector, String property, String value) {
        return switch (property) {
            case "width",
                    "min-width",
                    "grid-template-columns",
                    "grid-auto-columns",
                    "flex-basis",
                    "flex",
                    "margin",
                    "padding",
                    "columns" -> widest(value) > INNER;
            case "white-space" -> value.equals("nowrap") && !isCells(selector);
            case "font", "font-size" ->
                LETTERS.matcher(value).results().anyMatch(size -> Integer.parseInt(size.group(1)) < SMALLEST_LETTERS);
            default -> false;
        };
    }

    /** In pixels; what is at most the page's width is no fixed length. */
    private static double widest(String value) {
        return LENGTH.matcher(value.replaceAll("min\\(100%, [^)]*\\)", ""))
                .results()
                .mapToDouble(length ->
                        Double.parseDouble(length.group(1)) * (length.group(2).equals("px") ? 1 : EM))
                .max()
                .orElse(0);
    }

    private static boolean isCells(String selector) {
        return Arrays.stream(selector.split(",")).allMatch(each -> each.strip().matches("(.* )?t[hd]"));
    }
}
