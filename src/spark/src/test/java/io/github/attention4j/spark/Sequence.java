package io.github.attention4j.spark;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.GradientBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Random queries, keys and values of a spec, whole and in shards. */
final class Sequence {
    final AttentionSpec spec;
    final float[] query;
    final float[] key;
    final float[] value;

    Sequence(AttentionSpec spec) {
        this.spec = spec;
        Random random = new Random(spec.keyLength());
        query = random(random, spec.queryElements());
        key = random(random, spec.keyElements());
        value = random(random, spec.valueElements());
    }

    static float[] random(Random random, long elements) {
        float[] numbers = new float[Math.toIntExact(elements)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** The keys from {@code first} on. */
    KeyShard shard(int first, int rows) {
        return new KeyShard(
                first, rows, rows(key, spec.headDim(), first, rows), rows(value, spec.valueDim(), first, rows));
    }

    private float[] rows(float[] all, int columns, int first, int rows) {
        int heads = spec.batch() * spec.kvHeads();
        float[] some = new float[heads * rows * columns];
        for (int head = 0; head < heads; head++) {
            int from = (head * spec.keyLength() + first) * columns;
            System.arraycopy(all, from, some, head * rows * columns, rows * columns);
        }
        return some;
    }

    /** The reverse of {@link #shard}: gradients of shards as those of the whole. */
    void put(KeyShard shard, float[] keys, float[] values) {
        put(shard, shard.key(), keys, spec.headDim());
        put(shard, shard.value(), values, spec.valueDim());
    }

    private void put(KeyShard shard, float[] some, float[] all, int columns) {
        for (int head = 0; head < spec.batch() * spec.kvHeads(); head++) {
            int to = (head * spec.keyLength() + shard.firstKey()) * columns;
            System.arraycopy(some, head * shard.rows() * columns, all, to, shard.rows() * columns);
        }
    }

    /** Shards of one to {@code longest} keys, the last first. */
    List<KeyShard> shards(int longest) {
        List<KeyShard> shards = new ArrayList<>();
        int rows = 1;
        for (int first = 0; first < spec.keyLength(); first += rows, rows = rows % longest + 1) {
            rows = Math.min(rows, spec.keyLength() - first);
            shards.add(0, shard(first, rows));
        }
        return shards;
    }

    JavaRDD<KeyShard> rdd(JavaSparkContext spark, int longest, int partitions) {
        return spark.parallelize(shards(longest), partitions);
    }

    AttentionArrays arrays() {
        return new AttentionArrays()
                .with(Operand.QUERY, query)
                .with(Operand.KEY, key)
                .with(Operand.VALUE, value);
    }

    /** Checks an answer against the definition in double precision. */
    void check(AttentionResult answer, AttentionArrays inputs) {
        AttentionArrays outputs =
                new AttentionArrays().with(Operand.OUT, answer.out()).with(Operand.LSE, answer.lse());
        Budget.check(spec.toString(), spec.withLse(true), inputs, outputs);
    }

    /** Checks gradients likewise. */
    void check(AttentionResult answer, float[] gradOut, float[] gradQuery, float[] gradKey, float[] gradValue) {
        AttentionArrays inputs = arrays().with(Operand.OUT, answer.out())
                .with(Operand.LSE, answer.lse())
                .with(Operand.GRAD_OUT, gradOut);
        AttentionArrays outputs = new AttentionArrays()
                .with(Operand.GRAD_QUERY, gradQuery)
                .with(Operand.GRAD_KEY, gradKey)
                .with(Operand.GRAD_VALUE, gradValue);
        GradientBudget.of(spec.backward(), inputs).check(spec.toString(), outputs, outputs, null);
    }
}
