package io.github.attention4j.spark;

import java.io.Serializable;

/** What some of the shards contribute to a result; it travels between executors. */
interface Part extends Serializable {
    /** What the shards of both contribute; {@code other}'s come later in the order of partitions. */
    Part merge(Part other);
}
