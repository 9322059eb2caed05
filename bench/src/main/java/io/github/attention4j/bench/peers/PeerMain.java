package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.bench.run.Resident;
import io.github.attention4j.bench.run.Shapes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Scanner;

/**
 * The process of one contender at one shape: says that it is there, prepares, and then for each number on its standard
 * input makes so many calls. The end of its input ends it.
 */
final class PeerMain {
    /** Rows of the call that loads code and starts threads, so that what a call takes of memory is its own. */
    private static final int FEW_ROWS = 64;

    private PeerMain() {}

    /**
     * What {@link #main} is given.
     *
     * @param output the file for the answer
     */
    static List<String> arguments(PeerKind kind, AttentionSpec spec, double warmUpMillis, Path output) {
        return List.of(
                kind.peerClass(),
                kind.argument(),
                Case.shape(spec),
                "" + warmUpMillis,
                output.toString(),
                kind.pass().name());
    }

    public static void main(String[] arguments) throws IOException {
        try (Peer peer = make(arguments[0], arguments[1])) {
            answer(PeerAnswer.READY, peer.version());
            AttentionSpec spec = Shapes.parse(arguments[2]);
            Pass pass = Pass.valueOf(arguments[5]);
            try (Contender contender = prepareAfterSmall(peer, spec, pass)) {
                long outputBytes = peer.takesOutput() ? pass.outputElements(spec) * Float.BYTES : 0;
                begin(outputBytes, contender, Double.parseDouble(arguments[3]), Path.of(arguments[4]));
                for (Scanner in = new Scanner(System.in); in.hasNextInt(); ) {
                    run(contender, in.nextInt());
                }
            }
        } catch (NotOfferedException e) {
            answer(PeerAnswer.NOT_OFFERED, e.getMessage());
        } catch (ClassNotFoundException e) {
            answer(PeerAnswer.FAILED, "not in the class path: " + e.getMessage() + "; start it with bench/run peers");
        } catch (ReflectiveOperationException | RuntimeException | LinkageError | OutOfMemoryError e) {
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

    private static Contender prepareAfterSmall(Peer peer, AttentionSpec spec, Pass pass) {
        try (Contender small = prepare(peer, Case.random("small", cut(spec, FEW_ROWS)), pass)) {
            small.run();
        }
        return prepare(peer, Case.random("peers", spec), pass);
    }

    private static Contender prepare(Peer peer, Case problem, Pass pass) {
        return pass.hasGradients() ? peer.prepareGradients(problem.withGradOut(), pass) : peer.prepare(problem);
    }

    /** The spec with so many rows at most. */
    static AttentionSpec cut(AttentionSpec spec, int rows) {
        int queries = Math.min(rows, spec.queryLength());
        // As many keys as queries must stay so, for causal masks differ in the other cases.
        int keys = spec.queryLength() == spec.keyLength() ? queries : Math.min(rows, spec.keyLength());
        return spec.toBuilder().queryLength(queries).keyLength(keys).build();
    }

    private static void begin(long outputBytes, Contender contender, double warmUpMillis, Path output)
            throws IOException {
        System.gc(); // the data has been handed over
        double[] millis = new double[1];
        long grown = Resident.growth(() -> millis[0] = Interleaved.warmUp(contender, warmUpMillis));
        long added = grown < 0 ? grown : Math.max(0, grown - outputBytes);
        float[] out = contender.output();
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(out.length, Float.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(out);
        Files.write(output, bytes.array());
        System.gc();
        PeerAnswer.print(System.out, Map.of(PeerAnswer.PREPARED, contender.way(), "millis", millis[0], "bytes", added));
    }

    private static void run(Contender contender, int calls) {
        ProcessClock clock = new ProcessClock();
        for (int call = 0; call < calls; call++) {
            contender.run();
        }
        PeerAnswer.print(System.out, Map.of(PeerAnswer.NANOS, clock.nanos(), "cpuNanos", clock.cpuNanos()));
    }
}
