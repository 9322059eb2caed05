package io.github.attention4j.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Pieces of HTML, and the files of the bench that they come from. */
public final class Html {
    private Html() {}

    /** Text with what HTML would take for its own escaped. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A page that needs nothing else; {@code report.html} has <code>{{name}}</code> where a part of this name goes. */
    static String page(Map<String, String> parts) {
        String page = resource("report.html").replace("{{style}}", resource("style.css"));
        for (Map.Entry<String, String> part : parts.entrySet()) {
            page = page.replace("{{" + part.getKey() + "}}", part.getValue());
        }
        return page;
    }

    /** A text that the bench brings along. */
    public static String resource(String name) {
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
