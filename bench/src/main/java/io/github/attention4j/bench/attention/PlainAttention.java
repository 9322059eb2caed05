package io.github.attention4j.bench.attention;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Half;
import java.util.stream.IntStream;

/**
 * Attention as anybody writes it first: three plain passes over each row in float arithmetic, rows spread over all processors. It is the
 * baseline that engines are compared to, and its rounding error is the unit of the error budget.
 */
public final class PlainAttention {
    private static final int ROWS = 16;

    private PlainAttention() {}

    /** All rows. */
    public static float[] attend(Problem problem) {
        AttentionSpec spec = problem.spec();
        float[] out = new float[Math.toIntExact(spec.outElements())];
        int rows = spec.batch() * spec.heads() * spec.queryLength();
        IntStream.range(0, (rows + ROWS - 1) / ROWS).parallel().forEach(block -> {
            float[] scores = new float[spec.keyLength()];
            for (int row = block * ROWS; row < Math.min(rows, (block + 1) * ROWS); row++) {
                attendRow(problem, row, scores, false, out, row * spec.valueDim());
            }
        });
        return out;
    }

    /**
     * One row.
     *
     * @param row counts through [batch, heads, queryLength]
     * @param scores room for keyLength floats
     * @param bf16 whether weights and results are rounded to bf16, as arithmetic in bf16 with sums in f32 does; the inputs are as they are
     * @param out receives valueDim floats from {@code outAt} on
     */
    static void attendRow(Problem problem, int row, float[] scores, boolean bf16, float[] out, int outAt) {
        AttentionSpec spec = problem.spec();
        int d = spec.headDim();
        int dv = spec.valueDim();
        int head = row / spec.queryLength(); // counts through [batch, heads]
        int kvHead = head / spec.groupSize(); // and this through [batch, kvHeads]
        int begin = Visible.begin(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
        int end = Visible.end(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
        float[] query = problem.query();
        float[] key = problem.key();
        float[] value = problem.value();
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
        for (int c = 0; c < dv; c++) {
            out[outAt + c] = 0;
        }
        for (int j = begin; j < end; j++) {
            float weight = bf16 ? bf16(scores[j] / sum) : scores[j] / sum;
            int valueAt = (kvHead * spec.keyLength() + j) * dv;
            for (int c = 0; c < dv; c++) {
                out[outAt + c] += weight * value[valueAt + c];
            }
        }
        for (int c = 0; bf16 && c < dv; c++) {
            out[outAt + c] = bf16(out[outAt + c]);
        }
    }

    private static float bf16(float x) {
        return Half.fromBf16(Half.toBf16(x));
    }
}
