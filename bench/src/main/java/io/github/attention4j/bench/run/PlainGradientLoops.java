package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Forward and backward as anybody writes them first, over dense floats: key/value heads spread over all processors. */
public final class PlainGradientLoops implements Contender {
    private final AttentionSpec spec;
    private final PlainLoops forward;
    private final float[] query;
    private final float[] key;
    private final float[] value;
    private final float[] gradOut;
    private final float[] gradQuery;
    private final float[] gradKey;
    private final float[] gradValue;

    /** @param call {@link Case#withGradOut} */
    public PlainGradientLoops(Case call) {
        spec = call.spec();
        forward = new PlainLoops(call);
        query = call.floats(Operand.QUERY);
        key = call.floats(Operand.KEY);
        value = call.floats(Operand.VALUE);
        gradOut = call.floats(Operand.GRAD_OUT);
        gradQuery = new float[query.length];
        gradKey = new float[key.length];
        gradValue = new float[value.length];
    }

    @Override
    public String family() {
        return "loops";
    }

    @Override
    public void run() {
        Arrays.fill(gradQuery, 0);
        Arrays.fill(gradKey, 0);
        Arrays.fill(gradValue, 0);
        int rows = spec.groupSize() * spec.queryLength();
        IntStream.range(0, spec.batch() * spec.kvHeads()).parallel().forEach(kvHead -> {
            float[] weights = new float[spec.keyLength()];
            for (int row = kvHead * rows; row < (kvHead + 1) * rows; row++) {
                forward.attend(row, weights);
                row(kvHead, row, weights);
            }
        });
    }

    private void row(int kvHead, int row, float[] weights) {
        int begin = Visible.begin(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
        int end = Visible.end(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
        int d = spec.headDim();
        int dv = spec.valueDim();
        float delta = 0;
        for (int c = 0; c < dv; c++) {
            delta += gradOut[row * dv + c] * forward.output()[row * dv + c];
        }
        for (int j = begin; j < end; j++) {
            int keyAt = (kvHead * spec.keyLength() + j) * d;
            int valueAt = (kvHead * spec.keyLength() + j) * dv;
            float gradWeight = 0;
            for (int c = 0; c < dv; c++) {
                gradWeight += gradOut[row * dv + c] * value[valueAt + c];
                gradValue[valueAt + c] += weights[j] * gradOut[row * dv + c];
            }
            float gradDot = weights[j] * (gradWeight - delta) * spec.scale();
            for (int c = 0; c < d; c++) {
                gradQuery[row * d + c] += gradDot * key[keyAt + c];
                gradKey[keyAt + c] += gradDot * query[row * d + c];
            }
        }
    }

    /** {@link Gradients}. */
    @Override
    public float[] output() {
        return Gradients.joined(gradQuery, gradKey, gradValue);
    }
}
