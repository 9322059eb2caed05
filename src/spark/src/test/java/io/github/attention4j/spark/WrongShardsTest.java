package io.github.attention4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;

/** What is wrong is said in a sentence, in the driver's exception. */
class WrongShardsTest {
    private final AttentionSpec spec = AttentionSpec.builder()
            .heads(2)
            .queryLength(3)
            .keyLength(40)
            .headDim(8)
            .build();
    private final Sequence sequence = new Sequence(spec);

    private void assertWrong(String sentence, List<KeyShard> shards) {
        JavaRDD<KeyShard> rdd = LocalSpark.context().parallelize(shards, 2);
        ShardedAttention attention = ShardedAttention.of(spec).withDevice("java");
        assertSays(sentence, assertThrows(Exception.class, () -> attention.attend(rdd, sequence.query)));
    }

    private static void assertSays(String sentence, Throwable error) {
        assertTrue(error.getMessage().contains(sentence), error::getMessage);
    }

    private static void assertRefused(String sentence, Runnable call) {
        assertSays(sentence, assertThrows(IllegalArgumentException.class, call::run));
    }

    @Test
    void shardsWhoseArraysDoNotFit() {
        assertWrong(
                "the shard of 20 keys from key 20 on must have 320 elements of key, [1, 2, 20, 8], but has 319",
                List.of(sequence.shard(0, 20), new KeyShard(20, 20, new float[319], new float[320])));
        assertWrong(
                "must have 320 elements of value, [1, 2, 20, 8], but has 300",
                List.of(sequence.shard(0, 20), new KeyShard(20, 20, new float[320], new float[300])));
    }

    @Test
    void keysThatAreMissingTwiceThereOrTooMany() {
        assertWrong("key 10 is in none", List.of(sequence.shard(20, 20), sequence.shard(0, 10)));
        assertWrong("key 0 is in none", List.of());
        assertWrong("key 39 is in none", List.of(sequence.shard(0, 39)));
        assertWrong("keys 15 to 19 are in two", List.of(sequence.shard(0, 20), sequence.shard(15, 25)));
        assertWrong("keys 0 to 39 are in two", List.of(sequence.shard(0, 40), sequence.shard(0, 40)));
        List<KeyShard> beyond = new ArrayList<>(sequence.shards(9));
        beyond.add(new KeyShard(40, 1, new float[16], new float[16]));
        assertWrong("the shard of 1 keys from key 40 on ends beyond the 40 keys of the spec", beyond);
        assertThrows(IllegalArgumentException.class, () -> new KeyShard(-1, 1, new float[16], new float[16]));
    }

    @Test
    void specsThatAreNotComputedInShards() {
        JavaRDD<KeyShard> rdd = sequence.rdd(LocalSpark.context(), 9, 2);
        for (AttentionSpec other : List.of(
                spec.toBuilder().bias(DType.F32).build(),
                spec.toBuilder().type(Operand.KEY, DType.F16).build(),
                spec.toBuilder().score((score, place) -> score.times(2)).build(),
                spec.toBuilder().dropout(0.5f).build())) {
            assertRefused(
                    "but the spec has more", () -> ShardedAttention.of(other).attend(rdd, sequence.query));
        }
        assertRefused("bias", () -> ShardedAttention.of(
                        spec.toBuilder().alibi().bias(DType.F32).build())
                .attend(rdd, sequence.query));
    }

    @Test
    void settingsThatDoNotFitTheSpec() {
        JavaRDD<KeyShard> rdd = sequence.rdd(LocalSpark.context(), 9, 2);
        ShardedAttention attention = ShardedAttention.of(spec);
        assertRefused("query must have 48 elements", () -> attention.attend(rdd, new float[47]));
        assertRefused("the spec does not have key_lengths", () -> attention.withKeyLengths(1));
        ShardedAttention lengths =
                ShardedAttention.of(spec.toBuilder().keyLengths().build());
        assertRefused("give them by withKeyLengths", () -> lengths.attend(rdd, sequence.query));
        assertRefused("must have 1 elements", () -> lengths.withKeyLengths(1, 2));
        assertRefused("but one is 41", () -> lengths.withKeyLengths(41));
        assertRefused("levels must be at least 1", () -> attention.withTreeDepth(0));
        assertRefused(
                "that of one query takes 72: 2 heads of 9 floats",
                () -> attention.withMaxPartBytes(71).attend(rdd, sequence.query));
    }

    @Test
    void aDeviceThatNoExecutorHas() {
        JavaRDD<KeyShard> rdd = sequence.rdd(LocalSpark.context(), 9, 2);
        ShardedAttention attention = ShardedAttention.of(spec).withDevice("accelerator:7");
        assertSays("accelerator:7", assertThrows(Exception.class, () -> attention.attend(rdd, sequence.query)));
    }

    @Test
    void spansThatOverlapAreNamed() {
        KeySpans spans = new KeySpans();
        spans.add(10, 12);
        assertRefused("keys 10 to 11 are in two", () -> spans.add(0, 40));
        assertRefused("keys 11 to 11 are in two", () -> spans.add(11, 40));
        spans.add(12, 20);
        spans.add(0, 10);
        spans.requireAll(20);
        assertRefused("key 20 is in none", () -> spans.requireAll(21));
    }

    @Test
    void anExecutorHasOneEngineForADevice() {
        assertSame(ExecutorEngine.get("java"), ExecutorEngine.get("java"));
        assertNotSame(ExecutorEngine.get("java"), ExecutorEngine.get("reference"));
        assertEquals("true", System.getProperty("uniqueLibraryNames"));
    }

    @Test
    void partsMergePairwise() {
        PairwiseMerge merge = new PairwiseMerge();
        for (int i = 0; i < 11; i++) {
            KeySpans spans = new KeySpans();
            spans.add(i, i + 1);
            merge.add(spans);
        }
        ((KeySpans) merge.result()).requireAll(11);
        assertEquals(null, new PairwiseMerge().result());
        assertEquals(32, OrderedTree.branches(1000, 2));
        assertEquals(8, OrderedTree.branches(10, 2));
    }
}
