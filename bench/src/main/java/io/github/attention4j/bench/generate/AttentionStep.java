package io.github.attention4j.bench.generate;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import java.util.List;

/**
 * Plan and tensors for so many tokens at once, used again and again by all layers. Queries lie as a linear layer gives them: [token, head,
 * column], which to the rotary embedding is a batch with one row for each token.
 */
final class AttentionStep implements AutoCloseable {
    private final DeviceTensor query;
    private final DeviceTensor key;
    private final DeviceTensor value;
    private final DeviceTensor out;
    private final DeviceTensor positions;
    private final AttentionPlan plan;
    private final AttentionTensors[] tensors;

    AttentionStep(AttentionEngine engine, DecoderConfig config, int rows, List<KvCache> caches) {
        int heads = config.heads();
        int columns = config.headDim();
        query = engine.allocate(DType.F32, rows, heads, 1, columns);
        key = engine.allocate(DType.F32, 1, rows, config.kvHeads(), columns);
        value = engine.allocate(DType.F32, 1, rows, config.kvHeads(), columns);
        out = engine.allocate(DType.F32, rows, heads, 1, columns);
        positions = engine.allocate(DType.I32, rows, 1, 1, 1);
        Layout rowsFirst = Layout.rowsFirst(heads, rows, columns);
        AttentionSpec spec = caches.get(0)
                .applyTo(AttentionSpec.builder().heads(heads).queryLength(rows).causal())
                .layout(Operand.QUERY, rowsFirst)
                .layout(Operand.OUT, rowsFirst)
                .build();
        plan = engine.plan(spec);
        tensors = new AttentionTensors[caches.size()];
        for (int layer = 0; layer < tensors.length; layer++) {
            tensors[layer] = caches.get(layer)
                    .addTo(new AttentionTensors())
                    .with(Operand.QUERY, query)
                    .with(Operand.OUT, out);
        }
    }

    /** Copies a layer's rows to the device; the first of them is at position {@code first} of the text. */
    void upload(Stream stream, int first, float[] queries, float[] keys, float[] values) {
        int[] at = new int[positions.batch()];
        for (int i = 0; i < at.length; i++) {
            at[i] = first + i;
        }
        positions.upload(stream, at);
        query.upload(stream, queries);
        key.upload(stream, keys);
        value.upload(stream, values);
    }

    DeviceTensor query() {
        return query;
    }

    DeviceTensor key() {
        return key;
    }

    DeviceTensor value() {
        return value;
    }

    DeviceTensor positions() {
        return positions;
    }

    /** Attends the queries to the cache of a layer. */
    void enqueue(Stream stream, int layer) {
        plan.enqueue(stream, tensors[layer]);
    }

    /** What the queries found, [token, head, column]. */
    float[] download(Stream stream) {
        float[] result = new float[Math.toIntExact(out.elements())];
        out.download(stream, result);
        return result;
    }

    @Override
    public void close() {
        query.close();
        key.close();
        value.close();
        out.close();
        positions.close();
    }
}
