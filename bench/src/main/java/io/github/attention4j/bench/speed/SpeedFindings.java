package io.github.attention4j.bench.speed;

import io.github.attention4j.bench.decode.DecodeRow;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.peers.PeerConditions;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.Samples;
import io.github.attention4j.bench.peers.TimingRounds;
import io.github.attention4j.bench.report.Charts;
import io.github.attention4j.bench.report.Charts.Bar;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was found out so far, and the report of it. One thread adds; another may report when the run is interrupted. */
public final class SpeedFindings {
    /** More than this part of the measurements starved means that the machine had other things to do. */
    private static final double MANY = 0.05;

    private static final String ABOUT =
            "Shapes are batch x heads/kvHeads x queryLength x keyLength x headDim. FLOPs of a causal call count only the pairs that its mask leaves."
                    + " \"of multiply-adds\" is a share of what multiply-adds of floats alone reached in this run, \"of its unit\" of what the instruction"
                    + " did that the plan multiplies by; \"x best\" is how many times as fast as the best library.";

    private static final String ABOUT_GRADIENTS = " FLOPs of backward are counted as 2.5 times those of forward.";
    private static final String ABOUT_STEPS =
            "One query a head over full caches, rows of 128. \"Reading alone\" is what a kernel of %s that only reads reached in turns with the"
                    + " steps, and \"share\" is of that.";

    private final List<String> devices;
    private final List<SpeedPart> parts;
    private final Limits limits;
    private final Quiet before;
    private final Map<SpeedPart, List<PeerResult>> results = new LinkedHashMap<>();
    private final List<DecodeRow> steps = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    /**
     * Nothing yet.
     *
     * @param devices ids of the engine's
     * @param before how quiet the machine was when the run began
     */
    public SpeedFindings(List<String> devices, List<SpeedPart> parts, Limits limits, Quiet before) {
        this.devices = devices;
        this.parts = parts;
        this.limits = limits;
        this.before = before;
        parts.forEach(part -> results.put(part, new ArrayList<>()));
    }

    /** One shape of a part. */
    public synchronized void add(SpeedPart part, PeerResult result) {
        results.get(part).add(result);
    }

    /** Steps of text generation. */
    public synchronized void addSteps(List<DecodeRow> rows) {
        steps.addAll(rows);
    }

    /** Something there was no time for. */
    public synchronized void leaveOut(String what) {
        leftOut.add(what);
    }

    /** All shapes of all parts. */
    public synchronized List<PeerResult> results() {
        return results.values().stream().flatMap(List::stream).toList();
    }

    private Table<SpeedRow> table(SpeedPart part) {
        List<SpeedRow> rows = results.get(part).stream()
                .map(SpeedRow::of)
                .flatMap(List::stream)
                .toList();
        return SpeedRow.table(rows, devices, limits);
    }

    /** The tables for a console. */
    public synchronized String text() {
        StringBuilder text = new StringBuilder();
        parts.stream().filter(part -> !results.get(part).isEmpty()).forEach(part -> text.append(part.title())
                .append('\n')
                .append(table(part).text())
                .append('\n'));
        return text + (steps.isEmpty() ? "" : "Steps\n" + DecodeRow.table(steps).text());
    }

    /**
     * What one must know of the run, the first what makes it doubtful.
     *
     * @param after how quiet the machine was when the run ended, or null if it was interrupted
     */
    public synchronized List<String> sentences(Quiet after) {
        List<String> lines = new ArrayList<>();
        int all = 0;
        int starved = 0;
        for (PeerResult result : results()) {
            for (Samples samples :
                    result.rows().stream().map(row -> row.samples()).toList()) {
                all += samples.all().size();
                starved += samples.starved();
            }
        }
        if (!before.isQuiet() || after != null && !after.isQuiet() || starved > MANY * all) {
            lines.add("WARNING: the machine was not quiet; others took time from what was measured.");
        }
        if (after == null) {
            lines.add("WARNING: the run was interrupted, and this is what there was by then.");
        }
        if (!leftOut.isEmpty()) {
            lines.add("WARNING: there was no time for " + String.join(", ", leftOut) + ".");
        }
        lines.add("Before the run: " + before + "." + (after == null ? "" : " After it: " + after + ".") + " " + starved
                + " of " + all + " measurements were starved.");
        lines.addAll(limits.lines());
        if (limits.byDevice().values().stream().allMatch(limit -> limit.unit().isEmpty())) {
            lines.add("No plan of bf16 took an instruction for short numbers here, AMX or dot products.");
        }
        return lines;
    }

    /**
     * All of it.
     *
     * @param after {@link #sentences}
     * @param reader the device by which steps were held against reading
     */
    public synchronized Report report(
            Machine machine, Quiet after, TimingRounds pace, boolean quick, String reader, List<String> checks) {
        List<PeerKind> kinds =
                parts.stream().flatMap(part -> part.kinds().stream()).toList();
        List<String> conditions = PeerConditions.of(pace, kinds, results(), quick);
        Report report = new Report(machine, "attention4j on one machine, each row beside the best of the others")
                .summary(sentences(after))
                .summary(conditions)
                .summary(checks);
        for (SpeedPart part : parts) {
            report.html(part.title() + ": times the best library", "", chart(part))
                    .table(
                            part.title(),
                            ABOUT + (part.hasGradients() ? ABOUT_GRADIENTS : ""),
                            part.field(),
                            table(part));
        }
        return report.table("Steps", ABOUT_STEPS.formatted(reader), "steps", DecodeRow.table(steps))
                .field("machine", machine.facts())
                .field("conditions", conditions)
                .field("limits", limits.json());
    }

    /** A bar for each row on each device, as long as it is fast beside the best of the others. */
    private String chart(SpeedPart part) {
        StringBuilder charts = new StringBuilder("<div class=\"charts\">\n");
        for (String device : devices) {
            List<Bar> bars = results.get(part).stream()
                    .flatMap(result -> SpeedRow.of(result).stream())
                    .filter(row -> !Double.isNaN(row.overBest(device)))
                    .map(row -> new Bar(row.shape(), row.overBest(device), "", row.overBest(device) >= 1))
                    .toList();
            charts.append(
                    bars.isEmpty()
                            ? "<p class=\"missing\">" + device + ": nothing was measured.</p>\n"
                            : Charts.bars(device, "x the best library", "%.2f", bars));
        }
        return charts.append("</div>\n").toString();
    }
}
