package io.github.attention4j.bench.train;

import io.github.attention4j.bench.report.Charts;
import io.github.attention4j.bench.report.Html;
import io.github.attention4j.bench.report.LineChart;
import io.github.attention4j.bench.report.LineChart.Curve;
import io.github.attention4j.bench.report.LineChart.Point;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.examples.dates.Alignment;
import io.github.attention4j.examples.dates.Training;
import io.github.attention4j.examples.dates.Training.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Several trainings side by side. */
public final class TrainingReport {
    private static final String ABOUT_TABLE =
            "Each began with random numbers. Attention is computed by the engine, forward and backward; the network around it in plain Java."
                    + " \"In attention\" is the engine's share of the time that the threads worked. \"Unseen right\" is how many of the dates that"
                    + " training never saw were written without any mistake. \"In place\" is how much of the attention of a digit went where the"
                    + " year, the month or the day that it belongs to stands in the text.";
    private static final String ABOUT_LOSS =
            "How surprised the translator is by the right next character: the cross-entropy in a batch of "
                    + Training.BATCH + " dates, on average. Who guesses among the digits is at 2.3.";
    private static final String ABOUT_ALIGNMENTS =
            "A date that training never saw, in several forms. Each row shows where the translator looks in the text above when it writes the"
                    + " character on the left; a row sums to 1.";
    private static final int MISTAKES = 10;
    private static final String ABOUT_MISTAKES = "At most " + MISTAKES + " of each training.";
    /** Points of a curve, so that single steps do not hide it. */
    private static final int POINTS = 100;

    private TrainingReport() {}

    private record Wrong(TrainingRun run, Alignment mistake) {}

    /** All of it. */
    public static Report of(Machine machine, List<String> summary, List<TrainingRun> runs) {
        Report report = new Report(machine, "Learning to read dates")
                .summary(summary)
                .table("Trainings", ABOUT_TABLE, "trainings", table(runs))
                .html("Loss", ABOUT_LOSS, lossChart(runs))
                .html("Where it looks", ABOUT_ALIGNMENTS, alignments(runs));
        Table<?> mistakes = mistakes(runs);
        if (!mistakes.isEmpty()) {
            report.table("Mistakes", ABOUT_MISTAKES, "mistakes", mistakes);
        }
        return report.field("losses", runs.stream().map(TrainingReport::losses).toList())
                .field(
                        "alignments",
                        runs.stream().flatMap(TrainingReport::aligned).toList());
    }

    /** A line for each training. */
    public static Table<TrainingRun> table(List<TrainingRun> runs) {
        return new Table<TrainingRun>()
                .words("attention", "form", run -> run.form().label())
                .words("device", "device", TrainingRun::device)
                .text("numbers learnt", null, run -> "" + run.parameters())
                .field("parameters", TrainingRun::parameters)
                .text("steps", null, run -> "" + run.moments().size())
                .field("steps", run -> run.moments().size())
                .number("seconds", "seconds", "%.1f", TrainingRun::seconds)
                .number(
                        "dates/s",
                        "datesPerSecond",
                        "%.0f",
                        run -> Training.BATCH * run.moments().size() / run.seconds())
                .number("in attention", null, "%.0f %%", run -> 100 * run.attentionSeconds() / run.threadSeconds())
                .field("attentionSeconds", TrainingRun::attentionSeconds)
                .number("loss", "loss", "%.4f", TrainingRun::lastLoss)
                .number(
                        "unseen right",
                        null,
                        "%.1f %%",
                        run -> 100 * run.answers().accuracy())
                .field("accuracy", run -> run.answers().accuracy())
                .number("in place", null, "%.0f %%", run -> 100 * run.answers().inPlace())
                .field("inPlace", run -> run.answers().inPlace())
                .add(runs);
    }

    private static String name(TrainingRun run, List<TrainingRun> runs) {
        boolean isOnlyDevice = runs.stream().map(TrainingRun::device).distinct().count() == 1;
        return run.form().label() + (isOnlyDevice ? "" : " on " + run.device());
    }

    private static String lossChart(List<TrainingRun> runs) {
        List<Curve> curves = runs.stream()
                .map(run -> new Curve(name(run, runs), curve(run.moments())))
                .toList();
        return new LineChart("Loss by step", "step", "nats per character", curves).html();
    }

    /** Averages of equally many steps. */
    static List<Point> curve(List<Moment> moments) {
        int each = (moments.size() + POINTS - 1) / POINTS;
        List<Point> points = new ArrayList<>();
        for (int from = 0; from < moments.size(); from += each) {
            List<Moment> some = moments.subList(from, Math.min(moments.size(), from + each));
            points.add(new Point(some.get(some.size() - 1).step(), TrainingRun.loss(some)));
        }
        return points;
    }

    private static String alignments(List<TrainingRun> runs) {
        return runs.stream()
                .map(run -> "<h3>" + Html.escape(name(run, runs)) + "</h3>\n<div class=\"charts\">\n"
                        + run.alignments().stream().map(TrainingReport::heatMap).collect(Collectors.joining())
                        + "</div>\n")
                .collect(Collectors.joining());
    }

    private static String heatMap(Alignment alignment) {
        String text = alignment.read().text();
        return Charts.heatMap(
                text + " is " + alignment.written(),
                characters(alignment.written()),
                characters(text),
                (row, column) -> alignment.weights()[row][column]);
    }

    private static List<String> characters(String text) {
        return List.of(text.split(""));
    }

    private static Table<Wrong> mistakes(List<TrainingRun> runs) {
        Table<Wrong> table = new Table<Wrong>()
                .words("attention", "form", wrong -> wrong.run().form().label())
                .words("device", "device", wrong -> wrong.run().device())
                .words("text", "text", wrong -> wrong.mistake().read().text())
                .words("is", "date", wrong -> wrong.mistake().read().date().toString())
                .words("taken for", "written", wrong -> wrong.mistake().written());
        runs.forEach(run -> table.add(run.answers().mistakes().stream()
                .limit(MISTAKES)
                .map(mistake -> new Wrong(run, mistake))
                .toList()));
        return table;
    }

    private static Map<String, Object> losses(TrainingRun run) {
        return Map.of("form", run.form().label(), "device", run.device(), "points", curve(run.moments()));
    }

    private static Stream<Map<String, Object>> aligned(TrainingRun run) {
        return run.alignments().stream()
                .map(alignment -> Map.of(
                        "form", run.form().label(),
                        "device", run.device(),
                        "text", alignment.read().text(),
                        "written", alignment.written(),
                        "weights", alignment.weights()));
    }
}
