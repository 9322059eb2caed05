package io.github.attention4j.bench.embed;

import io.github.attention4j.bench.peers.PeerAnswer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Scanner;

/**
 * The process of one contender: makes it, answers with the embeddings of all texts, and then for each number on its
 * standard input: embeds all texts that many times, or for a number below 0 the first text alone that many times.
 */
final class EmbedMain {
    /** Of a first pass over some texts, so that the JIT compiler has seen them. */
    private static final int FEW = 200;

    private EmbedMain() {}

    /** @param arguments class, its argument, the file of texts, a text a line, and the file for the answer */
    public static void main(String[] arguments) throws IOException {
        List<String> texts = Files.readAllLines(Path.of(arguments[2]));
        try (EmbedPeer peer = make(arguments[0], arguments[1])) {
            peer.prepare(texts.subList(0, Math.min(FEW, texts.size())));
            for (int i = 0; i < FEW; i++) {
                peer.embed(texts.subList(0, 1));
            }
            Files.write(Path.of(arguments[3]), bytes(peer.embed(texts)));
            PeerAnswer.print(System.out, Map.of(PeerAnswer.PREPARED, peer.version()));
            for (Scanner in = new Scanner(System.in); in.hasNextInt(); ) {
                run(peer, texts, in.nextInt());
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError | OutOfMemoryError e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            PeerAnswer.print(System.out, Map.of(PeerAnswer.FAILED, PeerAnswer.oneLine(cause.toString())));
        }
        System.exit(0); // libraries leave threads behind
    }

    private static EmbedPeer make(String name, String argument) throws ReflectiveOperationException {
        Class<? extends EmbedPeer> type = Class.forName(name).asSubclass(EmbedPeer.class);
        return argument.isEmpty()
                ? type.getDeclaredConstructor().newInstance()
                : type.getDeclaredConstructor(String.class).newInstance(argument);
    }

    private static byte[] bytes(List<float[]> vectors) {
        int width = vectors.get(0).length;
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(vectors.size(), width * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        vectors.forEach(vector -> {
            for (float x : vector) {
                bytes.putFloat(x);
            }
        });
        return bytes.array();
    }

    private static void run(EmbedPeer peer, List<String> texts, int calls) throws IOException {
        List<String> given = calls < 0 ? texts.subList(0, 1) : texts;
        long start = System.nanoTime();
        for (int i = 0; i < Math.abs(calls); i++) {
            peer.embed(given);
        }
        long nanos = System.nanoTime() - start;
        PeerAnswer.print(System.out, Map.of(PeerAnswer.NANOS, nanos, "peakMegabytes", peakMegabytes()));
    }

    /** The most memory that this process has had at a time, as the system counts it; NaN where it does not say. */
    private static double peakMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElse(Double.NaN);
    }
}
