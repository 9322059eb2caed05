package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Pairs of lanes, and of groups of lanes. */
final class Neighbours {
    static final VectorMask<Float> SECOND1 = second(1);
    static final VectorMask<Float> SECOND2 = second(2);
    static final VectorMask<Float> SECOND4 = second(4);
    static final VectorMask<Float> SECOND8 = second(8);
    static final VectorShuffle<Float> OTHER1 = other(1);
    static final VectorShuffle<Float> OTHER2 = other(2);
    static final VectorShuffle<Float> OTHER4 = other(4);
    static final VectorShuffle<Float> OTHER8 = other(8);

    private Neighbours() {}

    /** The lanes that are the second of two neighbours, or of two groups of so many. */
    private static VectorMask<Float> second(int group) {
        boolean[] lanes = new boolean[VECTOR];
        for (int lane = 0; lane < VECTOR; lane++) {
            lanes[lane] = (lane & group) != 0;
        }
        return VectorMask.fromArray(SPECIES, lanes, 0);
    }

    /** Gives each of two neighbours the other's place, or groups of so many. */
    private static VectorShuffle<Float> other(int group) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ group) % VECTOR);
    }
}
