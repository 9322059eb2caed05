package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.stream.IntStream;

/**
 * The baseline: attention as anybody writes it first, three plain passes over each row of dense floats, rows spread
 * over all processors.
 */
public final class PlainLoops implements Contender {
    /** What the baseline is called in tables. */
    public static final String ENGINE = "plain loops";

    private static final int ROWS = 16;

    private final AttentionSpec spec;
    private final float[] query;
    private final float[] key;
    private final float[] value;
    private final float[] out;

    /** Keeps the arrays. */
    public PlainLoops(Case call) {
        spec = call.spec();
        query = call.floats(Operand.QUERY);
        key = call.floats(Operand.KEY);
        value = call.floats(Operand.VALUE);
        out = new float[Math.toIntExact(spec.outElements())];
    }

    @Override
    public String family() {
        return "loops";
    }

    @Override
    public void run() {
        int rows = spec.batch() * spec.heads() * spec.queryLength();
        IntStream.range(0, (rows + ROWS - 1) / ROWS).parallel().forEach(block -> {
            float[] scores = new float[spec.keyLength()];
            for (int row = block * ROWS; row < Math.min(rows, (block + 1) * ROWS); row++) {
                attend(row, scores);
            }
        });
    }

    /** Computes one row of the output; leaves its weights where the scores are. */
    void attend(int row, float[] scores) {
        int d = spec.headDim();
        int dv = spec.valueDim();
        int head = row / spec.queryLength(); // counts through [batch, heads]
        int kvHead = head / spec.groupSize(); // and this through [batch, kvHeads]
        int begin = Visible.begin(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
        int end = Visible.end(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
        float max = Float.NEGATIVE_INFINITY;
        for (int j = begin; j < end; j++) {
            int keyAt = (kvHead * spec.keyLength() + j) * d;
            float dot = 0;
            for (int c = 0; c < d; c++) {
                dot += query[row * d + c] * key[keyAt + c];
            }
            scores[j] = dot * spec.scale();
            max = Math.max(max, scores[j]);
        }
        float sum = 0;
        for (int j = begin; j < end; j++) {
            scores[j] = (float) Math.exp(scores[j] - max);
            sum += scores[j];
        }
        int outAt = row * dv;
        for (int c = 0; c < dv; c++) {
            out[outAt + c] = 0;
        }
        for (int j = begin; j < end; j++) {
            float weight = scores[j] / sum;
            scores[j] = weight;
            int valueAt = (kvHead * spec.keyLength() + j) * dv;
            for (int c = 0; c < dv; c++) {
                out[outAt + c] += weight * value[valueAt + c];
            }
        }
    }

    @Override
    public float[] output() {
        return out;
    }
}
