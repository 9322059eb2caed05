package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Resident;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The process of one contender: does what the requests on its standard input say, and answers each. */
final class PeerMain {
    /** Rows of the call that loads code and starts threads, so that what a call takes of memory is its own. */
    private static final int FEW_ROWS = 64;

    private final Peer peer;
    private Contender contender;

    private PeerMain(Peer peer) {
        this.peer = peer;
    }

    public static void main(String[] arguments) throws IOException {
        try (Peer peer = make(arguments[0], arguments[1])) {
            answer(PeerAnswer.READY, peer.version());
            new PeerMain(peer).obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        } catch (ClassNotFoundException e) {
            answer(PeerAnswer.FAILED, "not in the class path: " + e.getMessage() + "; start it with bench/run peers");
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            answer(PeerAnswer.FAILED, reason(e));
        }
        System.exit(0); // libraries leave threads behind
    }

    private static Peer make(String name, String argument) throws ReflectiveOperationException {
        Class<? extends Peer> type = Class.forName(name).asSubclass(Peer.class);
        return argument.isEmpty()
                ? type.getDeclaredConstructor().newInstance()
                : type.getDeclaredConstructor(String.class).newInstance(argument);
    }

    private static void answer(String what, String text) {
        PeerAnswer.print(System.out, Map.of(what, PeerAnswer.oneLine(text)));
    }

    /** The innermost cause, which is what a reader can act on. */
    private static String reason(Throwable thrown) {
        return thrown.getCause() == null ? thrown.toString() : reason(thrown.getCause());
    }

    private void obey(BufferedReader in) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            PeerRequest request = PeerAnswer.JSON.readValue(line, PeerRequest.class);
            try {
                if (request.shape() != null) {
                    prepare(request);
                } else {
                    run(request.calls());
                }
            } catch (NotOfferedException e) {
                answer(PeerAnswer.NOT_OFFERED, e.getMessage());
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                answer(PeerAnswer.FAILED, reason(e));
            }
        }
        if (contender != null) {
            contender.close();
        }
    }

    private void prepare(PeerRequest request) throws IOException {
        AttentionSpec spec = request.spec();
        try (Contender small = peer.prepare(Case.random("small", PeerRequest.cut(spec, FEW_ROWS)))) {
            small.run();
        }
        contender = peer.prepare(Case.random("peers", spec));
        System.gc(); // the data has been handed over
        long before = Resident.now();
        boolean known = Resident.resetPeak() && before >= 0;
        double millis = Interleaved.warmUp(contender, request.warmUpMillis());
        long output = peer.takesOutput() ? spec.outElements() * Float.BYTES : 0;
        long added = known ? Math.max(0, Resident.peak() - before - output) : -1;
        write(Path.of(request.output()), contender.output());
        System.gc();
        PeerAnswer.print(System.out, Map.of(PeerAnswer.PREPARED, contender.family(), "millis", millis, "bytes", added));
    }

    private static void write(Path file, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }

    private void run(int calls) {
        ProcessClock clock = new ProcessClock();
        for (int call = 0; call < calls; call++) {
            contender.run();
        }
        PeerAnswer.print(System.out, Map.of(PeerAnswer.NANOS, clock.nanos(), "cpuNanos", clock.cpuNanos()));
    }
}
