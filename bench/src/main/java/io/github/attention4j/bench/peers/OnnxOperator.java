package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The attention operators that ONNX Runtime has, each as a model of that one node. The models are files beside this
 * class, written by {@code bench/src/peers/onnx-models.py}; sizes have names in them, so that one file serves all
 * shapes.
 */
public enum OnnxOperator {
    /** Microsoft's, rows before heads; no grouped heads. */
    MULTI_HEAD_ATTENTION("multi-head-attention"),
    /** Microsoft's for decoders, rows before heads; always causal, and it also writes a cache. */
    GROUP_QUERY_ATTENTION("group-query-attention"),
    /** ONNX's own, since opset 23; heads before rows. */
    ATTENTION("attention");

    /** Bytes of a number of heads in the files: 2^14 stands there, which is large enough for three. */
    private static final int NUMBER_BYTES = 3;

    private static final int NUMBER_BITS = 7; // in each of them; the eighth says that another follows

    private final String file;

    OnnxOperator(String file) {
        this.file = file;
    }

    /**
     * A model with this operator as its only node, as the bytes of its file.
     *
     * @throws NotOfferedException if the operator has no such attention
     */
    public byte[] model(AttentionSpec spec) {
        boolean causal = Peer.causal(spec);
        if (this == GROUP_QUERY_ATTENTION && !causal) {
            throw new NotOfferedException("GroupQueryAttention is always causal");
        }
        if (rowsFirst() && spec.valueDim() != spec.headDim()) {
            throw new NotOfferedException(
                    "keys and values must have rows of one size, not " + spec.headDim() + " and " + spec.valueDim());
        }
        byte[] model = read(file + (causal ? "-causal.onnx" : ".onnx"));
        if (rowsFirst()) {
            setHeads(model, "num_heads", spec.heads());
        }
        if (this == GROUP_QUERY_ATTENTION) {
            setHeads(model, "kv_num_heads", spec.kvHeads());
        }
        return model;
    }

    /** Whether rows come before heads in its tensors. */
    public boolean rowsFirst() {
        return this != ATTENTION;
    }

    /** Whether keys and values must have as many heads as queries. */
    public boolean expands() {
        return this == MULTI_HEAD_ATTENTION;
    }

    /** The shape of an input or of the output: [batch, rows, heads * columns] or [batch, heads, rows, columns]. */
    public long[] shape(int batch, int heads, int rows, int columns) {
        return rowsFirst()
                ? new long[] {batch, rows, (long) heads * columns}
                : new long[] {batch, heads, rows, columns};
    }

    private static byte[] read(String name) {
        try (InputStream in = OnnxOperator.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the number behind the attribute's name (with its length before it, and the tag of the number behind it).
     */
    private static void setHeads(byte[] model, String attribute, int heads) {
        String name = (char) attribute.length() + attribute + (char) 0x18;
        int at = new String(model, StandardCharsets.ISO_8859_1).indexOf(name) + name.length();
        for (int i = 0; i < NUMBER_BYTES; i++) {
            int bits = heads >>> i * NUMBER_BITS & 0x7f;
            model[at + i] = (byte) (i + 1 < NUMBER_BYTES ? bits | 0x80 : bits);
        }
    }
}
