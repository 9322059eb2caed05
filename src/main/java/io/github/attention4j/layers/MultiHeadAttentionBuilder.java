package io.github.attention4j.layers;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.KvCache;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Asks for a {@link MultiHeadAttention}. Width, heads and {@link #attention} must be given; what is not set: as many
 * kvHeads as heads, headDim width / heads, packed weights with biases, no residual, everything F32.
 */
public final class MultiHeadAttentionBuilder {
    int width;
    int memoryWidth;
    int heads;
    int kvHeads;
    int headDim;
    boolean isCross;
    boolean isSeparate;
    boolean hasBias = true;
    boolean hasResidual;
    boolean hasBackward;
    DType inputType = DType.F32;
    DType weightType = DType.F32;
    DType outType = DType.F32;
    KvCache cache;
    UnaryOperator<AttentionSpecBuilder> options;

    MultiHeadAttentionBuilder() {}

    /** Columns of input and out. */
    public MultiHeadAttentionBuilder width(int width) {
        this.width = LayerChecks.atLeastOne("width", width);
        return this;
    }

    /** Query heads. */
    public MultiHeadAttentionBuilder heads(int heads) {
        this.heads = LayerChecks.atLeastOne("heads", heads);
        return this;
    }

    /** Key/value heads, a divisor of heads. */
    public MultiHeadAttentionBuilder kvHeads(int kvHeads) {
        this.kvHeads = LayerChecks.atLeastOne("kvHeads", kvHeads);
        return this;
    }

    /** Columns of a head. */
    public MultiHeadAttentionBuilder headDim(int headDim) {
        this.headDim = LayerChecks.atLeastOne("headDim", headDim);
        return this;
    }

    /**
     * Lengths and options of the attention itself: batch, queryLength, keyLength or sequenceLength, masks, ragged rows
     * and all else that a spec has. Heads, headDim, types and layouts are set already; with a {@link #cache}, also
     * batch and keyLength.
     */
    public MultiHeadAttentionBuilder attention(UnaryOperator<AttentionSpecBuilder> options) {
        this.options = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * Keys and values are made of {@link MultiHeadOperand#MEMORY}.
     *
     * @param memoryWidth its columns; width, unless there are {@link #separateWeights}
     */
    public MultiHeadAttentionBuilder cross(int memoryWidth) {
        this.memoryWidth = LayerChecks.atLeastOne("memoryWidth", memoryWidth);
        isCross = true;
        return this;
    }

    /** Query, key and value have weights, and biases, of their own: those of Hugging Face's models. */
    public MultiHeadAttentionBuilder separateWeights() {
        isSeparate = true;
        return this;
    }

    /** There are no biases. */
    public MultiHeadAttentionBuilder withoutBias() {
        hasBias = false;
        return this;
    }

    /** Calls have {@link MultiHeadOperand#RESIDUAL}. */
    public MultiHeadAttentionBuilder residual() {
        hasResidual = true;
        return this;
    }

    /**
     * Types of input, which all that is between has too, of weights and biases, and of out and residual. Weights may
     * also be I8, with a scale for each row; biases are F32 then.
     */
    public MultiHeadAttentionBuilder types(DType input, DType weight, DType out) {
        inputType = LayerChecks.requireFloat("input", input);
        weightType = weight == DType.I8 ? weight : LayerChecks.requireFloat("weight", weight);
        outType = LayerChecks.requireFloat("out", out);
        return this;
    }

    /**
     * Each call appends its keys and values to a cache and attends to all that is there, for text generation. The
     * cache's order must be {@link io.github.attention4j.Layout.Order#BATCH_ROW_HEAD}. Entry b of the batch is sequence
     * b, as the cache has it.
     */
    public MultiHeadAttentionBuilder cache(KvCache cache) {
        this.cache = Objects.requireNonNull(cache, "cache");
        return this;
    }

    /** Calls may be followed by those of their gradients. */
    public MultiHeadAttentionBuilder backward() {
        hasBackward = true;
        return this;
    }

    /**
     * Checks the request, plans all of it and allocates what lies between.
     *
     * @throws IllegalArgumentException if something was not set, or does not fit together
     * @throws io.github.attention4j.UnsupportedByDeviceException if no kernel fits the engine's device
     * @throws io.github.attention4j.DeviceException if the device has not enough memory left
     */
    public MultiHeadAttention plan(AttentionEngine engine) {
        Objects.requireNonNull(engine, "engine");
        return new MultiHeadAttention(engine, new MultiHeadShapes(this));
    }
}
