package io.github.attention4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;

/** Attention over shards is attention over the whole sequence. */
class ShardedAttentionTest {
    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(19)
                .keyLength(83)
                .headDim(16)
                .valueDim(24)
                .scale(0.3f);
    }

    private static ShardedAttention of(AttentionSpec spec) {
        return ShardedAttention.of(spec).withDevice("java");
    }

    private static void check(AttentionSpec spec) {
        Sequence sequence = new Sequence(spec);
        sequence.check(of(spec).attend(sequence.rdd(LocalSpark.context(), 13, 4), sequence.query), sequence.arrays());
    }

    @Test
    void shardsOfAnyLengthsInAnyOrder() {
        check(builder().build());
        check(builder().softcap(2).build());
    }

    @Test
    void masksHavePositionsInTheWholeSequence() {
        for (Mask.Alignment alignment : List.of(Mask.Alignment.TOP_LEFT, Mask.Alignment.BOTTOM_RIGHT)) {
            check(builder().causal(alignment).build());
            check(builder().mask(Mask.window(7, 3, alignment)).build());
            check(builder().mask(Mask.window(Mask.UNBOUNDED, 5, alignment)).build());
            check(builder().mask(Mask.window(2, Mask.UNBOUNDED, alignment)).build());
        }
        check(builder().keyLength(11).causal().build()); // the first queries see no key
    }

    @Test
    void diagonalsThatAreGiven() {
        AttentionSpec spec = builder()
                .mask(Mask.window(9, 0, Mask.Alignment.GIVEN))
                .keyLengths()
                .build();
        Sequence sequence = new Sequence(spec);
        AttentionResult answer = of(spec).withDiagonals(-4, 40)
                .withKeyLengths(83, 50)
                .attend(sequence.rdd(LocalSpark.context(), 13, 4), sequence.query);
        sequence.check(
                answer,
                sequence.arrays()
                        .with(Operand.DIAGONALS, new int[] {-4, 40})
                        .with(Operand.KEY_LENGTHS, new int[] {83, 50}));
    }

    @Test
    void keysBeyondTheLengthsMayHoldAnything() {
        AttentionSpec spec = builder().keyLengths().causal().build();
        int[] lengths = {31, 0};
        Sequence sequence = new Sequence(spec);
        for (int head = 0; head < spec.batch() * spec.kvHeads(); head++) {
            int exist = lengths[head / spec.kvHeads()];
            Arrays.fill(sequence.key, (head * 83 + exist) * 16, (head + 1) * 83 * 16, Float.NaN);
            Arrays.fill(sequence.value, (head * 83 + exist) * 24, (head + 1) * 83 * 24, Float.NaN);
        }
        AttentionResult answer =
                of(spec).withKeyLengths(lengths).attend(sequence.rdd(LocalSpark.context(), 13, 4), sequence.query);
        sequence.check(answer, sequence.arrays().with(Operand.KEY_LENGTHS, lengths));
    }

    @Test
    void partitionsMayBeEmptyAndShardsToo() {
        Sequence sequence = new Sequence(builder().build());
        List<KeyShard> shards = sequence.shards(60);
        shards.add(new KeyShard(40, 0, new float[0], new float[0]));
        JavaRDD<KeyShard> rdd = LocalSpark.context().parallelize(shards, 30); // of which most have none
        sequence.check(of(sequence.spec).attend(rdd, sequence.query), sequence.arrays());
    }

    @Test
    void noKeysAtAllButThoseThatDoNotExist() {
        AttentionSpec spec = builder().keyLengths().build();
        Sequence sequence = new Sequence(spec);
        AttentionResult answer =
                of(spec).withKeyLengths(0, 0).attend(sequence.rdd(LocalSpark.context(), 13, 2), sequence.query);
        assertArrayEquals(new float[answer.out().length], answer.out());
        for (float lse : answer.lse()) {
            assertEquals(Float.NEGATIVE_INFINITY, lse);
        }
    }

    @Test
    void manyQueriesInPartsOfAGivenSize() {
        AttentionSpec spec = builder().causal().build();
        Sequence sequence = new Sequence(spec);
        long fourRows = 4L * 2 * 4 * 25 * Float.BYTES;
        JavaRDD<KeyShard> rdd = sequence.rdd(LocalSpark.context(), 13, 20); // a tree of two levels
        AttentionResult answer = of(spec).withMaxPartBytes(fourRows).attend(rdd, sequence.query);
        sequence.check(answer, sequence.arrays());
    }

    @Test
    void theSameBitsOnEveryRun() {
        Sequence sequence = new Sequence(builder().keyLength(300).build());
        JavaRDD<KeyShard> rdd = sequence.rdd(LocalSpark.context(), 5, 30);
        ShardedAttention attention = of(sequence.spec);
        AttentionResult first = attention.attend(rdd, sequence.query);
        sequence.check(first, sequence.arrays());
        for (int run = 0; run < 3; run++) {
            AttentionResult again = attention.attend(rdd, sequence.query);
            assertArrayEquals(first.out(), again.out());
            assertArrayEquals(first.lse(), again.lse());
        }
    }

    /** In three shards, of two lengths, so that little is compiled. */
    private static JavaRDD<KeyShard> thirds(Sequence sequence) {
        return LocalSpark.context()
                .parallelize(List.of(sequence.shard(0, 30), sequence.shard(30, 23), sequence.shard(53, 30)), 2);
    }

    @Test
    void theBestDeviceThatAnExecutorFinds() {
        Sequence sequence = new Sequence(builder().headDim(64).valueDim(64).build());
        AttentionResult answer = ShardedAttention.of(sequence.spec).attend(thirds(sequence), sequence.query);
        sequence.check(answer, sequence.arrays());
    }

    @Test
    void gradients() {
        checkGradients(builder().build(), 1 << 20);
        checkGradients(builder().causal().build(), 5L * 2 * 4 * 25 * Float.BYTES); // in four blocks
        checkGradients(
                builder().mask(Mask.window(6, 1, Mask.Alignment.TOP_LEFT)).build(), 1 << 20); // hides whole shards
    }

    private static void checkGradients(AttentionSpec spec, long maxPartBytes) {
        Sequence sequence = new Sequence(spec);
        ShardedAttention attention = of(spec).withMaxPartBytes(maxPartBytes);
        JavaRDD<KeyShard> shards = thirds(sequence);
        AttentionResult result = attention.attend(shards, sequence.query);
        float[] gradOut = Sequence.random(new Random(1), spec.outElements());
        ShardedGradients gradients = attention.backward(shards, sequence.query, result, gradOut);
        float[] key = new float[sequence.key.length];
        float[] value = new float[sequence.value.length];
        gradients.keyValue().collect().forEach(shard -> sequence.put(shard, key, value));
        sequence.check(result, gradOut, gradients.query(), key, value);
    }
}
