package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.memory.Codec;
import java.util.EnumMap;
import java.util.Map;

/** The loops of {@link VectorRowProducts} for one type of elements. */
record RowLoops(RowScorer scorer, RowAdder adder) {
    /** Those of all types; none where vectors have a length that their sums are not written for. */
    static Map<Codec, RowLoops> all() {
        Map<Codec, RowLoops> all = new EnumMap<>(Codec.class);
        if (VECTOR == 4 || VECTOR == 8 || VECTOR == 16) {
            all.put(Codec.F32, new RowLoops(new RowScores(), new RowSums()));
            for (Codec codec : new Codec[] {Codec.F16, Codec.BF16, Codec.I8}) {
                all.put(
                        codec,
                        new RowLoops(
                                PerType.define(RowScores.class, RowScorer.class, codec),
                                PerType.define(RowSums.class, RowAdder.class, codec)));
            }
            all.put(Codec.I4, new RowLoops(new HalfByteScores(), new HalfByteSums()));
        }
        return all;
    }
}
