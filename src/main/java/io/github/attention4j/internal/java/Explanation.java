package io.github.attention4j.internal.java;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.MicroKernels;

/** What a Java plan does, in words. Put together when asked for: few ask. */
final class Explanation {
    private final AttentionSpec spec;
    private final String tail;

    /**
     * @param threads how many there are
     * @param note the device's, empty if it has none
     */
    Explanation(AttentionSpec spec, int threads, String note) {
        this.spec = spec;
        tail = "\nthreads: " + threads + (note.isEmpty() ? "" : "\n" + note);
    }

    String ofReference() {
        return "REFERENCE: " + (spec.isBackward() ? "pair by pair" : "three passes over the keys")
                + " in double precision, row by row; exact and slow\ncomputes " + spec
                + "\nAttentionEngine.open(\"java\") is the fast pure-Java engine" + tail;
    }

    /** @param tiles their sizes */
    String ofTiles(String tiles) {
        String what = spec.isBackward()
                ? "gradients in one pass over all pairs, weights made again from lse"
                : "one pass over the keys in tiles, online softmax";
        return "JAVA: " + what + "\ncomputes " + spec + "\ntiles: " + tiles + "\nsteps: "
                + (spec.isBackward() ? backwardSteps() : forwardSteps()) + "\nmicro-kernels: "
                + MicroKernels.best().describe() + tail;
    }

    /** What a tile of keys goes through. */
    private String forwardSteps() {
        boolean converted = isConverted(Operand.KEY) || isConverted(Operand.VALUE);
        return (spec.isPaged() ? "pages brought together, " : "")
                + (converted ? "conversion to F32, " : "")
                + (spec.rotary() == null ? "" : "rotation of the keys, ")
                + scores()
                + (spec.has(Operand.SINK) ? "softmax with sink, " : "softmax, ")
                + (spec.has(Operand.DROPOUT_STATE) ? "dropout, " : "")
                + "values"
                + (spec.scoreStage() == null ? "" : "; then the matrix of scores row by row, in double precision");
    }

    /** What a block of queries goes through. */
    private String backwardSteps() {
        boolean converted = isConverted(Operand.QUERY) || isConverted(Operand.GRAD_OUT);
        StringBuilder steps = new StringBuilder((converted ? "conversion to F32, " : "")
                + (spec.rotary() == null ? "" : "rotation of the queries, ")
                + scores()
                + "weights, gradients of weights, "
                + (spec.has(Operand.DROPOUT_STATE) ? "dropout, " : "")
                + "gradients of scores");
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand) && operand != Operand.GRAD_BIAS) {
                steps.append(", ").append(operand.label());
            }
        }
        return steps + (spec.has(Operand.GRAD_BIAS) ? "; pairs again for grad_bias" : "");
    }

    private String scores() {
        boolean ranges = spec.mask().isBounded() || spec.has(Operand.KEY_BEGINS);
        return (spec.has(Operand.ADDITIVE_VECTOR) ? "additive scores, " : "scores, ")
                + (spec.softcap() > 0 ? "softcap, " : "")
                + (spec.score() != null ? "score function, " : "")
                + (spec.has(Operand.ALIBI_SLOPES) ? "ALiBi, " : "")
                + (spec.has(Operand.BIAS) ? "bias, " : "")
                + (spec.has(Operand.KEEP_MASK) ? "keep-mask, " : "")
                + (spec.keep() != null ? "keep function, " : "")
                + (ranges ? "mask by position where it cuts, " : "");
    }

    private boolean isConverted(Operand operand) {
        return Codec.of(spec.operand(operand).dtype()).isConverted();
    }
}
