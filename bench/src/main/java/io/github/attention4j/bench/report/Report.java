package io.github.attention4j.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a run found out: a page that needs nothing else (no script, no style sheet, no picture from anywhere), Markdown,
 * and JSON.
 */
public final class Report {
    private final Machine machine;
    private final String title;
    private final List<String> summary = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private final Map<String, Object> facts = new LinkedHashMap<>();

    /**
     * A part of the page.
     *
     * @param explanation what one has to know to read it, or empty
     * @param field what programs call the table, or null for a section without one
     */
    private record Section(String heading, String explanation, String html, String field, Table<?> table) {}

    /** Of a run on a machine. */
    public Report(Machine machine, String title) {
        this.machine = machine;
        this.title = title;
    }

    /** Adds sentences that stand first; returns this. */
    public Report summary(List<String> sentences) {
        summary.addAll(sentences);
        return this;
    }

    /** Adds HTML, charts for example; returns this. */
    public Report html(String heading, String explanation, String html) {
        sections.add(new Section(heading, explanation, html, null, null));
        return this;
    }

    /**
     * Adds a table; returns this.
     *
     * @param field what programs call it
     */
    public Report table(String heading, String explanation, String field, Table<?> table) {
        String html = "<div class=\"scroll\">\n" + table.html() + "</div>\n";
        sections.add(new Section(heading, explanation, html, field, table));
        return this;
    }

    /** Adds something that only programs see; returns this. */
    public Report field(String name, Object value) {
        facts.put(name, value);
        return this;
    }

    /** Writes the page into the folder, which is made; the file. */
    public Path write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        return Files.writeString(folder.resolve(name), page());
    }

    /** The page. */
    public String page() {
        StringBuilder body = new StringBuilder(paragraphs(summary));
        for (Section section : sections) {
            body.append("<h2>").append(Html.escape(section.heading())).append("</h2>\n");
            if (!section.explanation().isEmpty()) {
                body.append(paragraphs(List.of(section.explanation())));
            }
            body.append(section.html());
        }
        String facts = machine.facts().entrySet().stream()
                .map(fact ->
                        "<dt>" + Html.escape(fact.getKey()) + "</dt><dd>" + Html.escape(fact.getValue()) + "</dd>\n")
                .collect(Collectors.joining("", "<dl>\n", "</dl>\n"));
        return Html.page(Map.of("title", Html.escape(title), "body", body.toString(), "machine", facts));
    }

    private static String paragraphs(List<String> lines) {
        return lines.stream().map(line -> "<p>" + Html.escape(line) + "</p>\n").collect(Collectors.joining());
    }

    /** All of it but the charts. */
    public String markdown() {
        StringBuilder text = new StringBuilder("# " + title + "\n\n");
        machine.facts().forEach((name, value) -> text.append("- " + name + ": " + value + "\n"));
        summary.forEach(sentence -> text.append('\n').append(sentence).append('\n'));
        for (Section section : sections) {
            if (section.table() != null) {
                text.append("\n## ").append(section.heading()).append("\n\n");
                text.append(section.explanation()).append(section.explanation().isEmpty() ? "" : "\n\n");
                text.append(section.table().markdown());
            }
        }
        return text.toString();
    }

    /** {@code device}, {@code driver} and {@code commit}, and what was added: an array of objects for each table. */
    public ObjectNode json() {
        ObjectNode root = JsonFile.head(machine);
        for (Section section : sections) {
            if (section.table() != null) {
                section.table().fill(root.putArray(section.field()));
            }
        }
        facts.forEach((name, value) -> root.set(name, JsonFile.tree(value)));
        return root;
    }
}
