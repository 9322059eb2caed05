package io.github.attention4j.spark;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/** What a task does with the shards of its partition, on the engine of its executor. */
final class ShardWork implements Serializable {
    private static final long serialVersionUID = 1;

    private final ShardedCall call;
    private final String device;
    private final Broadcast<QueryBlock[]> blocks;

    ShardWork(ShardedCall call, String device, Broadcast<QueryBlock[]> blocks) {
        this.call = call;
        this.device = device;
        this.blocks = blocks;
    }

    /** What a part of a block of queries over one shard is. */
    private interface Computing {
        Part part(QueryBlock block, KeyShard shard);
    }

    /** Output and log-sum-exp of each block of queries over a partition, and the spans of its keys. */
    Iterator<Tuple2<Long, Part>> attend(int partition, Iterator<KeyShard> shards) {
        return parts(partition, shards, this::attend);
    }

    /** The gradient of each block of queries, as far as it comes from a partition, and the spans of its keys. */
    Iterator<Tuple2<Long, Part>> queryGradients(int partition, Iterator<KeyShard> shards) {
        return parts(partition, shards, this::queryGradient);
    }

    /** Shards come one after the other, so a partition may be larger than memory. */
    private Iterator<Tuple2<Long, Part>> parts(int partition, Iterator<KeyShard> shards, Computing computing) {
        QueryBlock[] queries = blocks.value();
        PairwiseMerge[] merges = new PairwiseMerge[queries.length];
        KeySpans spans = new KeySpans();
        while (shards.hasNext()) {
            KeyShard shard = shards.next();
            call.require(shard);
            spans.add(shard.firstKey(), shard.firstKey() + shard.rows());
            for (int i = 0; i < queries.length; i++) {
                if (call.sees(queries[i], shard)) {
                    merges[i] = merges[i] == null ? new PairwiseMerge() : merges[i];
                    merges[i].add(computing.part(queries[i], shard));
                }
            }
        }
        List<Tuple2<Long, Part>> parts = new ArrayList<>();
        for (int i = 0; i < merges.length; i++) {
            if (merges[i] != null) {
                parts.add(new Tuple2<>(OrderedTree.place(i, partition), merges[i].result()));
            }
        }
        parts.add(new Tuple2<>(OrderedTree.place(merges.length, partition), spans));
        return parts.iterator();
    }

    private Part attend(QueryBlock block, KeyShard shard) {
        AttentionSpec spec = call.spec(block, shard);
        float[] out = new float[Math.toIntExact(spec.outElements())];
        float[] lse = new float[Math.toIntExact(spec.lseElements())];
        engine().attend(spec, arrays(block, shard, out, lse));
        return new AttentionPart(out, lse);
    }

    private Part queryGradient(QueryBlock block, KeyShard shard) {
        float[] gradient = new float[block.query.length];
        AttentionSpec spec = call.spec(block, shard).backward(Operand.QUERY);
        engine().attend(spec, backwardArrays(block, shard).with(Operand.GRAD_QUERY, gradient));
        return new GradientPart(gradient);
    }

    /** The gradients of the keys and values of a shard. */
    KeyShard keyGradients(KeyShard shard) {
        call.require(shard);
        float[] key = new float[shard.key().length];
        float[] value = new float[shard.value().length];
        for (QueryBlock block : blocks.value()) {
            if (call.sees(block, shard)) {
                AttentionSpec spec = call.spec(block, shard).backward(Operand.KEY, Operand.VALUE).toBuilder()
                        .accumulate()
                        .build();
                AttentionArrays arrays =
                        backwardArrays(block, shard).with(Operand.GRAD_KEY, key).with(Operand.GRAD_VALUE, value);
                engine().attend(spec, arrays);
            }
        }
        return new KeyShard(shard.firstKey(), shard.rows(), key, value);
    }

    private AttentionArrays backwardArrays(QueryBlock block, KeyShard shard) {
        return arrays(block, shard, block.out, block.lse).with(Operand.GRAD_OUT, block.gradOut);
    }

    private AttentionArrays arrays(QueryBlock block, KeyShard shard, float[] out, float[] lse) {
        AttentionArrays arrays =
                AttentionArrays.of(block.query, shard.key(), shard.value(), out).with(Operand.LSE, lse);
        int[] keyLengths = call.keyLengths(shard);
        int[] diagonals = call.diagonals(block, shard);
        if (keyLengths != null) {
            arrays.with(Operand.KEY_LENGTHS, keyLengths);
        }
        if (diagonals != null) {
            arrays.with(Operand.DIAGONALS, diagonals);
        }
        return arrays;
    }

    private AttentionEngine engine() {
        return ExecutorEngine.get(device);
    }
}
