package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.cost.BlockMaskGroups;
import io.github.attention4j.bench.cost.CostCase;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.cost.CostMeasurement;
import io.github.attention4j.bench.cost.CostRow;
import io.github.attention4j.bench.cost.FunctionGroups;
import io.github.attention4j.bench.report.Charts;
import io.github.attention4j.bench.report.Charts.Bar;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.score.Functions;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What the library's score and keep functions cost beside what is built in for the same: checks, timing, report. */
final class FunctionsCommand {
    private static final List<String> DEVICES = List.of("cpu:0", "java");
    private static final int QUICK_DIVISOR = 4;
    private static final double WARM_UP_MILLIS = 1000;
    private static final double SHARE_MILLIS = 1000;
    private static final int ROUNDS = 20;
    private static final int QUICK_ROUNDS = 3;
    private static final double MINUTES = 14;

    private final Arguments arguments;
    private final Checks checks = new Checks();

    FunctionsCommand(Arguments arguments) {
        this.arguments = arguments;
    }

    /** The exit status: 0, or 1 if an answer was wrong; a goal that is missed is a figure. */
    int run(PrintStream out) throws IOException {
        int divisor = arguments.has("--quick") ? QUICK_DIVISOR : 1;
        List<String> only = arguments.texts("--only");
        List<Group> groups = new ArrayList<>(FunctionGroups.all(divisor));
        groups.addAll(BlockMaskGroups.all(divisor));
        return run(chosen(groups, only), only.isEmpty(), divisor, out);
    }

    /** Likewise, of some groups, with or without what making block masks takes. */
    int run(List<Group> groups, boolean makesMasks, int divisor, PrintStream out) throws IOException {
        List<List<CostRow>> costs = new CopyOnWriteArrayList<>();
        List<String> leftOut = new CopyOnWriteArrayList<>();
        try (Engines engines = Engines.open(arguments, DEVICES)) {
            engines.machine().print(out);
            AtInterrupt.during(
                    () -> measure(engines.all(), groups, costs, leftOut, out), () -> printTable(costs, leftOut, out));
            List<String> summary = new ArrayList<>(List.of(CostRow.summary(costs), checks.summary()));
            for (AttentionEngine engine : engines.all()) {
                if (makesMasks) {
                    summary.add(BlockMaskGroups.making(engine, divisor));
                }
                if (Engines.isOpenCl(engine.device().id())) {
                    summary.add(newLengths(engine.device().id()));
                }
            }
            leftOut.forEach(what -> summary.add("There was no time for " + what + "."));
            Report report = new Report(engines.machine(), "What functions cost")
                    .summary(summary)
                    .html("Beside what is built in", "", chart(costs));
            Output.write(arguments, CostRow.addTo(report, "All figures", costs), "functions.html", out);
            printTable(costs, List.of(), out);
            summary.forEach(out::println);
            checks.failures().forEach(failure -> out.println("  WRONG " + failure));
        }
        return checks.status();
    }

    /** All groups on all engines; each engine has as much of the time as the next one. */
    private void measure(
            List<AttentionEngine> engines,
            List<Group> groups,
            List<List<CostRow>> costs,
            List<String> leftOut,
            PrintStream out) {
        int rounds = arguments.number("--rounds", arguments.has("--quick") ? QUICK_ROUNDS : ROUNDS);
        Pace pace = new Pace(rounds).withShare(SHARE_MILLIS).withWarmUp(WARM_UP_MILLIS);
        CostMeasurement measurement = new CostMeasurement(pace, checks::add, note -> out.println("  " + note));
        Deadline whole = Deadline.inSeconds(60 * Output.minutes(arguments, MINUTES));
        long steps = groups.stream()
                .mapToLong(group -> CostMeasurement.steps(group, rounds))
                .sum();
        try (Progress progress = new Progress("checking and timing", steps * engines.size())) {
            for (int i = 0; i < engines.size(); i++) {
                Deadline deadline = whole.after(1.0 / (engines.size() - i));
                for (Group group : groups) {
                    String what = group.options().get(0).option() + ", "
                            + group.plain().shape() + " on "
                            + engines.get(i).device().id();
                    if (deadline.isOver()) {
                        leftOut.add(what);
                        progress.skip(CostMeasurement.steps(group, rounds));
                        continue;
                    }
                    out.println("\n" + what + progress.left() + "...");
                    List<CostRow> rows = measurement.run(engines.get(i), group, progress::step);
                    if (!rows.isEmpty()) {
                        costs.add(rows);
                        out.print(CostRow.text(rows));
                    }
                }
            }
        }
    }

