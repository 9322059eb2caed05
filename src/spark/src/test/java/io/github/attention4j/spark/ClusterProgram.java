package io.github.attention4j.spark;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionGradients;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.testing.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** A driver of a cluster of which one worker is killed. It prints what happens, for the test and for the pages. */
public final class ClusterProgram {
    static final int SHARDS = 16;
    private static final int SHARD_ROWS = 64;
    static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(4)
            .queryLength(64)
            .keyLength(SHARDS * SHARD_ROWS)
            .headDim(64)
            .causal()
            .build();
    /** Gives the test time to kill somebody. */
    private static final long SHARD_MILLISECONDS = 100;

    private ClusterProgram() {}

    /** Arguments: the process of the worker that is killed. */
    public static void main(String[] arguments) {
        SparkConf conf = new SparkConf()
                .setAppName("killed worker")
                .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            ClusterEvents events = new ClusterEvents();
            spark.sc().addSparkListener(events);
            float[] query = Sequence.random(new Random(7), SPEC.queryElements());
            JavaRDD<KeyShard> shards = spark.parallelize(
                            IntStream.range(0, SHARDS).boxed().toList(), SHARDS)
                    .map(ClusterProgram::slowShard);
            ShardedAttention attention = ShardedAttention.of(SPEC).withDevice("java");
            attention.attend(shards, query); // executors start
            AttentionResult undisturbed = events.run("undisturbed", () -> attention.attend(shards, query));
            events.printTraffic();
            aPartitionLargerThanAnExecutor(spark, events);
            events.killAfter(4, Long.parseLong(arguments[0]));
            AttentionResult disturbed = events.run("disturbed", () -> attention.attend(shards, query));
            System.out.println("bit for bit as undisturbed: "
                    + (Arrays.equals(undisturbed.out(), disturbed.out())
                            && Arrays.equals(undisturbed.lse(), disturbed.lse())));
            compare(query, disturbed, attention.backward(shards, query, disturbed, disturbed.out()));
        }
    }

    private static KeyShard slowShard(int index) throws InterruptedException {
        Thread.sleep(SHARD_MILLISECONDS);
        return shard(index);
    }

    private static KeyShard shard(int index) {
        Random random = new Random(index);
        long elements = (long) SPEC.kvHeads() * SHARD_ROWS * SPEC.headDim();
        float[] key = Sequence.random(random, elements);
        return new KeyShard(index * SHARD_ROWS, SHARD_ROWS, key, Sequence.random(random, elements));
    }

    /** 48 shards of 32 MB in one task, where an executor has 512 MB: their keys are 0, so out is the values' mean. */
    private static void aPartitionLargerThanAnExecutor(JavaSparkContext spark, ClusterEvents events) {
        int rows = 1 << 16;
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(1)
                .keyLength(48 * rows)
                .headDim(64)
                .build();
        JavaRDD<KeyShard> large = spark.parallelize(List.of(0), 1).mapPartitions(partition -> IntStream.range(0, 48)
                .mapToObj(i -> {
                    float[] value = new float[rows * 64];
                    Arrays.fill(value, i);
                    return new KeyShard(i * rows, rows, new float[rows * 64], value);
                })
                .iterator());
        AttentionResult mean = events.run(
                "1.5 GB in one partition",
                () -> ShardedAttention.of(spec).withDevice("java").attend(large, new float[64]));
        System.out.printf(Locale.ROOT, "mean of all values: %.4f%n", mean.out()[63]);
    }

    /**
     * With the definition in double precision, to the budget of float arithmetic, and with one engine over all keys.
     */
    private static void compare(float[] query, AttentionResult answer, ShardedGradients gradients) {
        Sequence all = new Sequence(SPEC);
        System.arraycopy(query, 0, all.query, 0, query.length);
        for (int i = 0; i < SHARDS; i++) {
            all.put(shard(i), all.key, all.value);
        }
        float[] gradKey = new float[all.key.length];
        float[] gradValue = new float[all.value.length];
        gradients.keyValue().collect().forEach(shard -> all.put(shard, gradKey, gradValue));
        all.check(answer, all.arrays());
        all.check(answer, answer.out(), gradients.query(), gradKey, gradValue);
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            AttentionResult one = engine.attendWithLse(SPEC, query, all.key, all.value);
            AttentionGradients backward =
                    engine.attendBackward(SPEC, query, all.key, all.value, one.out(), one.lse(), one.out());
            difference("out", one.out(), answer.out());
            difference("lse", one.lse(), answer.lse());
            difference("gradients of queries", backward.query(), gradients.query());
            difference("gradients of keys", backward.key(), gradKey);
            difference("gradients of values", backward.value(), gradValue);
        }
    }

    private static void difference(String name, float[] one, float[] sharded) {
        System.out.printf(
                Locale.ROOT, "one engine differs by %.1e in %s%n", Verdict.largestDifference(one, sharded), name);
    }
}
