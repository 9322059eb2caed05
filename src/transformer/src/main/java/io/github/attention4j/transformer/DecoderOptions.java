package io.github.attention4j.transformer;

import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import java.util.Objects;

/**
 * How a decoder is run.
 *
 * @param device a device's id such as "gpu:0", "cpu:0" or "java", or null for the best that is there
 * @param engine what the engine is told beyond its device, such as the number of threads
 * @param weights how the device keeps the weights of linear layers: F32, F16, BF16, or I8 with a scale a row
 * @param maxTokens how many tokens a text may have, prompt and all; never more than the model knows positions for. The
 *     device keeps room for so many keys and values
 */
public record DecoderOptions(String device, EngineOptions engine, DType weights, int maxTokens) {
    private static final int MAX_TOKENS = 2048;

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public DecoderOptions {
        Objects.requireNonNull(engine, "engine");
        if (weights != DType.F32 && weights != DType.F16 && weights != DType.BF16 && weights != DType.I8) {
            throw new IllegalArgumentException("weights must be F32, F16, BF16 or I8, but are " + weights);
        }
        if (maxTokens < 2) {
            throw new IllegalArgumentException("maxTokens must be at least 2, but is " + maxTokens);
        }
    }

    /** The best device, weights in f32, texts of 2048 tokens if the model can. */
    public static DecoderOptions defaults() {
        return new DecoderOptions(null, EngineOptions.defaults(), DType.F32, MAX_TOKENS);
    }

    /** The same on another device, such as "gpu:0", "cpu:0" or "java". */
    public DecoderOptions withDevice(String device) {
        return new DecoderOptions(device, engine, weights, maxTokens);
    }

    /** The same with another engine. */
    public DecoderOptions withEngine(EngineOptions engine) {
        return new DecoderOptions(device, engine, weights, maxTokens);
    }

    /** The same with weights of another type. */
    public DecoderOptions withWeights(DType weights) {
        return new DecoderOptions(device, engine, weights, maxTokens);
    }

    /** The same with room for texts of so many tokens. */
    public DecoderOptions withMaxTokens(int maxTokens) {
        return new DecoderOptions(device, engine, weights, maxTokens);
    }
}
