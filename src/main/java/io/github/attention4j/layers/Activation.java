package io.github.attention4j.layers;

/** A function of each element. */
public enum Activation {
    /** x. */
    NONE,
    /** max(0, x). */
    RELU,
    /** x · Φ(x) with the normal distribution Φ, by the error function: x/2 · (1 + erf(x/√2)). */
    GELU,
    /** What many models compute in its place: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). */
    GELU_TANH,
    /** x · sigmoid(x) = x / (1 + e⁻ˣ), also called swish. */
    SILU
}
