package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;

/** The attention operators that ONNX Runtime has, each as a model for a shape. */
public enum OnnxOperator {
    /** Microsoft's, rows before heads; no grouped heads. */
    MULTI_HEAD_ATTENTION {
        @Override
        OnnxModel build(AttentionSpec spec) {
            long b = spec.batch();
            long width = (long) spec.heads() * spec.headDim();
            return new OnnxModel("com.microsoft", "MultiHeadAttention")
                    .input("query", b, spec.queryLength(), width)
                    .input("key", b, spec.keyLength(), width)
                    .input("value", b, spec.keyLength(), width)
                    .output("out", b, spec.queryLength(), width)
                    .attribute("num_heads", spec.heads())
                    .attribute("unidirectional", Case.isCausal(spec) ? 1 : 0)
                    .attribute("scale", spec.scale());
        }
    },
    /** Microsoft's for decoders, rows before heads; always causal, and it also writes a cache. */
    GROUP_QUERY_ATTENTION {
        @Override
        OnnxModel build(AttentionSpec spec) {
            if (!Case.isCausal(spec)) {
                throw new NotOfferedException("GroupQueryAttention is always causal");
            }
            long b = spec.batch();
            long kvWidth = (long) spec.kvHeads() * spec.headDim();
            long[] cache = {b, spec.kvHeads(), spec.keyLength(), spec.headDim()};
            return new OnnxModel("com.microsoft", "GroupQueryAttention")
                    .input("query", b, spec.queryLength(), (long) spec.heads() * spec.headDim())
                    .input("key", b, spec.keyLength(), kvWidth)
                    .input("value", b, spec.keyLength(), kvWidth)
                    .noInput()
                    .noInput()
                    .integers("seqlens_k", b)
                    .integers("total_sequence_length")
                    .output("out", b, spec.queryLength(), (long) spec.heads() * spec.headDim())
                    .output("present_key", cache)
                    .output("present_value", cache)
                    .attribute("num_heads", spec.heads())
                    .attribute("kv_num_heads", spec.kvHeads())
                    .attribute("scale", spec.scale());
        }
    },
    /** ONNX's own, since opset 23; heads before rows. */
    ATTENTION {
        @Override
        OnnxModel build(AttentionSpec spec) {
            long b = spec.batch();
            return new OnnxModel("", "Attention")
                    .input("query", b, spec.heads(), spec.queryLength(), spec.headDim())
                    .input("key", b, spec.kvHeads(), spec.keyLength(), spec.headDim())
                    .input("value", b, spec.kvHeads(), spec.keyLength(), spec.valueDim())
                    .output("out", b, spec.heads(), spec.queryLength(), spec.valueDim())
                    .attribute("is_causal", Case.isCausal(spec) ? 1 : 0)
                    .attribute("scale", spec.scale());
        }
    };

    abstract OnnxModel build(AttentionSpec spec);

    /**
     * A model with this operator as its only node.
     *
     * @throws NotOfferedException if the operator has no such attention
     */
    public OnnxModel model(AttentionSpec spec) {
        PeerContender.causal(spec);
        if (this != ATTENTION && spec.valueDim() != spec.headDim()) {
            throw new NotOfferedException(
                    "keys and values must have rows of one size, not " + spec.headDim() + " and " + spec.valueDim());
        }
        return build(spec);
    }

    /** Whether rows come before heads in its tensors. */
    public boolean rowsFirst() {
        return this != ATTENTION;
    }

    /** Whether keys and values must have as many heads as queries. */
    public boolean expands() {
        return this == MULTI_HEAD_ATTENTION;
    }
}
