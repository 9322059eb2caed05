package io.github.attention4j.onnx;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.Functions;
import io.github.attention4j.score.Place;
import io.github.attention4j.score.ScoreFunction;
import java.util.Map;
import java.util.Set;

/**
 * ONNX's preview operator FlexAttention. Its graph on scores is a score function; one on the finished softmax takes two
 * more calls, of what is above 0 and of what is below, which know the first one's log-sum-exp.
 */
final class OnnxFlexAttention {
    private static final Set<String> ATTRIBUTES = Set.of("scale", "score_mod", "prob_mod", "softmax_precision");

    /** The tensor with the first call's log-sum-exp. */
    private static final int LSE = CallTensor.MOST - 1;

    private final OnnxNode node;
    private final OnnxHeads query;
    private final OnnxHeads key;
    private final OnnxHeads value;
    private final OnnxTerms terms;

    OnnxFlexAttention(OnnxNode node, Map<String, OnnxTensor> tensors) {
        this.node = node;
        node.require(ATTRIBUTES, 3, 1);
        query = heads(node.required(0, tensors));
        key = heads(node.required(1, tensors));
        value = heads(node.required(2, tensors));
        terms = new OnnxTerms(query.batch(), query.heads(), query.rows(), key.rows());
    }

    private static OnnxHeads heads(OnnxTensor tensor) {
        return new OnnxHeads(tensor, tensor.dims()[1]);
    }

    private FloatTerm changed(String graph, FloatTerm score, Place place) {
        Object of = node.attributes().get(graph);
        return of == null ? score : terms.apply((OnnxGraph) of, score, place);
    }

    private AttentionSpecBuilder spec(ScoreFunction function) {
        AttentionSpecBuilder spec = AttentionSpec.builder()
                .batch(query.batch())
                .heads(query.heads())
                .kvHeads(key.heads())
                .queryLength(query.rows())
                .keyLength(key.rows())
                .headDim(query.columns())
                .valueDim(value.columns())
                .score(function);
        query.describe(spec, Operand.QUERY);
        key.describe(spec, Operand.KEY);
        value.describe(spec, Operand.VALUE);
        terms.describe(spec);
        if (node.has("scale")) {
            spec.scale(node.number("scale", 1));
        }
        return spec.returnLse();
    }

    /** What a call with a score function computes; of its out and log-sum-exp in floats. */
    private record Result(float[] out, float[] lse) {}

    private Result attend(AttentionEngine engine, AttentionSpec spec, float[] before) {
        AttentionArrays arrays = new AttentionArrays();
        query.tensor().give(arrays, Operand.QUERY);
        key.tensor().give(arrays, Operand.KEY);
        value.tensor().give(arrays, Operand.VALUE);
        terms.give(arrays);
        if (before != null) {
            arrays.with(Operand.SCORE_TENSOR_3, before);
        }
        Result result = new Result(new float[(int) spec.outElements()], new float[(int) spec.lseElements()]);
        engine.attend(spec, arrays.with(Operand.OUT, result.out).with(Operand.LSE, result.lse));
        return result;
    }

    Map<String, OnnxTensor> run(AttentionEngine engine) {
        ScoreFunction scores = (score, place) -> changed("score_mod", score, place);
        Result result = attend(engine, spec(scores).build(), null);
        float[] out = node.has("prob_mod") ? changedWeights(engine, scores, result.lse) : result.out;
        int[] dims = {query.batch(), query.heads(), query.rows(), value.columns()};
        OnnxType type = query.tensor().type();
        return Map.of(node.output(0), OnnxTensor.of(OnnxType.FLOAT, dims, out).as(type));
    }

    private float[] changedWeights(AttentionEngine engine, ScoreFunction scores, float[] lse) {
        float[] out = new float[OnnxTensor.count(query.batch(), query.heads(), query.rows(), value.columns())];
        for (int sign = 1; sign >= -1; sign -= 2) {
            int side = sign;
            ScoreFunction weights = Functions.weights(scores, LSE, (weight, place) -> changed("prob_mod", weight, place)
                    .times(side));
            AttentionSpec spec = spec(weights)
                    .scoreTensor(LSE, DType.F32, query.batch(), query.heads(), query.rows())
                    .build();
            Result part = attend(engine, spec, lse);
            for (int i = 0; i < out.length; i++) {
                out[i] += (float) (side * part.out[i] * Math.exp(part.lse[i / value.columns()]));
            }
        }
        return out;
    }
}
