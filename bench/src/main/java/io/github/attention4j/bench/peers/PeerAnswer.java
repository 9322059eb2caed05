package io.github.attention4j.bench.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a process of the comparison answers: a line of JSON behind a mark, for its libraries print to the same stream.
 *
 * @param fields by name, such as {@value #FAILED} with the reason
 */
public record PeerAnswer(JsonNode fields) {
    public static final String READY = "ready"; // version
    public static final String PREPARED = "prepared"; // what runs; with millis of a call and added bytes
    public static final String NANOS = "nanos"; // of all calls; with cpuNanos
    public static final String NOT_OFFERED = "notOffered"; // why
    public static final String FAILED = "failed"; // why

    static final ObjectMapper JSON = new ObjectMapper();

    private static final String MARK = "@peer ";

    /** Whether a line is an answer at all. */
    static boolean is(String line) {
        return line.startsWith(MARK);
    }

    static PeerAnswer of(String line) {
        try {
            return new PeerAnswer(JSON.readTree(line.substring(MARK.length())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("\"" + line + "\" should be JSON", e);
        }
    }

    static PeerAnswer failed(String reason) {
        return new PeerAnswer(JSON.createObjectNode().put(FAILED, oneLine(reason)));
    }

    /** Says it on a line of its own; a library may have left one unfinished. */
    public static void print(PrintStream out, Map<String, ?> fields) {
        out.println("\n" + MARK + JSON.valueToTree(fields));
        out.flush();
    }

    public boolean has(String name) {
        return fields.has(name);
    }

    public String text(String name) {
        return fields.path(name).asText();
    }

    public double number(String name) {
        JsonNode number = fields.path(name);
        if (!number.isNumber()) {
            throw new IllegalStateException("the answer " + fields + " should have a number \"" + name + "\"");
        }
        return number.asDouble();
    }

    /** Text on one line. */
    public static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").trim();
    }
}
