package io.github.attention4j.bench.peers;

import com.sun.management.OperatingSystemMXBean;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Resident;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
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

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Peer peer;
    private final PrintStream out;
    private Contender contender;

    private PeerMain(Peer peer, PrintStream out) {
        this.peer = peer;
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        try (Peer peer = make(arguments[0], arguments[1])) {
            answer(out, PeerAnswer.READY, peer.version());
            new PeerMain(peer, out).obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        } catch (ClassNotFoundException e) {
            answer(
                    out,
                    PeerAnswer.FAILED,
                    "not in the class path: " + e.getMessage() + "; start it with bench/run peers");
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            answer(out, PeerAnswer.FAILED, reason(e));
        }
        System.exit(0); // libraries leave threads behind
    }

    private static Peer make(String name, String argument) throws ReflectiveOperationException {
        Class<? extends Peer> type = Class.forName(name).asSubclass(Peer.class);
        return argument.isEmpty()
                ? type.getDeclaredConstructor().newInstance()
                : type.getDeclaredConstructor(String.class).newInstance(argument);
    }

    private static void answer(PrintStream out, String what, String text) {
        PeerAnswer.print(out, Map.of(what, PeerAnswer.oneLine(text)));
    }

    /** The innermost cause, which is what a reader can act on. */
    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.toString();
    }

    private void obey(BufferedReader in) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            PeerRequest request = PeerAnswer.JSON.readValue(line, PeerRequest.class);
            try {
                if (request.prepare() != null) {
                    prepare(request);
                } else {
                    run(request.calls());
                }
            } catch (NotOfferedException e) {
                answer(out, PeerAnswer.NOT_OFFERED, e.getMessage());
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                answer(out, PeerAnswer.FAILED, reason(e));
            }
        }
        if (contender != null) {
            contender.close();
        }
    }

    private void prepare(PeerRequest request) throws IOException {
        AttentionSpec spec = request.prepare().spec();
        AttentionSpec few = request.prepare().cut(FEW_ROWS).spec();
        try (Contender small = peer.prepare(Case.random("small", few))) {
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
        PeerAnswer.print(out, Map.of(PeerAnswer.PREPARED, contender.family(), "millis", millis, "bytes", added));
    }

    private static void write(Path file, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }

    private void run(int calls) {
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        for (int call = 0; call < calls; call++) {
            contender.run();
        }
        long wall = System.nanoTime() - start;
        PeerAnswer.print(out, Map.of(PeerAnswer.NANOS, wall, "cpuNanos", system.getProcessCpuTime() - cpu));
    }
}
