package io.github.attention4j.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Pieces of HTML. */
public final class Html {
    private Html() {}

    /** Text with what HTML would take for its own escaped. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A row of a table. */
    public static String row(String cell, List<String> cells) {
        StringBuilder row = new StringBuilder("<tr>");
        cells.forEach(text -> row.append('<')
                .append(cell)
                .append('>')
                .append(escape(text))
                .append("</")
                .append(cell)
                .append('>'));
        return row.append("</tr>\n").toString();
    }

    /** A row of a table that names the rows below it. */
    public static String groupRow(String title, int columns) {
        return "<tr><th class=\"group\" colspan=\"" + columns + "\">" + escape(title) + "</th></tr>\n";
    }

    /** A paragraph for each line. */
    public static String paragraphs(List<String> lines) {
        return lines.stream().map(line -> "<p>" + escape(line) + "</p>\n").collect(Collectors.joining());
    }

    /** A machine's facts as a list. */
    public static String machine(Machine machine) {
        return machine.facts().entrySet().stream()
                .map(fact -> "<dt>" + escape(fact.getKey()) + "</dt><dd>" + escape(fact.getValue()) + "</dd>\n")
                .collect(Collectors.joining("", "<dl>\n", "</dl>\n"));
    }

    /**
     * A page that needs nothing else.
     *
     * @param template the name of a template in the class path, which has <code>{{name}}</code> where a part goes
     * @param parts HTML by name; the style is added
     */
    public static String page(String template, Map<String, String> parts) {
        String page = resource(template).replace("{{style}}", resource("style.css"));
        for (Map.Entry<String, String> part : parts.entrySet()) {
            page = page.replace("{{" + part.getKey() + "}}", part.getValue());
        }
        return page;
    }

    private static String resource(String name) {
        try (InputStream in = Html.class.getResourceAsStream("/io/github/attention4j/bench/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path; build the bench again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read from the class path; build the bench again", e);
        }
    }
}
