package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.golden.Golden;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.examples.encoder.AttentionFunction;
import io.github.attention4j.examples.encoder.MiniLm;
import io.github.attention4j.testing.Verdict;
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

    private final MiniLm model;
    private final List<int[][]> batches;
    private final List<Golden> golden;
    private final Checks checks;
    private final List<Case> problems = new ArrayList<>();
    private final List<float[][]> expected = new ArrayList<>();

    /** Runs the reference over the text; the other engines are compared to it. */
    ModelRun(MiniLm model, List<int[][]> batches, List<Golden> golden, AttentionEngine reference, Checks checks) {
        this.model = model;
        this.batches = batches;
        this.golden = golden;
        this.checks = checks;
        for (int[][] batch : batches) {
            expected.add(model.encoder().embeddings(batch, (layer, spec, query, key, value) -> {
                if (layer == 0 && problems.stream().noneMatch(p -> p.spec().equals(spec))) {
                    problems.add(Case.of(MiniLm.NAME + " layer 0", spec, query, key, value));
                }
                return reference.attend(spec, query, key, value);
            }));
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
        double worst = 0;
        long start = System.nanoTime();
        for (int i = 0; i < batches.size(); i++) {
            float[][] embeddings = model.encoder().embeddings(batches.get(i), attention);
            for (int input = 0; input < embeddings.length; input++) {
                String what = device + ": embedding of chunk " + input + " of batch " + i;
                worst = worse(worst, check(what, embeddings[input], expected.get(i)[input]));
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9 - attention.oracleSeconds;
        String row = ROW.formatted(
                device,
                "%.1e".formatted(attention.worst.error()),
                "%.1e".formatted(attention.worst.allowed()),
                "%.1e".formatted(worst),
                "%.2f".formatted(seconds),
                "%.2f".formatted(attention.attentionSeconds));
        return golden.isEmpty() ? row : row + GOLDEN_COLUMN.formatted("%.1e".formatted(goldenError(engine, device)));
    }

    private double goldenError(AttentionEngine engine, String device) {
        double worst = 0;
        for (Golden each : golden) {
            float[] all = each.floats("embedding_mean_l2");
            int[][] inputs = each.inputs();
            for (int i = 0; i < inputs.length; i++) {
                float[] embedding = model.encoder()
                        .embeddings(
                                new int[][] {inputs[i]},
                                (layer, spec, query, key, value) -> engine.attend(spec, query, key, value))[0];
                float[] right = Arrays.copyOfRange(all, i * embedding.length, (i + 1) * embedding.length);
                String what = device + ": embedding of " + each.folder().getFileName() + " " + i;
                worst = worse(worst, check(what, embedding, right));
            }
        }
        return worst;
    }

    private double check(String what, float[] embedding, float[] right) {
        Verdict verdict = new Verdict(Verdict.largestDifference(embedding, right), EMBEDDING_LIMIT);
        checks.add(what, verdict);
        return verdict.error();
    }

    /** The device, and the kernel if that is not clear from the device. */
    private String label(AttentionEngine engine) {
        String family = engine.plan(problems.get(0).spec()).family().name().toLowerCase(Locale.ROOT);
        String device = engine.device().id();
        return device.equals(family) ? device : device + " " + family;
    }

    private static double worse(double a, double b) {
        return Double.isNaN(a) || a > b ? a : b; // a NaN is the worst
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