    /** A line for each function with how many times as long it takes on each device and size of rows. */
    static void printTable(List<List<CostRow>> costs, List<String> leftOut, PrintStream out) {
        List<String> columns =
                costs.stream().map(rows -> title(rows.get(0))).distinct().toList();
        Map<String, Map<String, Double>> lines = new LinkedHashMap<>();
        for (List<CostRow> rows : costs) {
            rows.stream().skip(1).forEach(row -> lines.computeIfAbsent(row.option(), name -> new HashMap<>())
                    .put(title(rows.get(0)), row.ratio()));
        }
        Table<String> table = new Table<String>().words("times what is built in", null, name -> name);
        for (String column : columns) {
            table.number(column, null, "%.2f", name -> lines.get(name).getOrDefault(column, Double.NaN));
        }
        out.println("\n" + table.add(List.copyOf(lines.keySet())).text());
        leftOut.forEach(what -> out.println("There was no time for " + what + "."));
    }

    /** The groups with an option whose name contains one of these, or all if there is none. */
    private static List<Group> chosen(List<Group> all, List<String> only) {
        for (String name : only) {
            if (all.stream().noneMatch(group -> has(group, name))) {
                throw new IllegalArgumentException("--only=" + name + " names no function; there are "
                        + all.stream()
                                .flatMap(group -> group.options().stream())
                                .map(CostCase::option)
                                .distinct()
                                .toList());
            }
        }
        return all.stream()
                .filter(group -> only.isEmpty() || only.stream().anyMatch(name -> has(group, name)))
                .toList();
    }

    private static boolean has(Group group, String name) {
        return group.options().stream().anyMatch(option -> option.option().contains(name));
    }

    /** How many programs other lengths of the same functions take. */
    private static String newLengths(String device) throws IOException {
        try (TemporaryFolder folder = new TemporaryFolder("functions");
                AttentionEngine engine =
                        AttentionEngine.open(device, EngineOptions.defaults().withCacheDirectory(folder.path()))) {
            attend(engine, 512);
            long before = files(folder.path());
            for (int length = 600; length < 700; length += 13) {
                attend(engine, length);
            }
            return "Eight new lengths compiled " + (files(folder.path()) - before) + " programs on " + device
                    + ", the first one " + before + ".";
        }
    }

    private static void attend(AttentionEngine engine, int length) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(length)
                .headDim(64)
                .score(Functions.gaussian(9))
                .keep(Functions.strided(8, 4))
                .build();
        Problem problem = Problem.of(spec);
        AttentionArrays outputs = problem.outputs();
        engine.attend(spec, HostArrays.all(problem.inputs(), outputs));
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    /** A bar for each function, as long as what it takes beside its twin. */
    private static String chart(List<List<CostRow>> costs) {
        StringBuilder charts = new StringBuilder("<div class=\"charts\">\n");
        List<String> titles =
                costs.stream().map(rows -> title(rows.get(0))).distinct().toList();
        for (String title : titles) {
            List<Bar> bars = costs.stream()
                    .filter(rows -> title(rows.get(0)).equals(title))
                    .flatMap(rows -> rows.stream().skip(1))
                    .map(row -> new Bar(row.option(), row.ratio(), row.isMet() ? "" : "above " + row.goal(), true))
                    .toList();
            charts.append(Charts.bars(title, "x what is built in", "%.2f", bars));
        }
        return charts.append("</div>\n").toString();
    }

    private static String title(CostRow plain) {
        String[] sizes = plain.shape().split("[x ]");
        return "Rows of " + sizes[4] + " on " + plain.device();
    }
}
