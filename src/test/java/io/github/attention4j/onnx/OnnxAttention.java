package io.github.attention4j.onnx;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** ONNX's operator Attention, versions 23 to 25, as one call of an engine. */
final class OnnxAttention {
    private static final Set<String> ATTRIBUTES = Set.of(
            "is_causal",
            "kv_num_heads",
            "q_num_heads",
            "qk_matmul_output_mode",
            "scale",
            "softcap",
            "softmax_precision");
    private static final Set<String> WINDOW = Set.of("left_window_size", "right_window_size");
    /**
     * Float, half, double, bfloat. The softmax of an engine is in floats whatever is asked for; double is met within
     * the tolerance.
     */
    private static final Set<Integer> PRECISIONS = Set.of(1, 10, 11, 16);

    private final OnnxNode node;
    private final OnnxHeads query;
    private final OnnxHeads key;
    private final OnnxHeads value;
    /** Or null. */
    private final OnnxMask attnMask;
    /** Keys that were in the cache already, or -1 without a cache. */
    private final int pastRows;
    /** How many keys of each batch entry exist, or null for all. */
    private final int[] keyLengths;

    private final Mask mask;
    private final AttentionSpec spec;

    /** Checks the request; what the operator does not have or does not allow is refused. */
    OnnxAttention(OnnxNode node, Map<String, OnnxTensor> tensors) {
        this.node = node;
        Set<String> known = new TreeSet<>(ATTRIBUTES);
        if (node.version() >= 25) {
            known.addAll(WINDOW);
        }
        node.require(known, node.version() >= 24 ? 7 : 6, 4);
        query = heads("q_num_heads", node.required(0, tensors));
        OnnxHeads newKey = heads("kv_num_heads", node.required(1, tensors));
        OnnxHeads newValue = heads("kv_num_heads", node.required(2, tensors));
        OnnxTensor pastKey = node.input(4, tensors);
        OnnxTensor pastValue = node.input(5, tensors);
        OnnxTensor lengths = node.input(6, tensors);
        if ((pastKey == null) != (pastValue == null) || pastKey != null && lengths != null) {
            throw new IllegalArgumentException(
                    "past_key and past_value go together, and not with nonpad_kv_seqlen, but the inputs are "
                            + node.inputs());
        }
        key = pastKey == null ? newKey : newKey.behind(pastKey);
        value = pastValue == null ? newValue : newValue.behind(pastValue);
        pastRows = pastKey == null ? -1 : key.rows() - newKey.rows();
        keyLengths = lengths == null ? null : lengths.ints();
        OnnxTensor maskTensor = node.input(3, tensors);
        attnMask = maskTensor == null ? null : new OnnxMask(maskTensor, key.rows());
        mask = mask();
        requireOneShape();
        requirePrecision();
        spec = spec();
    }

    private OnnxHeads heads(String attribute, OnnxTensor tensor) {
        boolean rowsFirst = tensor.rank() == 3;
        if (rowsFirst ? !node.has(attribute) : node.has(attribute) && node.version() >= 25) {
            throw new IllegalArgumentException(attribute + " goes with tensors of 3 dimensions, but is "
                    + (rowsFirst ? "missing" : "given") + " for one of " + Arrays.toString(tensor.dims()));
        }
        return new OnnxHeads(tensor, node.integer(attribute, rowsFirst ? 0 : tensor.dims()[1]));
    }

    private void requireOneShape() {
        OnnxHeads.requireSame(
                "batch entries of query, key and value",
                List.of(query.batch(), query.batch()),
                List.of(key.batch(), value.batch()));
        OnnxHeads.requireSame("columns of query and key", query.columns(), key.columns());
        OnnxHeads.requireSame("heads of key and value", key.heads(), value.heads());
        OnnxHeads.requireSame("rows of key and value", key.rows(), value.rows());
        if (keyLengths != null) {
            OnnxHeads.requireSame("batch entries and nonpad_kv_seqlen", query.batch(), keyLengths.length);
        }
    }

    private void requirePrecision() {
        if (node.has("softmax_precision") && !PRECISIONS.contains(node.integer("softmax_precision", 0))) {
            throw new IllegalArgumentException("softmax_precision must be a float type, one of " + PRECISIONS
                    + ", but is " + node.integer("softmax_precision", 0));
        }
    }

    private Mask mask() {
        int left = node.integer("left_window_size", Mask.UNBOUNDED);
        int right = node.integer("right_window_size", Mask.UNBOUNDED);
        if (node.integer("is_causal", 0) != 0 && right >= Mask.UNBOUNDED) {
            right = 0; // no window reaches beyond it
        }
        boolean hasCache = pastRows >= 0 || keyLengths != null;
        Mask mask = Mask.window(left, right, hasCache ? Mask.Alignment.GIVEN : Mask.Alignment.TOP_LEFT);
        return mask.isBounded() ? mask : Mask.none();
    }

