package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.decode.DecodeKernel;
import io.github.attention4j.bench.timing.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Steps of text generation, as the planner runs them: what most people with a card want to know. */
public final class DecodeTimes {
    /** What all cases have in common, for people. */
    public static final String HEADS = "32/8 heads, headDim 128";

    private static final List<DType> TYPES = List.of(DType.F32, DType.F16);
    private static final int QUICK_DIVISOR = 16;
    private static final double MILLIS = 300;
    private static final String LINE = "  %-7s %-14s %-5s %10s %10s %8s %7s %9s%n";

    private final Device device;
    private final double readGigabytes;
    private final CardFile file;
    private final List<DecodeKernel> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** @param readGigabytes what a kernel that only reads reaches, in GB/s, or NaN */
    public DecodeTimes(Device device, double readGigabytes, CardFile file) {
        this.device = device;
        this.readGigabytes = readGigabytes;
        this.file = file;
    }

    /** One query a head over a long text, and over several at a time; in f32 and f16. */
    public static List<DecodeCase> cases(boolean quick) {
        return DecodeCase.groups(quick ? QUICK_DIVISOR : 1).stream()
                .flatMap(List::stream)
                .filter(each -> each.heads() == DecodeCase.HEADS && TYPES.contains(each.type()))
                .toList();
    }

    /** Checks and times until time is up; the first in any case. */
    public void run(List<DecodeCase> cases, Deadline deadline, Runnable afterStep) {
        for (DecodeCase each : cases) {
            String what = "one query over " + each.shape() + " " + each.typeName();
            if (deadline.isOver() && !(rows.isEmpty() && notes.isEmpty())) {
                notes.add(what + ": left out, time was up");
            } else {
                file.state("measuring " + what);
                time(what, each);
            }
            afterStep.run();
        }
    }

    private void time(String what, DecodeCase each) {
        try (AttentionEngine engine =
                AttentionEngine.open(device.id(), EngineOptions.defaults().withCacheDirectory(null))) {
            DecodeKernel row = DecodeKernel.of(engine, each, MILLIS);
            if (row.verdict().passed()) {
                rows.add(row);
                file.decoded(row, row.gigabytesPerSecond() / readGigabytes);
            } else {
                failures.add("%s: wrong answer, error %.3g, allowed %.3g"
                        .formatted(what, row.verdict().error(), row.verdict().budget()));
            }
        } catch (UnsupportedOperationException e) {
            notes.add(what + ": not on this device: " + Reason.of(e.getMessage()));
        } catch (RuntimeException e) {
            failures.add(what + ": " + e);
        }
    }

    /** All rows with a headline. */
    public String table() {
        StringBuilder text =
                new StringBuilder(line("family", "keys", "type", "kernel ms", "call ms", "GB/s", "share", "error"));
        for (DecodeKernel row : rows) {
            text.append(line(
                    row.family(),
                    row.problem().shape().replace(" keys", ""),
                    row.problem().typeName(),
                    number("%.3f", row.kernelMillis()),
                    number("%.3f", row.callMillis()),
                    number("%.1f", row.gigabytesPerSecond()),
                    number("%.0f%%", 100 * row.gigabytesPerSecond() / readGigabytes),
                    number("%.1e", row.verdict().error())));
        }
        return text.toString();
    }

    private static String line(Object... cells) {
        return String.format(Locale.ROOT, LINE, cells);
    }

    private static String number(String format, double x) {
        return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
    }

    /** What was not timed, and why. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** What failed. */
    public List<String> failures() {
        return List.copyOf(failures);
    }
}
