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
import java.util.Arrays;
import java.util.List;

/** The process of one contender: does what the lines on its standard input say, and answers each with a line. */
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
            answer(out, Wire.READY, peer.version());
            new PeerMain(peer, out).obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        } catch (ClassNotFoundException e) {
            answer(out, Wire.FAILED, "not in the class path: " + e.getMessage() + "; start it with bench/run --peers");
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            answer(out, Wire.FAILED, reason(e));
        }
        System.exit(0); // libraries leave threads behind
    }

    private static Peer make(String name, String argument) throws ReflectiveOperationException {
        Class<? extends Peer> type = Class.forName(name).asSubclass(Peer.class);
        return argument.isEmpty()
                ? type.getDeclaredConstructor().newInstance()
                : type.getDeclaredConstructor(String.class).newInstance(argument);
    }

    private static void answer(PrintStream out, String what, String rest) {
        out.println("\n" + Wire.MARK + what + " " + Wire.oneLine(rest)); // a library may have left a line unfinished
        out.flush();
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
        for (String line = in.readLine(); line != null && !line.equals(Wire.QUIT); line = in.readLine()) {
            List<String> words = Arrays.asList(line.split(" ", -1));
            try {
                if (words.get(0).equals(Wire.PREPARE)) {
                    prepare(Wire.shape(words.subList(2, words.size() - 1)), Double.parseDouble(words.get(1)), line);
                } else {
                    run(Integer.parseInt(words.get(1)));
                }
            } catch (NotOfferedException e) {
                answer(out, Wire.NOT_OFFERED, e.getMessage());
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                answer(out, Wire.FAILED, reason(e));
            }
        }
        if (contender != null) {
            contender.close();
        }
    }

    private void prepare(AttentionSpec spec, double warmUpMillis, String line) throws IOException {
        try (Contender small = peer.prepare(Case.random("small", small(spec)))) {
            small.run();
        }
        contender = peer.prepare(Case.random("peers", spec));
        System.gc(); // the data has been handed over
        long before = Resident.now();
        boolean known = Resident.resetPeak() && before >= 0;
        double millis = Interleaved.warmUp(contender, warmUpMillis);
        long output = peer.takesOutput() ? spec.outElements() * Float.BYTES : 0;
        long added = known ? Math.max(0, Resident.peak() - before - output) : -1;
        write(Path.of(line.substring(line.lastIndexOf(' ') + 1)), contender.output());
        System.gc();
        answer(out, Wire.PREPARED, millis + " " + added + " " + contender.family());
    }

    private static AttentionSpec small(AttentionSpec spec) {
        int queries = Math.min(FEW_ROWS, spec.queryLength());
        // As many keys as queries must stay so, for causal masks differ in the other cases.
        int keys = spec.queryLength() == spec.keyLength() ? queries : Math.min(FEW_ROWS, spec.keyLength());
        List<String> words = Arrays.asList(Wire.shape(spec).split(" "));
        words.set(3, "" + queries);
        words.set(4, "" + keys);
        return Wire.shape(words);
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
        answer(out, Wire.RAN, wall + " " + (system.getProcessCpuTime() - cpu));
    }
}
