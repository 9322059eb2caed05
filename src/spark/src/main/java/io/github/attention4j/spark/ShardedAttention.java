package io.github.attention4j.spark;

import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Exact attention of queries in the driver over keys and values that are spread over a cluster. The spec is that of the
 * whole call, as for one machine, and so is the answer: queries are broadcast, each task attends to the shards of its
 * partition, and outputs are merged by their log-sum-exp, as a tree in the order of partitions. The same partitions on
 * the same kinds of devices give the same bits on every run, whatever fails in between.
 *
 * <p>Each executor opens one engine, on the best device that it finds, when its first task comes, and closes it when it
 * ends. Objects of this class are not changed: methods that set something return another one.
 */
public final class ShardedAttention {
    private static final long MAX_PART_BYTES = 64L << 20;
    private static final int TREE_DEPTH = 2;

    private final AttentionSpec spec;
    private final int[] keyLengths;
    private final int[] diagonals;
    private final String device;
    private final long maxPartBytes;
    private final int treeDepth;

    private ShardedAttention(
            AttentionSpec spec, int[] keyLengths, int[] diagonals, String device, long maxPartBytes, int treeDepth) {
        this.spec = spec;
        this.keyLengths = keyLengths;
        this.diagonals = diagonals;
        this.device = device;
        this.maxPartBytes = maxPartBytes;
        this.treeDepth = treeDepth;
    }

    /**
     * Over all keys of a sequence.
     *
     * @param spec the whole call: {@code keyLength} counts the keys of all shards; its mask has positions in the whole
     *     sequence. Any sizes, scale, softcap, {@link io.github.attention4j.Mask}, and {@link Operand#KEY_LENGTHS}
     */
    public static ShardedAttention of(AttentionSpec spec) {
        Objects.requireNonNull(spec, "spec");
        return new ShardedAttention(spec, null, null, null, MAX_PART_BYTES, TREE_DEPTH);
    }

    /**
     * With the values of {@link Operand#KEY_LENGTHS}, [batch]: how many keys of the whole sequence each batch entry
     * has. Keys beyond may hold anything.
     *
     * @throws IllegalArgumentException if the spec does not have them, or one is out of range
     */
    public ShardedAttention withKeyLengths(int... keyLengths) {
        requireEntries(Operand.KEY_LENGTHS, keyLengths);
        for (int length : keyLengths) {
            if (length < 0 || length > spec.keyLength()) {
                throw new IllegalArgumentException(
                        "key_lengths must be between 0 and " + spec.keyLength() + ", but one is " + length);
            }
        }
        return new ShardedAttention(spec, keyLengths.clone(), diagonals, device, maxPartBytes, treeDepth);
    }

    /**
     * With the values of {@link Operand#DIAGONALS}, [batch]: at which key of the whole sequence the first query stands.
     *
     * @throws IllegalArgumentException if the spec does not have them
     */
    public ShardedAttention withDiagonals(int... diagonals) {
        requireEntries(Operand.DIAGONALS, diagonals);
        return new ShardedAttention(spec, keyLengths, diagonals.clone(), device, maxPartBytes, treeDepth);
    }

    /** With this device in each executor, such as {@code "gpu:0"} or {@code "java"}, not the best that is there. */
    public ShardedAttention withDevice(String device) {
        Objects.requireNonNull(device, "device");
        return new ShardedAttention(spec, keyLengths, diagonals, device, maxPartBytes, treeDepth);
    }

    /**
     * With parts of at most so many bytes: what of a result a task hands on at once; 64 MB if not set. More queries go
     * in several parts, of one pass over the keys. A task keeps the logarithm of its number of shards times the size of
     * the result.
     *
     * @throws IllegalArgumentException at the call, if one query of all heads has more
     */
    public ShardedAttention withMaxPartBytes(long bytes) {
        return new ShardedAttention(spec, keyLengths, diagonals, device, bytes, treeDepth);
    }

    /** With a tree of so many levels, 2 if not set: each merges the root of that many of the partitions, or 8. */
    public ShardedAttention withTreeDepth(int levels) {
        if (levels < 1) {
            throw new IllegalArgumentException("levels must be at least 1, but are " + levels);
        }
        return new ShardedAttention(spec, keyLengths, diagonals, device, maxPartBytes, levels);
    }

    private void requireEntries(Operand operand, int[] numbers) {
        Objects.requireNonNull(numbers, operand.label());
        if (!spec.has(operand)) {
            throw new IllegalArgumentException("the spec does not have " + operand.label() + "; build it with them");
        }
        if (numbers.length != spec.batch()) {
            throw new IllegalArgumentException(
                    operand.label() + " must have " + spec.batch() + " elements, but has " + numbers.length);
        }
    }

