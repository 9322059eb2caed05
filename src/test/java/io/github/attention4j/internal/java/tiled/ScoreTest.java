package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.Score;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scores of pairs and of tiles: one formula. */
class ScoreTest {
    static List<MicroKernels> kernels() {
        return TiledAttentionTest.kernels();
    }

    /** With one key the log-sum-exp is its score. */
    private static float capped(MicroKernels kernels, float score, float cap) {
        int lanes = kernels.lanes(1);
        Panel panel = kernels.newPanels(1, lanes, 1, 1)[0];
        panel.start(Float.NEGATIVE_INFINITY);
        panel.load(new float[] {score}, 0, 1, 1, 1);
        panel.scores(new float[] {1}, 0, 1, 1);
        panel.cap(1, cap);
        panel.softmax(1);
        return panel.lse(0);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void capsWithAFewRoundingErrors(MicroKernels kernels) {
        for (float cap : new float[] {1, 30, 0.01f, 3e8f}) {
            for (float x = 1e-6f; x < 40; x *= 1.03f) {
                for (float score : new float[] {x * cap, -x * cap}) {
                    double wanted = cap * Math.tanh(score / cap);
                    assertEquals(wanted, capped(kernels, score, cap), Math.abs(wanted) * 4e-7, score + " to " + cap);
                }
            }
            assertEquals(0, capped(kernels, 0, cap));
            assertEquals(cap, capped(kernels, Float.POSITIVE_INFINITY, cap));
            assertEquals(-cap, capped(kernels, Float.NEGATIVE_INFINITY, cap));
            assertEquals(Float.NaN, capped(kernels, Float.NaN, cap));
        }
    }

    /** Of each pair, with one key a tile, the log-sum-exp is its score. */
    @ParameterizedTest
    @MethodSource("kernels")
    void aTileGoesThroughTheStepsOfItsPairs(MicroKernels kernels) {
        int queries = 3;
        int keys = 4;
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(1)
                .scale(1)
                .softcap(2)
                .alibi()
                .bias(DType.F32, 1, 1, queries, keys)
                .keepMask(DType.U8, 1, 1, 1, keys)
                .build();
        float[] bias = {0, 1, 2, 3, -1, -2, -3, Float.NEGATIVE_INFINITY, 0.5f, 0.25f, 0, 7};
        Operands operands = Operands.of(
                spec,
                new AttentionArrays()
                        .with(Operand.ALIBI_SLOPES, new float[] {0.5f})
                        .with(Operand.BIAS, bias)
                        .with(Operand.KEEP_MASK, new byte[] {1, 1, 0, 1}));
        Score score = new Score(spec, operands, keys);
        score.start(new Sequence(spec, operands, 0), 0);
        int lanes = kernels.lanes(queries);
        Panel panel = kernels.newPanels(1, lanes, 1, 1)[0];
        float[] terms = new float[keys];
        for (int query = 0; query < queries; query++) {
            score.readTerms(query, terms, keys);
            for (int key = 0; key < keys; key++) {
                panel.start(Float.NEGATIVE_INFINITY);
                panel.load(new float[] {1, 2, 3}, 0, 1, queries, 1);
                panel.scores(new float[] {key - 1}, 0, 1, 1);
                score.ofTile(panel, lanes, 0, queries, key, 1);
                panel.softmax(1);
                double wanted = score.ofPair((query + 1) * (key - 1), query, key, terms[key], ScoreStage.MASKED);
                assertEquals(wanted, panel.lse(query), 1e-5, "query " + query + ", key " + key);
                boolean isHidden = key == 2 || query == 1 && key == 3;
                assertEquals(!isHidden, score.sees(query, key));
                assertEquals(isHidden, wanted == Double.NEGATIVE_INFINITY);
            }
        }
    }
}
