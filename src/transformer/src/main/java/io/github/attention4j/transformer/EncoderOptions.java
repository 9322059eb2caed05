package io.github.attention4j.transformer;

import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import java.util.Objects;

/**
 * How a model is run.
 *
 * @param device a device's id such as "gpu:0", "cpu:0" or "java", or null for the best that is there
 * @param engine what the engine is told beyond its device, such as the number of threads; with a split size
 *     ({@link EngineOptions#withSplitSize}) the bits of an embedding do not depend on the batch that a text is in
 * @param weights how the device keeps the weights of linear layers: F32, F16, BF16, or I8 with a scale a row
 * @param batchTokens how many tokens go through the model at once, at most; a longer text goes alone
 * @param maxTokens how many tokens of a text are read at most, with the marks of its start and end; never more than the
 *     model knows positions for
 */
public record EncoderOptions(String device, EngineOptions engine, DType weights, int batchTokens, int maxTokens) {
    private static final int BATCH_TOKENS = 2048;
    private static final int MARKS = 2;

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public EncoderOptions {
        Objects.requireNonNull(engine, "engine");
        if (weights != DType.F32 && weights != DType.F16 && weights != DType.BF16 && weights != DType.I8) {
            throw new IllegalArgumentException("weights must be F32, F16, BF16 or I8, but are " + weights);
        }
        if (batchTokens < 1) {
            throw new IllegalArgumentException("batchTokens must be at least 1, but is " + batchTokens);
        }
        if (maxTokens < MARKS) {
            throw new IllegalArgumentException("maxTokens must be at least " + MARKS
                    + ", the marks of a text's start and end, but is " + maxTokens);
        }
    }

    /** The best device, weights in f32, texts as long as the model can read them. */
    public static EncoderOptions defaults() {
        return new EncoderOptions(null, EngineOptions.defaults(), DType.F32, BATCH_TOKENS, Integer.MAX_VALUE);
    }

    /** The same on another device, such as "gpu:0", "cpu:0" or "java". */
    public EncoderOptions withDevice(String device) {
        return new EncoderOptions(device, engine, weights, batchTokens, maxTokens);
    }

    /** The same with weights of another type. */
    public EncoderOptions withWeights(DType weights) {
        return new EncoderOptions(device, engine, weights, batchTokens, maxTokens);
    }

    /** The same with so many tokens at once. */
    public EncoderOptions withBatchTokens(int batchTokens) {
        return new EncoderOptions(device, engine, weights, batchTokens, maxTokens);
    }

    /** The same with longer texts cut after so many tokens, the marks of start and end among them. */
    public EncoderOptions withMaxTokens(int maxTokens) {
        return new EncoderOptions(device, engine, weights, batchTokens, maxTokens);
    }

    /** The same with so many threads of a pure-Java engine, 0 for one a processor. */
    public EncoderOptions withThreads(int threads) {
        return withEngine(engine.withThreads(threads));
    }

    /** The same with another engine. */
    public EncoderOptions withEngine(EngineOptions engine) {
        return new EncoderOptions(device, engine, weights, batchTokens, maxTokens);
    }
}
