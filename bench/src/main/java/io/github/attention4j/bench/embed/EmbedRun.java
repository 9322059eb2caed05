package io.github.attention4j.bench.embed;

import io.github.attention4j.bench.peers.PeerAnswer;
import io.github.attention4j.bench.peers.PeerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All contenders on the same texts, each in a process of its own, timed in turns. */
public final class EmbedRun implements AutoCloseable {
    private static final long START_SECONDS = 300;
    private static final long PASS_SECONDS = 600;
    private static final int ONE_TEXT_CALLS = 50;
    /** Java's memory of each contender, so that a peak does not tell how large the machine is. */
    private static final List<String> HEAP = List.of("-Xms32m", "-Xmx512m");

    private final List<Running> all = new ArrayList<>();
    private final Path folder = Files.createTempDirectory("attention4j-embed");
    private final Runnable step;

    /** @param step told after each start and each turn */
    public EmbedRun(Runnable step) throws IOException {
        this.step = step;
    }

    /** How often {@code step} is told. */
    public static long steps(int kinds, int rounds) {
        return (long) kinds * (1 + rounds);
    }

    /** A contender that runs, or why it does not. */
    private final class Running {
        private final EmbedKind kind;
        private final PeerProcess process;
        private final List<Double> passes = new ArrayList<>();
        private final List<Double> ones = new ArrayList<>();
        private String version;
        private float[] vectors;
        private double peak = Double.NaN;

        Running(EmbedKind kind, Path texts) throws IOException {
            this.kind = kind;
            Path answer = folder.resolve(all.size() + ".f32");
            process = PeerProcess.start(
                    EmbedMain.class,
                    Map.of(),
                    HEAP,
                    List.of(kind.peerClass(), kind.argument(), texts.toString(), answer.toString()));
            PeerAnswer prepared = process.answer(START_SECONDS);
            if (prepared.has(PeerAnswer.PREPARED)) {
                version = prepared.text(PeerAnswer.PREPARED);
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(answer)).order(ByteOrder.LITTLE_ENDIAN);
                vectors = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(vectors);
            } else {
                version = "did not run: " + prepared.text(PeerAnswer.FAILED);
            }
        }

        void turn() {
            if (vectors != null) {
                time(1, passes);
                time(-ONE_TEXT_CALLS, ones);
            }
        }

        private void time(int calls, List<Double> to) {
            PeerAnswer answer = process.ask(calls, PASS_SECONDS);
            if (answer.has(PeerAnswer.NANOS)) {
                to.add(answer.number(PeerAnswer.NANOS) * 1e-6 / Math.abs(calls));
                peak = answer.fields().path("peakMegabytes").asDouble(Double.NaN);
            } else {
                version = "ended: " + answer.text(PeerAnswer.FAILED);
                vectors = null;
            }
        }

        EmbedRow row(float[] wanted, int texts) {
            double cosine = vectors == null || wanted == null ? Double.NaN : leastCosine(vectors, wanted, texts);
            boolean isRight = cosine >= kind.least() || vectors == null && !kind.isEngine(); // others may be absent
            return new EmbedRow(kind, version, median(passes), median(ones), peak, cosine, isRight);
        }
    }

    private static double median(List<Double> samples) {
        return samples.isEmpty()
                ? Double.NaN
                : samples.stream().sorted().toList().get(samples.size() / 2);
    }

    /** The least cosine of vectors that belong together; NaN if they are not as many. */
    static double leastCosine(float[] a, float[] b, int count) {
        if (a.length != b.length) {
            return Double.NaN;
        }
        int width = a.length / count;
        double least = 1;
        for (int row = 0; row < count; row++) {
            double product = 0;
            double squareA = 0;
            double squareB = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                product += (double) a[i] * b[i];
                squareA += (double) a[i] * a[i];
                squareB += (double) b[i] * b[i];
            }
            double cosine = product / Math.sqrt(squareA * squareB);
            least = Double.isNaN(cosine) ? cosine : Math.min(least, cosine);
        }
        return least;
    }

    /**
     * Starts all, takes turns, and says what each reached, in the order given; the first that answers is the oracle.
     */
    public List<EmbedRow> run(List<EmbedKind> kinds, List<String> texts, int rounds) throws IOException {
        Path file = Files.write(folder.resolve("texts.txt"), texts);
        for (EmbedKind kind : kinds) {
            all.add(new Running(kind, file));
            step.run();
        }
        for (int round = 0; round < rounds; round++) {
            for (Running each : all) {
                each.turn();
                step.run();
            }
        }
        float[] wanted = all.stream()
                .map(each -> each.vectors)
                .filter(vectors -> vectors != null)
                .findFirst()
                .orElse(null);
        return all.stream().map(each -> each.row(wanted, texts.size())).toList();
    }

    @Override
    public void close() throws IOException {
        all.forEach(each -> each.process.close());
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
