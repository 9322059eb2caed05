package io.github.attention4j.spark;

import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The README's first example: queries over keys that no machine has all of. */
public final class Attend {
    private static final int ROWS = 1024;

    private Attend() {}

    /** No arguments. */
    public static void main(String[] arguments) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(
                SparkSession.builder().getOrCreate().sparkContext());
        JavaRDD<Integer> files = spark.parallelize(IntStream.range(0, 8).boxed().toList(), 4);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(8)
                .queryLength(16)
                .keyLength(8 * ROWS) // those of all shards
                .headDim(64)
                .causal()
                .build();
        JavaRDD<KeyShard> shards =
                files.map(file -> new KeyShard(file * ROWS, ROWS, read(2 * file), read(2 * file + 1)));
        AttentionResult result = ShardedAttention.of(spec).attend(shards, query(spec));
        System.out.println(result.out().length + " numbers over " + spec.keyLength() + " keys");
    }

    private static float[] query(AttentionSpec spec) {
        return Sequence.random(new Random(1), spec.queryElements());
    }

    /** As if it were a file's: [heads, rows, headDim]. */
    private static float[] read(int file) {
        return Sequence.random(new Random(file), 8L * ROWS * 64);
    }
}
