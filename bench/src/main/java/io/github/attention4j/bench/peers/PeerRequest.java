package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Shapes;

/**
 * What the process of a contender is to do, a line of JSON: prepare a shape, or run it. The end of its input ends it.
 *
 * @param shape as {@link Case#shape} writes it, or null to run what was prepared
 * @param warmUpMillis how long to warm up, with a shape
 * @param output the file for the answer, with a shape
 * @param calls how often to run, without a shape
 */
record PeerRequest(String shape, double warmUpMillis, String output, int calls) {
    static PeerRequest prepare(AttentionSpec spec, double warmUpMillis, String output) {
        return new PeerRequest(Case.shape(spec), warmUpMillis, output, 0);
    }

    static PeerRequest run(int calls) {
        return new PeerRequest(null, 0, null, calls);
    }

    AttentionSpec spec() {
        return Shapes.parse(shape);
    }

    /** The spec with so many rows at most. */
    static AttentionSpec cut(AttentionSpec spec, int rows) {
        int queries = Math.min(rows, spec.queryLength());
        // As many keys as queries must stay so, for causal masks differ in the other cases.
        int keys = spec.queryLength() == spec.keyLength() ? queries : Math.min(rows, spec.keyLength());
        return spec.toBuilder().queryLength(queries).keyLength(keys).build();
    }
}
