package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.decode.DecodeMeasurement;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.ShapeRun;
import io.github.attention4j.bench.peers.TimingRounds;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.speed.Quiet;
import io.github.attention4j.bench.speed.SpeedFindings;
import io.github.attention4j.bench.speed.SpeedPart;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Every row of the speed page in one run: the engine beside the best library, beside multiply-adds alone and beside
 * reading alone, and whether the machine was quiet.
 */
final class SpeedCommand {
    private static final TimingRounds FULL = new TimingRounds(5, 400, 1);
    private static final TimingRounds QUICK = new TimingRounds(2, 150, 1);
    private static final double MINUTES = 33;
    private static final int QUICK_DIVISOR = 16;
    /** What a group of steps counts among the steps of the work: about as long as a shape with six contenders. */
    private static final int STEPS_OF_GROUP = 11;
    /** Of the time of a step over caches in all rounds, and of warming up. */
    private static final double STEP_SHARE_MILLIS = 2000;

    private static final double QUICK_STEP_MILLIS = 300;

    /** Measures what devices can do at most. */
    interface LimitProbe {
        /** Adds the limits of these, or why there are none. */
        void measure(Limits limits, List<String> devices) throws IOException;
    }

    private final Arguments arguments;
    private final LimitProbe probe;
    private final boolean quick;
    private final TimingRounds pace;
    private final Limits limits = new Limits();
    private final Checks checks = new Checks();

    SpeedCommand(Arguments arguments) {
        this(arguments, Limits::measure);
    }

    SpeedCommand(Arguments arguments, LimitProbe probe) {
        this.arguments = arguments;
        this.probe = probe;
        quick = arguments.has("--quick");
        TimingRounds usual = quick ? QUICK : FULL;
        pace = new TimingRounds(arguments.number("--rounds", usual.rounds()), usual.sliceMillis(), usual.warmUpShare());
    }

    int run(PrintStream out) throws IOException {
        List<Device> devices = PeersCommand.devices(arguments.texts("--device"));
        List<List<DecodeCase>> groups = DecodeCase.groups(quick ? QUICK_DIVISOR : 1);
        return run(
                devices,
                SpeedPart.all(Engines.ids(devices), quick),
                quick ? groups.subList(1, 2) : groups,
                Deadline.inSeconds(60 * Output.minutes(arguments, MINUTES)),
                out);
    }

    /** The exit status: 0, or 1 if an answer was wrong, or the engine itself failed. */
    int run(
            List<Device> devices,
            List<SpeedPart> parts,
            List<List<DecodeCase>> groups,
            Deadline deadline,
            PrintStream out)
            throws IOException {
        Machine machine = Machine.here(devices);
        machine.print(out);
        Quiet before = Quiet.now();
        out.println("\nBefore the run: " + before + (before.isQuiet() ? "" : "; WARNING: that is not quiet"));
        SpeedFindings findings = new SpeedFindings(Engines.ids(devices), parts, limits, before);
        AtInterrupt.during(
                () -> measure(devices, parts, groups, deadline, findings, out),
                () -> writeAll(machine, findings, null, out));
        writeAll(machine, findings, Quiet.now(), out);
        List<String> bad = new ArrayList<>(PeersCommand.bad(findings.results()));
        checks.failures().forEach(failure -> bad.add("  WRONG " + failure));
        bad.forEach(out::println);
        return bad.isEmpty() ? 0 : 1;
    }

    private void measure(
            List<Device> devices,
            List<SpeedPart> parts,
            List<List<DecodeCase>> groups,
            Deadline deadline,
            SpeedFindings findings,
            PrintStream out)
            throws IOException {
        measureLimits(parts);
        limits.lines().forEach(line -> out.println("  " + line));
        try (Progress progress = new Progress("checking and timing", steps(parts, groups, devices.size()))) {
            double all = deadline.secondsLeft();
            for (SpeedPart part : parts) {
                double left = deadline.secondsLeft() - (1 - part.until()) * all;
                measure(part, Deadline.inSeconds(left), findings, progress, out);
            }
            for (Device device : devices) {
                for (List<DecodeCase> group : groups) {
                    measure(device, group, deadline, findings, progress, out);
                }
            }
        }
        if (!quick) {
            measureLimits(parts); // a limit that the machine only reached later is one, too
        }
    }

    private void measureLimits(List<SpeedPart> parts) throws IOException {
        List<String> devices = parts.stream()
                .flatMap(part -> part.kinds().stream())
                .map(PeerKind::limit)
                .distinct()
                .toList();
        probe.measure(limits, devices);
    }

    private long steps(List<SpeedPart> parts, List<List<DecodeCase>> groups, int devices) {
        long ofGroups = (long) devices * groups.size() * STEPS_OF_GROUP;
        return ofGroups
                + parts.stream()
                        .mapToLong(part -> (long) part.specs().size()
                                * ShapeRun.steps(part.kinds().size(), pace.rounds()))
                        .sum();
    }

    private void measure(SpeedPart part, Deadline deadline, SpeedFindings findings, Progress progress, PrintStream out)
            throws IOException {
        ShapeRun run = new ShapeRun(pace, progress::step);
        for (AttentionSpec spec : part.specs()) {
            String what = part.title() + ", " + Case.shape(spec);
            if (deadline.isOver()) {
                findings.leaveOut(what);
                progress.skip(ShapeRun.steps(part.kinds().size(), pace.rounds()));
                continue;
            }
            out.println("\n" + what + progress.left() + "...");
            PeerResult result = run.run(part.kinds(), spec);
            findings.add(part, result);
            out.println("  " + result.line());
        }
    }

    private void measure(
            Device device,
            List<DecodeCase> group,
            Deadline deadline,
            SpeedFindings findings,
            Progress progress,
            PrintStream out) {
        DecodeCase first = group.get(0);
        String what = "Steps on " + device.id() + ", " + first.headCounts() + " heads, " + first.shape();
        if (deadline.isOver()) {
            findings.leaveOut(what);
        } else {
            out.println("\n" + what + progress.left() + "...");
            try (AttentionEngine engine = AttentionEngine.open(device.id())) {
                findings.addSteps(DecodeMeasurement.run(engine, group, reader(device.id()), stepPace(), checks::add));
            }
        }
        progress.skip(STEPS_OF_GROUP);
    }

    private Pace stepPace() {
        Pace usual = new Pace(Output.rounds(arguments)).withShare(STEP_SHARE_MILLIS);
        return quick ? usual.withShare(QUICK_STEP_MILLIS).withWarmUp(QUICK_STEP_MILLIS) : usual;
    }

    /** What reads beside a device: itself, or for Java the processor by OpenCL, if that is there; else null. */
    private static String reader(String device) {
        return Engines.isOpenCl(device)
                ? device
                : Engines.ids(AttentionEngine.devices()).contains(Limits.PROCESSOR) ? Limits.PROCESSOR : null;
    }

    private void writeAll(Machine machine, SpeedFindings findings, Quiet after, PrintStream out) {
        out.println("\n" + findings.text());
        findings.sentences(after).forEach(out::println);
        List<String> ofSteps = List.of("Of steps: " + checks.summary());
        Report report = findings.report(machine, after, pace, quick, Limits.PROCESSOR, ofSteps);
        try {
            Output.write(arguments, report, "speed.html", out);
            Output.save(arguments, machine, report, "speed", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