    /**
     * Rows as shards: each row is a key, of all kvHeads, with its value; the spec's batch must be 1. Rows of a
     * partition are sorted by position, and consecutive ones become a shard, so many rows in a partition should follow
     * one another: {@code repartitionByRange(position)} sees to that.
     *
     * @param rows may have more columns
     * @param position column of where the key stands in the whole sequence
     * @param key column of arrays of floats, [kvHeads, headDim]
     * @param value column of arrays of floats, [kvHeads, valueDim]
     * @throws IllegalArgumentException if the spec's batch is not 1
     */
    public JavaRDD<KeyShard> shards(Dataset<Row> rows, String position, String key, String value) {
        Objects.requireNonNull(rows, "rows");
        return KeyRows.shards(rows, position, key, value, call());
    }

    /**
     * Computes attention over all shards.
     *
     * @param shards hold each key of the spec once; gone through once
     * @param query [batch, heads, queryLength, headDim]
     * @return out and lse, whether the spec asks for lse or not
     * @throws IllegalArgumentException if the spec has what is not computed in shards, query does not have its length,
     *     or a key is missing; what is wrong with a shard is the cause of Spark's own exception
     */
    public AttentionResult attend(JavaRDD<KeyShard> shards, float[] query) {
        QueryRows rows = new QueryRows(spec, maxPartBytes);
        ShardedCall call = call();
        requireLength("query", query, spec.queryElements());
        Broadcast<QueryBlock[]> blocks = broadcast(shards, rows.cut(query));
        try {
            ShardWork work = new ShardWork(call, device, blocks);
            return rows.result(merge(shards, work::attend, rows.blocks()));
        } finally {
            blocks.destroy();
        }
    }

    /**
     * Computes the gradients of a loss.
     *
     * @param shards those of the forward call
     * @param query likewise
     * @param result what {@link #attend} gave
     * @param gradOut the loss's gradient with respect to out: [batch, heads, queryLength, valueDim]
     * @throws IllegalArgumentException as {@link #attend}, or if another array does not have its length
     */
    public ShardedGradients backward(JavaRDD<KeyShard> shards, float[] query, AttentionResult result, float[] gradOut) {
        Objects.requireNonNull(result, "result");
        QueryRows rows = new QueryRows(spec, maxPartBytes);
        ShardedCall call = call();
        requireLength("query", query, spec.queryElements());
        requireLength("out", result.out(), spec.outElements());
        requireLength("lse", result.lse(), spec.lseElements());
        requireLength("grad_out", gradOut, spec.outElements());
        // Not destroyed: the gradients of keys and values are computed later; Spark drops it with the last of them.
        Broadcast<QueryBlock[]> blocks = broadcast(shards, rows.cut(query, result.out(), result.lse(), gradOut));
        ShardWork work = new ShardWork(call, device, blocks);
        float[] gradient = rows.gradient(merge(shards, work::queryGradients, rows.blocks()));
        return new ShardedGradients(gradient, shards.map(work::keyGradients));
    }

    private ShardedCall call() {
        requireGiven(Operand.KEY_LENGTHS, keyLengths, "withKeyLengths");
        requireGiven(Operand.DIAGONALS, diagonals, "withDiagonals");
        return new ShardedCall(spec, keyLengths, diagonals);
    }

    private void requireGiven(Operand operand, int[] numbers, String method) {
        if (spec.has(operand) && numbers == null) {
            throw new IllegalArgumentException(
                    "the spec has " + operand.label() + ", but none are given; give them by " + method);
        }
    }

    private static void requireLength(String name, float[] array, long wanted) {
        Objects.requireNonNull(array, name);
        if (array.length != wanted) {
            throw new IllegalArgumentException(
                    name + " must have " + wanted + " elements, as the spec says, but has " + array.length);
        }
    }

    private static Broadcast<QueryBlock[]> broadcast(JavaRDD<KeyShard> shards, QueryBlock[] blocks) {
        return JavaSparkContext.fromSparkContext(
                        Objects.requireNonNull(shards, "shards").context())
                .broadcast(blocks);
    }

    private Part[] merge(
            JavaRDD<KeyShard> shards,
            Function2<Integer, Iterator<KeyShard>, Iterator<Tuple2<Long, Part>>> work,
            int blocks) {
        JavaPairRDD<Long, Part> parts = JavaPairRDD.fromJavaRDD(shards.mapPartitionsWithIndex(work, false));
        Part[] merged = OrderedTree.merge(parts, shards.getNumPartitions(), blocks + 1, treeDepth);
        KeySpans spans = merged[blocks] instanceof KeySpans some ? some : new KeySpans();
        spans.requireAll(spec.keyLength());
        return Arrays.copyOf(merged, blocks);
    }
}
