package io.github.attention4j.spark;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/**
 * Merges the parts of all partitions over the cluster, as a tree in the order of partitions. Spark's own
 * {@code treeReduce} merges what comes first, so that no two of its runs need give the same bits.
 */
final class OrderedTree {
    /** A shuffle costs more than to merge so many. */
    private static final int FEWEST_BRANCHES = 8;

    private OrderedTree() {}

    /** Names what partition {@code index} contributes to a slot. */
    static long place(int slot, int index) {
        return (long) slot << 32 | index;
    }

    private static int slot(long place) {
        return (int) (place >>> 32);
    }

    /**
     * Computes and merges them.
     *
     * @param parts by {@link #place}, each at most once
     * @param partitions how many indices there are
     * @param slots how many results there are
     * @param depth levels of the tree
     * @return the merged part of each slot, null where there is none
     */
    static Part[] merge(JavaPairRDD<Long, Part> parts, int partitions, int slots, int depth) {
        int branches = branches(partitions, depth);
        JavaPairRDD<Long, Part> level = parts;
        for (int count = partitions; count > 1; count = groups(count, branches)) {
            level = level.repartitionAndSortWithinPartitions(new Branches(slots, groups(count, branches), branches))
                    .mapPartitionsToPair(sorted -> mergeSorted(sorted, branches));
        }
        Part[] merged = new Part[slots];
        for (Tuple2<Long, Part> part : level.collect()) {
            merged[slot(part._1)] = part._2;
        }
        return merged;
    }

    /** Parts that are merged into one at each level. */
    static int branches(int partitions, int depth) {
        return Math.max(FEWEST_BRANCHES, (int) Math.ceil(Math.pow(partitions, 1.0 / depth)));
    }

    private static int groups(int count, int branches) {
        return (count + branches - 1) / branches;
    }

    /** All that reaches one partition is of one slot and one group. */
    private static Iterator<Tuple2<Long, Part>> mergeSorted(Iterator<Tuple2<Long, Part>> sorted, int branches) {
        PairwiseMerge merge = new PairwiseMerge();
        long place = 0;
        while (sorted.hasNext()) {
            Tuple2<Long, Part> next = sorted.next();
            place = place(slot(next._1), next._1.intValue() / branches);
            merge.add(next._2);
        }
        Part merged = merge.result();
        return merged == null
                ? List.<Tuple2<Long, Part>>of().iterator()
                : List.of(new Tuple2<>(place, merged)).iterator();
    }

    /** Brings the parts of a slot, and of them those that are merged into one, together. */
    private static final class Branches extends Partitioner {
        private static final long serialVersionUID = 1;

        private final int slots;
        private final int groups;
        private final int branches;

        Branches(int slots, int groups, int branches) {
            this.slots = slots;
            this.groups = groups;
            this.branches = branches;
        }

        @Override
        public int numPartitions() {
            return Math.multiplyExact(slots, groups);
        }

        @Override
        public int getPartition(Object key) {
            long place = (Long) key;
            return slot(place) * groups + (int) place / branches;
        }
    }
}
