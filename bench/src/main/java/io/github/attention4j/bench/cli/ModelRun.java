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
    static final double EMBEDDING_LIMIT = 1e-5;

    /** The golden cases of this model. */
    static final List<String> GOLDEN = List.of("minilm-batch4", "minilm-long512");

    private final MiniLm model;
    private final List<int[][]> batches;
    private final Checks checks;
    private final List<Case> problems = new ArrayList<>();
    private final List<float[][]> expected = new ArrayList<>();

    /** What came out for one engine. */
    record Outcome(String device, Verdict worstLayer, double embeddingError, double seconds, double attentionSeconds) {}

    /** Runs the reference over the text; the other engines are compared to it. */
    ModelRun(MiniLm model, List<int[][]> batches, AttentionEngine reference, Checks checks) {
        this.model = model;
        this.batches = batches;
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

    /** Runs one engine over the text. */
    Outcome run(AttentionEngine engine) {
        String device = label(engine);
        CheckedAttention attention = new CheckedAttention(engine);
        double worstEmbedding = 0;
        long start = System.nanoTime();
        for (int i = 0; i < batches.size(); i++) {
            float[][] embeddings = model.encoder().embeddings(batches.get(i), attention);
            for (int input = 0; input < embeddings.length; input++) {
                Verdict verdict = new Verdict(
                        Verdict.largestDifference(embeddings[input], expected.get(i)[input]), EMBEDDING_LIMIT);
                checks.add(device + ": embedding of chunk " + input + " of batch " + i, verdict);
                worstEmbedding = worse(worstEmbedding, verdict.error());
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9 - attention.oracleSeconds;
        return new Outcome(device, attention.worst, worstEmbedding, seconds, attention.attentionSeconds);
    }

    /** Checks an engine's embeddings of the golden texts; the largest error, or NaN if there are none. */
    double runGolden(AttentionEngine engine, List<Golden> cases) {
        double worst = cases.isEmpty() ? Double.NaN : 0;
        for (Golden golden : cases) {
            worst = worse(worst, runGolden(engine, golden));
        }
        return worst;
    }

    private double runGolden(AttentionEngine engine, Golden golden) {
        float[] all = golden.floats("embedding_mean_l2");
        double worst = 0;
        int[][] inputs = golden.inputs();
        for (int i = 0; i < inputs.length; i++) {
            float[] embedding = model.encoder()
                    .embeddings(
                            new int[][] {inputs[i]},
                            (layer, spec, query, key, value) -> engine.attend(spec, query, key, value))[0];
            float[] right = Arrays.copyOfRange(all, i * embedding.length, (i + 1) * embedding.length);
            Verdict verdict = new Verdict(Verdict.largestDifference(embedding, right), EMBEDDING_LIMIT);
            checks.add(label(engine) + ": embedding of " + golden.folder().getFileName() + " " + i, verdict);
            worst = worse(worst, verdict.error());
        }
        return worst;
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
