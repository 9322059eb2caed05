package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.Verdict;
import io.github.attention4j.transformer.internal.encoder.AttentionFunction;
import io.github.attention4j.transformer.internal.encoder.EncoderModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Runs the encoder over a text with its attention on one engine after the other, and checks each layer's attention and
 * the embeddings that come out in the end.
 */
final class ModelRun {
    /**
     * How far a component of an embedding (a vector of length 1) may be off: ONNX Runtime itself is off by about a
     * third of this.
     */
    private static final double EMBEDDING_LIMIT = 1e-5;

    private static final String ROW = "  %-15s %15s %10s %15s %9s %13s";
    private static final String GOLDEN_COLUMN = " %14s"; // only where there is something to compare with

    private final EncoderModel model;
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
    ModelRun(EncoderModel model, List<int[][]> batches, List<Golden> golden, AttentionEngine reference, Checks checks) {
        this.model = model;
        this.checks = checks;
        for (int[][] batch : batches) {
            float[][] embeddings = model.encoder().embeddings(batch, (layer, spec, query, key, value) -> {
                if (layer == 0 && problems.stream().noneMatch(p -> p.spec().equals(spec))) {
                    problems.add(Case.of(model.name() + " layer 0", spec, query, key, value));
                }
                return reference.attend(spec, query, key, value);
            });
            text.add(new Reading("chunk %d of batch " + text.size(), batch, embeddings));
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
    String row(AttentionEngine engine) {
        String device = label(engine);
        CheckedAttention attention = new CheckedAttention(engine);
        long start = System.nanoTime();
        double worst = worst(device, text, attention);
        double seconds = (System.nanoTime() - start) * 1e-9 - attention.oracleSeconds;
        String row = ROW.formatted(
                device,
                "%.1e".formatted(attention.worst.error()),
                "%.1e".formatted(attention.worst.allowed()),
                "%.1e".formatted(worst),
                "%.2f".formatted(seconds),
                "%.2f".formatted(attention.attentionSeconds));
        if (golden.isEmpty()) {
            return row;
        }
        double error =
                worst(device, golden, (layer, spec, query, key, value) -> engine.attend(spec, query, key, value));
        return row + GOLDEN_COLUMN.formatted("%.1e".formatted(error));
    }

    /** Has the encoder read, and checks its embeddings; the largest error, or NaN if there is one. */
    private double worst(String device, List<Reading> readings, AttentionFunction attention) {
        double worst = 0;
        for (Reading reading : readings) {
            float[][] embeddings = model.encoder().embeddings(reading.inputs(), attention);
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

    /** An engine's attention, judged at each call; the time for judging is kept apart. */
    private final class CheckedAttention implements AttentionFunction {
        private final AttentionEngine engine;
        private Verdict worst;
        private double attentionSeconds;
        private double oracleSeconds;

        CheckedAttention(AttentionEngine engine) {
            this.engine = engine;
        }

        @Override
        public float[] attend(int layer, AttentionSpec spec, float[] query, float[] key, float[] value) {
            long start = System.nanoTime();
            float[] out = engine.attend(spec, query, key, value);
            long attended = System.nanoTime();
            Verdict verdict = Case.of("layer " + layer, spec, query, key, value)
                    .budget()
                    .judge(new AttentionArrays().with(Operand.OUT, out), false);
            checks.add(label(engine) + ": attention of layer " + layer + ", " + Case.shape(spec), verdict);
            if (worst == null || !(verdict.error() / verdict.allowed() <= worst.error() / worst.allowed())) {
                worst = verdict;
            }
            attentionSeconds += (attended - start) * 1e-9;
            oracleSeconds += (System.nanoTime() - attended) * 1e-9;
            return out;
        }
    }
}
