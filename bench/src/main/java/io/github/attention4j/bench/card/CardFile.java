package io.github.attention4j.bench.card;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.Device;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.tune.Candidate;
import io.github.attention4j.bench.tune.Tuning;
import io.github.attention4j.bench.tune.TuningTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a run found out, in one file that can be sent in. It is written anew at every step: if the driver takes the JVM
 * down with it, the file says at what.
 */
public final class CardFile implements Tuning.Log {
    /** Small enough for every way of sending it. */
    public static final int MOST_BYTES = 200_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final ObjectNode root;
    private final long start = System.nanoTime();

    /** A run on a device. */
    public CardFile(Path file, Machine machine, Device device) {
        this.file = file;
        root = JsonFile.head(machine);
        root.put("state", "begun");
        ObjectNode host = root.putObject("host");
        machine.facts().forEach((name, value) -> host.put(name, Redaction.text(value)));
        ObjectNode node = root.putObject("openClDevice").setAll((ObjectNode) JsonFile.tree(device));
        node.remove(List.of("extensions", "instructions", "note"));
        List.of("ran", "checks", "tuning", "tuningRows", "decoding", "results").forEach(root::putArray);
    }

    /**
     * What the device says of itself beyond what the engine asks, and what it reaches with multiply-adds and reading
     * alone (NaN: unknown).
     */
    public synchronized void probe(String version, List<String> extensions, double peakGflops, double readGigabytes) {
        ObjectNode node = (ObjectNode) root.get("openClDevice");
        node.put("version", version);
        put(node, "multiplyAddGflops", peakGflops);
        put(node, "readGbPerSecond", readGigabytes);
        extensions.forEach(node.putArray("extensions")::add);
        save();
    }

    /** Says that a part of the run begins: readers see what ran before what, and when. */
    public synchronized void begin(String part) {
        ObjectNode node = root.withArray("ran").addObject();
        node.put("part", Redaction.text(part));
        node.put("afterSeconds", Math.round((System.nanoTime() - start) * 1e-8) / 10.0);
        state(part);
    }

    /** Says what is going on, for the reader of a file that ends there. */
    @Override
    public synchronized void state(String state) {
        root.put("state", Redaction.text(state));
        save();
    }

    /** Says that the driver did not come back from what {@link #state} said last. */
    public synchronized void gaveUp() {
        state("gave up, because the driver did not come back from "
                + root.get("state").asText());
    }

    /** An answer that was checked, or could not be. */
    public synchronized void check(CheckResult result) {
        ObjectNode node = root.withArray("checks").addObject();
        node.put("family", result.family().name());
        node.put("case", result.name());
        node.put("shape", result.shape());
        node.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
        put(node, "error", result.error());
        put(node, "budget", result.budget());
        node.put("seconds", Math.round(result.seconds() * 1000) / 1000.0);
        if (result.message() != null) {
            boolean refused = result.outcome() == CheckResult.Outcome.UNSUPPORTED;
            node.put("message", Redaction.text(refused ? RefusalReason.of(result.message()) : result.message()));
        }
    }

    /** All candidates of a target, and the winner's line for the tuning table, if there is one. */
    @Override
    public synchronized void tuned(TuningTarget target, int length, String note, List<Candidate> tried, String row) {
        ObjectNode node = root.withArray("tuning").addObject();
        node.put("target", target.toString());
        if (length > 0) {
            node.put("length", length);
        }
        if (note != null) {
            node.put("note", Redaction.text(note));
        }
        for (Candidate candidate : tried) {
            ObjectNode each = node.withArray("tried").addObject();
            each.put("tiles", candidate.tiles().text());
            put(each, "gflops", candidate.gflops());
            put(each, "error", candidate.error());
            if (candidate.problem() != null) {
                each.put(candidate.isFailure() ? "failed" : "refused", Redaction.text(candidate.problem()));
            }
        }
        if (row != null) {
            root.withArray("tuningRows").add(row);
        }
        save();
    }

    /** A measured shape. */
    public synchronized void measured(CardRow row) {
        ObjectNode node = root.withArray("results").addObject();
        node.put("family", row.family());
        node.put("shape", row.shape());
        times(node, row, "gflops", "shareOfMultiplyAdds");
    }

    /** A measured step of text generation. */
    public synchronized void decoded(CardRow row, DecodeCase problem) {
        ObjectNode node = root.withArray("decoding").addObject();
        node.put("family", row.family());
        node.put("sequences", problem.batch());
        node.put("keys", problem.keys());
        times(node, row, "gbPerSecond", "shareOfReading");
    }

    private void times(ObjectNode node, CardRow row, String rate, String share) {
        node.put("type", row.type());
        node.put("kernel", Redaction.text(row.kernel()));
        put(node, "kernelMs", row.kernelMillis());
        put(node, "callMs", row.callMillis());
        put(node, rate, row.rate());
        put(node, share, row.share());
        put(node, "error", row.error());
        save();
    }

    /** The end, with everything that failed. */
    public synchronized void complete(List<String> failures) {
        ArrayNode all = root.putArray("failures");
        failures.forEach(failure -> all.add(Redaction.text(failure)));
        state("complete");
    }

    /** Four digits say all that a measurement can; JSON has no NaN. */
    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, new BigDecimal(value).round(new MathContext(4)).doubleValue());
        }
    }

    /** Writes it; what tells least is left out if it is too large. */
    public synchronized void save() {
        try {
            if (JSON.writeValueAsBytes(root).length > MOST_BYTES * 3 / 4) { // indented it is larger
                root.withArray("tuning").forEach(node -> ((ObjectNode) node).remove("tried"));
            }
            JsonFile.write(file, root);
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + file + " cannot be written; name another with --json", e);
        }
    }

    /** Where it is. */
    public Path path() {
        return file;
    }
}
