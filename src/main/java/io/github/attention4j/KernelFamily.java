package io.github.attention4j;

/** The implementations of one meaning. The planner chooses by device; {@link EngineOptions} can force one. */
public enum KernelFamily {
    /**
     * OpenCL, for CPU devices: one work-item per work-group, explicit vectors, one lane per query. Where the processor
     * has a dot product of bf16 and query, key and value are bf16, or {@link Precision#BF16} lets them be rounded to
     * it: f32 sums, weights of bf16.
     */
    LANES,
    /** OpenCL, for wide GPUs: a work-group shares tiles in local memory, each work-item owns a register micro-tile. */
    TILES,
    /**
     * OpenCL, for GPUs with matrix units, where query, key and value are of one 16-bit type: f32 sums, weights of 16
     * bits.
     */
    MATRIX,
    /**
     * OpenCL, for few queries a head, as in text generation: all heads that share keys and values are treated together,
     * and the keys of a query are shared out to work-groups.
     */
    DECODE,
    /** Pure Java, tiled, all cores; with the Vector API where the JVM was started with it. */
    JAVA,
    /** Pure Java in double precision, three plain passes: the definition that everything else is tested against. */
    REFERENCE
}
