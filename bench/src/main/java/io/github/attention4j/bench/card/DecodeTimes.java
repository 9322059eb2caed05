package io.github.attention4j.bench.card;

import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.card.CardTimer.Call;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.decode.DecodeOracle;
import io.github.attention4j.bench.decode.FilledCache;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Deadline;
import java.util.List;

/** Steps of text generation, as the planner runs them: what most people with a card want to know. */
public final class DecodeTimes {
    /** What all cases have in common, for people. */
    public static final String HEADS = "32/8 heads, headDim 128";

    private static final List<DType> TYPES = List.of(DType.F32, DType.F16);
    private static final int QUICK_DIVISOR = 16;

    private final CardTimer timer;
    private final CardFile file;

    /** @param readGigabytes what a kernel that only reads reaches, in GB/s, or NaN */
    public DecodeTimes(Device device, double readGigabytes, CardFile file) {
        this.timer = new CardTimer(device, readGigabytes);
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
            if (deadline.isOver() && !(timer.rows.isEmpty() && timer.notes.isEmpty())) {
                timer.note(what, "left out, time was up");
            } else {
                file.state("measuring " + what);
                Call call = new Call(
                        each.shape().replace(" keys", ""),
                        each.typeName(),
                        each.bytes(),
                        engine -> FilledCache.open(engine, each),
                        contender -> DecodeOracle.check(each, contender));
                timer.time(what, what, EngineOptions.defaults().withCacheDirectory(null), call)
                        .ifPresent(row -> file.decoded(row, each));
            }
            afterStep.run();
        }
    }

    /** A line for each step. */
    public Table<CardRow> table() {
        return CardRow.table("keys", "GB/s", timer.rows);
    }

    /** What was not timed, and why. */
    public List<String> notes() {
        return List.copyOf(timer.notes.keySet());
    }

    /** What failed. */
    public List<String> failures() {
        return List.copyOf(timer.failures);
    }
}
