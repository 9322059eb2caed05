package io.github.attention4j.examples.dates;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.examples.dates.Reader.Reading;
import io.github.attention4j.examples.dates.Writer.Writing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From a date as people write it to {@code 2021-05-03}, a character at a time: a reader, a decoder that looks at what
 * was read, and a writer. The decoder knows of the text only through attention: it begins with zeros, and its states
 * depend on nothing but the characters before. So all queries of a text are known at once when the right answer is, and
 * a whole batch is one call.
 */
final class Translator {
    private final Parameters parameters;
    private final int width;
    private final Reader reader;
    private final Gru decoder;
    private final AttentionLayer attention;
    private final Writer writer;

    /** @param width columns of what was read, of the decoder's states, and so of attention's rows; even */
    Translator(AttentionForm form, int width, AttentionEngine engine, long seed) {
        this.width = width;
        parameters = new Parameters(seed);
        reader = new Reader(parameters, width);
        decoder = new Gru(parameters, "decoder", Alphabet.WRITTEN.size(), width);
        attention = new AttentionLayer(parameters, form, width, engine);
        writer = new Writer(parameters, width);
    }

    Parameters parameters() {
        return parameters;
    }

    /** How long the engine's calls took, those of several threads together. */
    double attentionSeconds() {
        return attention.seconds();
    }

    /** The loss of a batch, summed over characters, and its gradients. */
    Gradients gradients(Batch batch) {
        Gradients gradients = new Gradients(parameters);
        Reading reading = reader.read(batch);
        Gru.Run run = decoder.run(batch.writtenBefore());
        float[][] states = byText(run.states(), 1);
        AttentionLayer.Call call = attention.forward(states, reading.rows(), batch.lengths());
        Writing writing = writer.forward(call.out(), states);

        Writer.RowGradients written = writer.backward(writing, right(batch), gradients);
        AttentionLayer.RowGradients attended = attention.backward(call, written.brought(), gradients);
        Rows.add(attended.states(), written.states());
        decoder.backward(run, byStep(written.states(), batch.size()), gradients);
        reader.backward(reading, attended.read(), gradients);
        return gradients;
    }

    /** What it writes, and where it looks while the characters before are the right ones. */
    List<Alignment> align(List<WrittenDate> dates) {
        Batch batch = Batch.of(dates);
        Reading reading = reader.read(batch);
        List<String> written = write(batch, reading);
        float[][] states = byText(decoder.run(batch.writtenBefore()).states(), 1);
        float[][] weights = attention.weights(states, reading.rows(), batch.lengths());
        List<Alignment> alignments = new ArrayList<>();
        for (int i = 0; i < dates.size(); i++) {
            float[][] rows = new float[Batch.WRITTEN][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = Arrays.copyOf(weights[i * rows.length + row], batch.lengths()[i]);
            }
            alignments.add(new Alignment(dates.get(i), written.get(i), rows));
        }
        return alignments;
    }

    /** Each character the likeliest after those that it wrote before. */
    private List<String> write(Batch batch, Reading reading) {
        float[][] states = new float[batch.size()][width];
        int[] characters = new int[batch.size()];
        StringBuilder[] texts = new StringBuilder[batch.size()];
        Arrays.setAll(texts, i -> new StringBuilder());
        for (int step = 0; step < Batch.WRITTEN; step++) {
            states = decoder.next(characters, states);
            AttentionLayer.Call call = attention.forward(states, reading.rows(), batch.lengths());
            float[][] scores = writer.forward(call.out(), states).scores();
            for (int i = 0; i < characters.length; i++) {
                characters[i] = likeliest(scores[i]);
                texts[i].append(Alphabet.WRITTEN.character(characters[i]));
            }
        }
        return Arrays.stream(texts).map(StringBuilder::toString).toList();
    }

    private static int likeliest(float[] scores) {
        int best = 0;
        for (int j = 1; j < scores.length; j++) {
            if (scores[j] > scores[best]) {
                best = j;
            }
        }
        return best;
    }

    /** [step][text] as rows [text, step]; the first steps are left out. */
    private static float[][] byText(float[][][] steps, int leftOut) {
        int count = steps.length - leftOut;
        float[][] rows = new float[steps[0].length * count][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = steps[leftOut + row % count][row / count];
        }
        return rows;
    }

    /** Rows [text, step] as [step][text]. */
    private static float[][][] byStep(float[][] rows, int texts) {
        int count = rows.length / texts;
        float[][][] steps = new float[count][texts][];
        for (int row = 0; row < rows.length; row++) {
            steps[row % count][row / count] = rows[row];
        }
        return steps;
    }

    private static int[] right(Batch batch) {
        int[] right = new int[batch.size() * Batch.WRITTEN];
        for (int row = 0; row < right.length; row++) {
            right[row] = batch.written()[row % Batch.WRITTEN][row / Batch.WRITTEN];
        }
        return right;
    }
}
