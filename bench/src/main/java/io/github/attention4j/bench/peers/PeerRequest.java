package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.bench.run.Case;

/**
 * What the process of a contender is to do, a line of JSON: prepare a shape, or run it. The end of its input ends it.
 *
 * @param prepare the shape, or null
 * @param warmUpMillis how long to warm up, with a shape
 * @param output the file for the answer, with a shape
 * @param calls how often to run what was prepared, without a shape
 */
record PeerRequest(Shape prepare, double warmUpMillis, String output, int calls) {

    static PeerRequest prepare(AttentionSpec spec, double warmUpMillis, String output) {
        return new PeerRequest(Shape.of(spec), warmUpMillis, output, 0);
    }

    static PeerRequest run(int calls) {
        return new PeerRequest(null, 0, null, calls);
    }

    /** A spec as far as this comparison goes. */
    record Shape(
            int batch,
            int heads,
            int kvHeads,
            int queryLength,
            int keyLength,
            int headDim,
            int valueDim,
            boolean causal) {
        static Shape of(AttentionSpec spec) {
            return new Shape(
                    spec.batch(),
                    spec.heads(),
                    spec.kvHeads(),
                    spec.queryLength(),
                    spec.keyLength(),
                    spec.headDim(),
                    spec.valueDim(),
                    Case.isCausal(spec));
        }

        AttentionSpec spec() {
            AttentionSpecBuilder builder = AttentionSpec.builder()
                    .batch(batch)
                    .heads(heads)
                    .kvHeads(kvHeads)
                    .queryLength(queryLength)
                    .keyLength(keyLength)
                    .headDim(headDim)
                    .valueDim(valueDim);
            return (causal ? builder.causal() : builder).build();
        }

        /** At most so many rows. */
        Shape cut(int rows) {
            int queries = Math.min(rows, queryLength);
            // As many keys as queries must stay so, for causal masks differ in the other cases.
            int keys = queryLength == keyLength ? queries : Math.min(rows, keyLength);
            return new Shape(batch, heads, kvHeads, queries, keys, headDim, valueDim, causal);
        }
    }
}
