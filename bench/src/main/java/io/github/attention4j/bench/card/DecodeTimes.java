package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.decode.DecodeKernel;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Deadline;
import java.util.ArrayList;
import java.util.List;

/** Steps of text generation, as the planner runs them: what most people with a card want to know. */
public final class DecodeTimes {
    /** What all cases have in common, for people. */
    public static final String HEADS = "32/8 heads, headDim 128";

    private static final List<DType> TYPES = List.of(DType.F32, DType.F16);
    private static final int QUICK_DIVISOR = 16;
    private static final double MILLIS = 300;

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
                failures.add(what + ": wrong answer, " + row.verdict().fault());
            }
        } catch (UnsupportedOperationException e) {
            notes.add(what + ": not on this device: " + RefusalReason.of(e.getMessage()));
        } catch (RuntimeException e) {
            failures.add(what + ": " + e);
        }
    }

    /** A line for each step. */
    public Table<DecodeKernel> table() {
        return new Table<DecodeKernel>()
                .words("family", null, DecodeKernel::family)
                .words("keys", null, row -> row.problem().shape().replace(" keys", ""))
                .words("type", null, row -> row.problem().typeName())
                .number("kernel ms", null, "%.3f", DecodeKernel::kernelMillis)
                .number("call ms", null, "%.3f", DecodeKernel::callMillis)
                .number("GB/s", null, "%.1f", DecodeKernel::gigabytesPerSecond)
                .number("share", null, "%.0f%%", row -> 100 * row.gigabytesPerSecond() / readGigabytes)
                .number("error", null, "%.1e", row -> row.verdict().error())
                .add(rows);
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
