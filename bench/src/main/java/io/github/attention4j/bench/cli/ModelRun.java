package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.model.EncoderOnDevice;
import io.github.attention4j.bench.model.PackedAttention;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.Verdict;
import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Runs the encoder over a text on one engine after the other, and checks each layer's attention and the embeddings that
 * come out in the end.
 */
final class ModelRun {
    /**
     * How far a component of an embedding (a vector of length 1) may be off: ONNX Runtime itself is off by about a
     * third of this.
     */
    private static final double EMBEDDING_LIMIT = 1e-5;

    private static final String ROW = "  %-15s %15s %10s %15s %9s %13s";
    private static final String GOLDEN_COLUMN = " %14s"; // only where there is something to compare with

    private final EncoderFiles model;
    private final Checks checks;
    private final List<Case> problems = new ArrayList<>();
    /** The text, as the reference reads it. */
    private final List<Reading> text = new ArrayList<>();
    /** Texts as another implementation reads them. */
    private final List<Reading> golden = new ArrayList<>();

    /**
     * What is to be read at once.
     *
     * @param name with {@code %d} for the number of an input
     * @param inputs token ids
     * @param expected embeddings of the inputs
     */
    private record Reading(String name, int[][] inputs, float[][] expected) {}

    /** Runs the reference over the text; the other engines are compared to it. */
    ModelRun(EncoderFiles model, List<int[][]> batches, List<Golden> golden, AttentionEngine reference, Checks checks)
            throws IOException {
        this.model = model;
        this.checks = checks;
        try (EncoderOnDevice encoder = new EncoderOnDevice(model, reference)) {
            for (int[][] batch : batches) {
                float[][] embeddings = encoder.embeddings(batch, (layer, attention, out, nanos) -> {
                    if (layer == 0 && problems.stream().noneMatch(p -> p.spec().equals(attention.spec()))) {
                        problems.add(problem(model.name() + " layer 0", attention));
                    }
                });
                text.add(new Reading("chunk %d of batch " + text.size(), batch, embeddings));
            }
        }
        for (Golden each : golden) {
            float[] all = each.floats("embedding_mean_l2");
            int[][] inputs = each.inputs();
            int size = all.length / inputs.length;
            for (int i = 0; i < inputs.length; i++) {
                float[][] embedding = {Arrays.copyOfRange(all, i * size, (i + 1) * size)};
                String name = each.folder().getFileName() + " " + i;
                this.golden.add(new Reading(name, new int[][] {inputs[i]}, embedding));
            }
        }
    }

    private static Case problem(String name, PackedAttention attention) {
        return Case.of(name, attention.spec(), attention.query(), attention.key(), attention.value());
    }

    /** What the model's first layer asks for on this text: one problem for each shape. */
    List<Case> problems() {
        return List.copyOf(problems);
    }

    /** What stands above the rows. */
    String header() {
        String columns =
                ROW.formatted("device", "attention error", "allowed", "embedding error", "seconds", "in attention");
        return columns + (golden.isEmpty() ? "" : GOLDEN_COLUMN.formatted("golden error"));
    }

    /** Runs one engine over the text, and over those whose embeddings another implementation computed; its row. */
    String row(AttentionEngine engine) throws IOException {
        String device = label(engine);
        try (EncoderOnDevice encoder = new EncoderOnDevice(model, engine)) {
            return row(device, encoder);
        }
    }

    private String row(String device, EncoderOnDevice encoder) {
        double worst = worst(device, text, encoder); // first, so that nothing is compiled while times are taken
        JudgedAttention attention = new JudgedAttention(device);
        for (Reading reading : text) {
            encoder.embeddings(reading.inputs(), attention);
        }
        long start = System.nanoTime();
        text.forEach(reading -> encoder.embeddings(reading.inputs()));
        double seconds = (System.nanoTime() - start) * 1e-9;
        String row = ROW.formatted(
                device,
                "%.1e".formatted(attention.worst.error()),
                "%.1e".formatted(attention.worst.allowed()),
                "%.1e".formatted(worst),
                "%.2f".formatted(seconds),
                "%.2f".formatted(attention.seconds));
        return golden.isEmpty() ? row : row + GOLDEN_COLUMN.formatted("%.1e".formatted(worst(device, golden, encoder)));
    }

    /** Has the encoder read, and checks its embeddings; the largest error, or NaN if there is one. */
    private double worst(String device, List<Reading> readings, EncoderOnDevice encoder) {
        double worst = 0;
        for (Reading reading : readings) {
            float[][] embeddings = encoder.embeddings(reading.inputs());
            for (int input = 0; input < embeddings.length; input++) {
                double error = Verdict.largestDifference(embeddings[input], reading.expected()[input]);
                checks.add(
                        device + ": embedding of " + reading.name().formatted(input),
                        new Verdict(error, EMBEDDING_LIMIT));
                worst = Double.isNaN(worst) || worst > error ? worst : error;
            }
        }
        return worst;
    }

    /** The device, and the kernel if that is not clear from the device. */
    private String label(AttentionEngine engine) {
        String family = engine.plan(problems.get(0).spec()).family().name().toLowerCase(Locale.ROOT);
        String device = engine.device().id();
        return device.equals(family) ? device : device + " " + family;
    }

    /** What an engine's attention gave, judged layer by layer. */
    private final class JudgedAttention implements EncoderOnDevice.Observer {
        private final String device;
        private Verdict worst;
        private double seconds;

        JudgedAttention(String device) {
            this.device = device;
        }

        @Override
        public void attended(int layer, PackedAttention attention, float[] out, long nanos) {
            Case call = problem("layer " + layer, attention);
            Verdict verdict = call.budget().judge(new AttentionArrays().with(Operand.OUT, out), false);
            checks.add(device + ": attention of layer " + layer + ", " + call.shape(), verdict);
            if (worst == null || !(verdict.error() / verdict.allowed() <= worst.error() / worst.allowed())) {
                worst = verdict;
            }
            seconds += nanos * 1e-9;
        }
    }
}