    /** How far the scores have come in the fourth output, or null if it is not asked for. */
    private ScoreStage stage() {
        int mode = node.integer("qk_matmul_output_mode", 0);
        ScoreStage stage =
                switch (mode) {
                    case 0 -> ScoreStage.SCALED;
                    case 1 -> ScoreStage.CAPPED;
                    case 2 -> ScoreStage.MASKED;
                    case 3 -> ScoreStage.WEIGHTS;
                    default ->
                        throw new IllegalArgumentException("qk_matmul_output_mode must be 0 to 3, but is " + mode);
                };
        return node.output(3).isEmpty() ? null : stage;
    }

    /**
     * Scores before the mask are those of keys that do not exist too, where ONNX counts them with nonpad_kv_seqlen.
     * Then every key exists, and the rows see a range of them.
     */
    private boolean showsKeysBeyondLengths() {
        ScoreStage stage = stage();
        return keyLengths != null && (stage == ScoreStage.SCALED || stage == ScoreStage.CAPPED);
    }

    private AttentionSpec spec() {
        AttentionSpecBuilder spec = AttentionSpec.builder()
                .batch(query.batch())
                .heads(query.heads())
                .kvHeads(key.heads())
                .queryLength(query.rows())
                .keyLength(key.rows())
                .headDim(query.columns())
                .valueDim(value.columns())
                .mask(mask);
        query.describe(spec, Operand.QUERY);
        key.describe(spec, Operand.KEY);
        value.describe(spec, Operand.VALUE);
        out().describe(spec, Operand.OUT);
        if (node.has("scale")) {
            spec.scale(node.number("scale", 1));
        }
        if (node.number("softcap", 0) != 0) {
            spec.softcap(node.number("softcap", 0));
        }
        if (attnMask != null) {
            attnMask.describe(spec);
        }
        if (showsKeysBeyondLengths()) {
            spec.keyRanges();
        } else if (keyLengths != null) {
            spec.keyLengths();
        }
        if (stage() != null) {
            spec.returnScores(stage());
        }
        return spec.build();
    }

    /** An output of zeros, laid out and typed like the query. */
    private OnnxHeads out() {
        int[] dims = query.isRowsFirst()
                ? new int[] {query.batch(), query.rows(), query.heads() * value.columns()}
                : new int[] {query.batch(), query.heads(), query.rows(), value.columns()};
        OnnxTensor zeros = new OnnxTensor(query.tensor().type(), dims, new double[OnnxTensor.count(dims)]);
        return new OnnxHeads(zeros, query.heads());
    }

    /** Computes the outputs that are asked for, by name. */
    Map<String, OnnxTensor> run(AttentionEngine engine) {
        AttentionArrays arrays = new AttentionArrays();
        query.tensor().give(arrays, Operand.QUERY);
        key.tensor().give(arrays, Operand.KEY);
        value.tensor().give(arrays, Operand.VALUE);
        OnnxTensor zeros = out().tensor();
        Object out = zeros.array();
        OnnxTensor.give(arrays, Operand.OUT, out);
        givePositions(arrays);
        if (attnMask != null) {
            attnMask.give(arrays);
        }
        int[] scoreDims = {query.batch(), query.heads(), query.rows(), key.rows()};
        float[] scores = new float[OnnxTensor.count(scoreDims)];
        if (stage() != null) {
            arrays.with(Operand.SCORES, scores);
        }
        engine.attend(spec, arrays);

        Map<String, OnnxTensor> outputs = new HashMap<>();
        outputs.put(node.output(0), OnnxTensor.of(zeros.type(), zeros.dims(), out));
        outputs.put(node.output(1), key.headsFirst().tensor());
        outputs.put(node.output(2), value.headsFirst().tensor());
        outputs.put(
                node.output(3), OnnxTensor.of(OnnxType.FLOAT, scoreDims, scores).as(zeros.type()));
        outputs.remove(""); // those not asked for
        return outputs;
    }

    private void givePositions(AttentionArrays arrays) {
        if (spec.has(Operand.DIAGONALS)) {
            int[] diagonals = new int[query.batch()];
            for (int batch = 0; batch < diagonals.length; batch++) {
                diagonals[batch] = keyLengths == null ? pastRows : keyLengths[batch] - query.rows();
            }
            arrays.with(Operand.DIAGONALS, diagonals);
        }
        if (spec.has(Operand.KEY_LENGTHS)) {
            arrays.with(Operand.KEY_LENGTHS, keyLengths);
        }
        if (spec.has(Operand.KEY_ENDS)) {
            int[] ends = new int[query.batch() * query.rows()];
            for (int i = 0; i < ends.length; i++) {
                ends[i] = keyLengths[i / query.rows()];
            }
            arrays.with(Operand.KEY_BEGINS, new int[ends.length]).with(Operand.KEY_ENDS, ends);
        }
    }
}
