package io.github.attention4j.examples;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.Functions;
import java.util.Random;

/** A score function and a mask of one's own, with a table that is given at each call and has a gradient. */
public final class OwnScores {
    private static final int HEADS = 4;
    private static final int LENGTH = 256;

    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(HEADS)
                .sequenceLength(LENGTH)
                .headDim(32)
                .score((score, place) -> { // called here, once
                    FloatTerm distance = place.query().minus(place.key()).abs().toFloat();
                    FloatTerm penalty = place.tensor(0).at(place.head());
                    return score.minus(penalty.times(distance.plus(1).log()));
                })
                .keep(Functions.strided(16, 8))
                .scoreTensor(0, DType.F32, HEADS)
                .returnLse()
                .build();
        System.out.println(spec.score());
        float[] query = random(spec.queryElements());
        float[] key = random(spec.keyElements());
        float[] value = random(spec.valueElements());
        float[] penalties = {0, 0.5f, 1, 2};
        float[] out = new float[Math.toIntExact(spec.outElements())];
        float[] lse = new float[Math.toIntExact(spec.lseElements())];
        float[] gradPenalties = new float[HEADS];
        try (AttentionEngine engine = AttentionEngine.open()) {
            engine.attend(spec, arrays(query, key, value, out, lse, penalties));
            AttentionArrays backward = arrays(query, key, value, out, lse, penalties)
                    .with(Operand.GRAD_OUT, random(out.length))
                    .with(Operand.GRAD_SCORE_TENSOR_0, gradPenalties);
            engine.attend(spec.backward(Operand.SCORE_TENSOR_0), backward);
            System.out.println("out[0] = " + out[0] + ", gradient of the second penalty = " + gradPenalties[1]);
        }
    }

    private static AttentionArrays arrays(
            float[] query, float[] key, float[] value, float[] out, float[] lse, float[] penalties) {
        return AttentionArrays.of(query, key, value, out)
                .with(Operand.LSE, lse)
                .with(Operand.SCORE_TENSOR_0, penalties);
    }

    private static float[] random(long elements) {
        Random random = new Random(elements);
        float[] data = new float[Math.toIntExact(elements)];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat() - 0.5f;
        }
        return data;
    }
}
