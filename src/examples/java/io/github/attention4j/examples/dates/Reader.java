package io.github.attention4j.examples.dates;

/** The encoder: a GRU from the first character to the last, and one from the last to the first, side by side. */
final class Reader {
    private final Gru forward;
    private final Gru backward;
    private final int half;

    /**
     * What was read.
     *
     * @param rows [text, step][width]: what both know at each character; rows beyond a text's end are 0
     */
    record Reading(Batch batch, Gru.Run forward, Gru.Run backward, float[][] rows) {}

    Reader(Parameters parameters, int width) {
        half = width / 2;
        forward = new Gru(parameters, "forward encoder", Alphabet.READ.size(), half);
        backward = new Gru(parameters, "backward encoder", Alphabet.READ.size(), half);
    }

    Reading read(Batch batch) {
        int steps = batch.textLength();
        Gru.Run there = forward.run(batch.forward());
        Gru.Run back = backward.run(batch.backward());
        float[][] rows = new float[batch.size() * steps][2 * half];
        for (int i = 0; i < batch.size(); i++) {
            int length = batch.lengths()[i];
            for (int step = 0; step < length; step++) {
                float[] row = rows[i * steps + step];
                System.arraycopy(there.states()[step + 1][i], 0, row, 0, half);
                System.arraycopy(back.states()[length - step][i], 0, row, half, half);
            }
        }
        return new Reading(batch, there, back, rows);
    }

    /** @param gradRows of {@link Reading#rows} */
    void backward(Reading reading, float[][] gradRows, Gradients gradients) {
        Batch batch = reading.batch;
        int steps = batch.textLength();
        float[][][] gradThere = new float[steps][batch.size()][half];
        float[][][] gradBack = new float[steps][batch.size()][half];
        for (int i = 0; i < batch.size(); i++) {
            int length = batch.lengths()[i];
            for (int step = 0; step < length; step++) {
                float[] row = gradRows[i * steps + step];
                System.arraycopy(row, 0, gradThere[step][i], 0, half);
                System.arraycopy(row, half, gradBack[length - 1 - step][i], 0, half);
            }
        }
        forward.backward(reading.forward, gradThere, gradients);
        backward.backward(reading.backward, gradBack, gradients);
    }
}
