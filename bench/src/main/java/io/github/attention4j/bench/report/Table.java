package io.github.attention4j.bench.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Rows of anything with named cells: as text for a console, HTML for a page, Markdown, and JSON for other programs.
 *
 * @param <R> a row
 */
public final class Table<R> {
    private static final String UNKNOWN = "-";

    private final List<Column<R>> columns = new ArrayList<>();
    private final List<Block<R>> blocks = new ArrayList<>();

    /**
     * A column.
     *
     * @param title for people, or null for a column that only programs see
     * @param field for programs, or null for a column that only people see
     * @param isLeft whether its cells are words, flush left
     * @param text a cell for people
     * @param value a cell for programs; null or NaN for none
     */
    private record Column<R>(
            String title, String field, boolean isLeft, Function<R, String> text, Function<R, Object> value) {}

    /** Rows under a title; null for none. */
    private record Block<R>(String title, List<R> rows) {}

    /** Adds a column of words; returns this. */
    public Table<R> words(String title, String field, Function<R, String> text) {
        columns.add(new Column<>(title, field, true, text, text::apply));
        return this;
    }

    /** Adds a column of short texts, flush right; returns this. */
    public Table<R> text(String title, String field, Function<R, String> text) {
        columns.add(new Column<>(title, field, false, text, text::apply));
        return this;
    }

    /**
     * Adds a column of numbers; NaN stands for what is not known. Returns this.
     *
     * @param format how people see them, such as {@code "%.1f"}
     */
    public Table<R> number(String title, String field, String format, ToDoubleFunction<R> value) {
        Function<R, String> text = row -> number(format, value.applyAsDouble(row));
        columns.add(new Column<>(title, field, false, text, value::applyAsDouble));
        return this;
    }

    /** Adds a column of times in milliseconds with about four digits; returns this. */
    public Table<R> millis(String title, String field, ToDoubleFunction<R> value) {
        Function<R, String> text = row -> millis(value.applyAsDouble(row));
        columns.add(new Column<>(title, field, false, text, value::applyAsDouble));
        return this;
    }

    /** Adds a field that only programs see: a number, a truth value or a text. Returns this. */
    public Table<R> field(String field, Function<R, Object> value) {
        columns.add(new Column<>(null, field, false, null, value));
        return this;
    }

    /** Adds the sizes of a call as fields that only programs see; returns this. */
    public Table<R> shape(Function<R, AttentionSpec> spec) {
        return field("batch", row -> spec.apply(row).batch())
                .field("heads", row -> spec.apply(row).heads())
                .field("kvHeads", row -> spec.apply(row).kvHeads())
                .field("queryLength", row -> spec.apply(row).queryLength())
                .field("keyLength", row -> spec.apply(row).keyLength())
                .field("headDim", row -> spec.apply(row).headDim())
                .field("causal", row -> Case.isCausal(spec.apply(row)));
    }

    /** Adds rows without a title; returns this. */
    public Table<R> add(List<R> rows) {
        return add(null, rows);
    }

    /** Adds rows under a title, which is shown once however often rows are added to it in turn; returns this. */
    public Table<R> add(String title, List<R> rows) {
        blocks.add(new Block<>(title, List.copyOf(rows)));
        return this;
    }

    /** Whether there is no row. */
    public boolean isEmpty() {
        return blocks.stream().allMatch(block -> block.rows().isEmpty());
    }

    /** A number as people see it, or a dash for NaN. */
    public static String number(String format, double x) {
        return Double.isNaN(x) ? UNKNOWN : String.format(Locale.ROOT, format, x);
    }

    /** Milliseconds with about four digits, or a dash for NaN. */
    public static String millis(double millis) {
        return number(millis < 1 ? "%.4f" : millis < 100 ? "%.2f" : "%.0f", millis);
    }

    private List<Column<R>> shown() {
        return columns.stream().filter(column -> column.title() != null).toList();
    }

    private List<String> header() {
        return shown().stream().map(Column::title).toList();
    }

    private List<String> cells(R row) {
        return shown().stream().map(column -> column.text().apply(row)).toList();
    }

    private boolean isTitled(int block) {
        String title = blocks.get(block).title();
        return title != null
                && (block == 0 || !title.equals(blocks.get(block - 1).title()));
    }

    /** For a console: columns of equal width, blocks under their titles, those of one title apart. */
    public String text() {
        List<Column<R>> shown = shown();
        int[] widths = header().stream().mapToInt(String::length).toArray();
        blocks.forEach(block -> block.rows().forEach(row -> {
            List<String> cells = cells(row);
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], cells.get(i).length());
            }
        }));
        StringBuilder text = new StringBuilder(line(shown, header(), widths));
        for (int i = 0; i < blocks.size(); i++) {
            Block<R> block = blocks.get(i);
            if (block.title() != null) {
                text.append(isTitled(i) ? block.title() : "").append('\n');
            }
            block.rows().forEach(row -> text.append(line(shown, cells(row), widths)));
        }
        return text.toString();
    }

    private static <R> String line(List<Column<R>> columns, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(" ");
        for (int i = 0; i < widths.length; i++) {
            String flush = columns.get(i).isLeft() ? "-" : "";
            line.append(' ').append(("%" + flush + Math.max(1, widths[i]) + "s").formatted(cells.get(i)));
        }
        return line.toString().stripTrailing() + "\n";
    }

    /** For a page. */
    public String html() {
        StringBuilder html = new StringBuilder("<table>\n<thead>" + row("th", header()) + "</thead>\n");
        for (int i = 0; i < blocks.size(); i++) {
            html.append("<tbody>\n");
            if (isTitled(i)) {
                html.append("<tr><th class=\"group\" colspan=\"" + header().size() + "\">")
                        .append(Html.escape(blocks.get(i).title()))
                        .append("</th></tr>\n");
            }
            blocks.get(i).rows().forEach(row -> html.append(row("td", cells(row))));
            html.append("</tbody>\n");
        }
        return html.append("</table>\n").toString();
    }

    private String row(String tag, List<String> cells) {
        StringBuilder row = new StringBuilder("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            String style = shown().get(i).isLeft() ? " class=\"words\"" : "";
            row.append("<" + tag + style + ">")
                    .append(Html.escape(cells.get(i)))
                    .append("</" + tag + ">");
        }
        return row.append("</tr>\n").toString();
    }

    /** In Markdown, a table for each title. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < blocks.size(); i++) {
            boolean begins = i == 0 || isTitled(i);
            if (begins) {
                text.append(i == 0 ? "" : "\n");
                text.append(isTitled(i) ? "### " + blocks.get(i).title() + "\n\n" : "");
                text.append(markdown(header())).append('|');
                shown().forEach(column -> text.append(column.isLeft() ? "---|" : "--:|"));
                text.append('\n');
            }
            blocks.get(i).rows().forEach(row -> text.append(markdown(cells(row))));
        }
        return text.toString();
    }

    private static String markdown(List<String> cells) {
        return cells.stream()
                .map(cell -> " " + cell.replace("|", "\\|") + " |")
                .collect(Collectors.joining("", "|", "\n"));
    }

    /** Adds an object for each row. */
    public void fill(ArrayNode array) {
        blocks.forEach(block -> block.rows().forEach(row -> fill(array.addObject(), row)));
    }

    /** Fills in one row; what is not known is missing. */
    public void fill(ObjectNode node, R row) {
        for (Column<R> column : columns) {
            Object value = column.field() == null ? null : column.value().apply(row);
            if (value != null && !(value instanceof Double number && !Double.isFinite(number))) {
                node.set(column.field(), JsonFile.tree(value));
            }
        }
    }
}
