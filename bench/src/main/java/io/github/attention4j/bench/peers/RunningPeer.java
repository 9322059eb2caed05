package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.peers.PeerRow.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A contender with its process at one shape, and what is known of it so far. */
final class RunningPeer implements TimingRounds.Timed, AutoCloseable {
    private static final long START_SECONDS = 120;
    private static final long CALL_SECONDS = 900;

    private final AttentionSpec spec;
    private final PeerKind kind;
    private PeerRow row;
    private PeerProcess process;
    private double millis = Double.NaN;

    RunningPeer(PeerKind kind, AttentionSpec spec) {
        this.kind = kind;
        this.spec = spec;
        row = PeerRow.without(kind, spec, Status.FAILED, "not started");
    }

    PeerRow row() {
        return row;
    }

    @Override
    public boolean isTimed() {
        return row.isTimed();
    }

    /** Milliseconds of a call while it warmed up; NaN if it did not. */
    @Override
    public double millis() {
        return millis;
    }

    @Override
    public Samples samples() {
        return row.samples();
    }

    /** There is nothing more to be had of it. */
    void end(Status status, String reason) {
        row = row.with(status, reason);
        close();
    }

    private void end(PeerAnswer answer) {
        boolean lacks = answer.has(PeerAnswer.NOT_OFFERED);
        end(
                lacks ? Status.NOT_OFFERED : Status.FAILED,
                answer.text(lacks ? PeerAnswer.NOT_OFFERED : PeerAnswer.FAILED));
    }

    /** Starts the process, lets it warm up, and checks its answer. */
    void prepare(Judge judge, double warmUpMillis) throws IOException {
        Path file = Files.createTempFile("attention4j-peer", ".f32");
        try {
            process = PeerProcess.start(
                    PeerMain.class, kind.environment(), List.of(), PeerMain.arguments(kind, spec, warmUpMillis, file));
            PeerAnswer ready = process.answer(START_SECONDS);
            PeerAnswer answer = ready.has(PeerAnswer.READY) ? process.answer(CALL_SECONDS) : ready;
            boolean isPrepared = answer.has(PeerAnswer.PREPARED);
            row = new PeerRow(
                    kind,
                    spec,
                    ready.text(PeerAnswer.READY),
                    answer.text(PeerAnswer.PREPARED),
                    Status.TIMED,
                    "",
                    isPrepared ? judge.judge(kind, read(file)) : null,
                    isPrepared ? (long) answer.number("bytes") : -1,
                    row.samples());
            if (!isPrepared) {
                end(answer);
            } else if (!row.verdict().passed()) {
                end(Status.WRONG, row.verdict().fault());
            } else {
                millis = answer.number("millis");
            }
        } finally {
            Files.delete(file);
        }
    }

    private static float[] read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    @Override
    public void measure(int calls) {
        PeerAnswer answer = process.ask(calls, CALL_SECONDS);
        if (answer.has(PeerAnswer.NANOS)) {
            samples().add(Samples.Sample.of(answer.number(PeerAnswer.NANOS), answer.number("cpuNanos"), calls));
        } else {
            end(answer);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
            process = null;
        }
    }
}
