package io.github.attention4j.onnx;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.Stream;
import java.util.Map;
import java.util.Set;

/**
 * ONNX's operator TensorScatter, version 24: rows are written into a cache, each entry's from an index on. A
 * {@link KvCache} only grows, so its rows are appended in order, the old ones and the new ones where they belong. They
 * are read as the scores of queries with a single 1, which are the keys themselves.
 */
final class OnnxTensorScatter {
    private static final Set<String> ATTRIBUTES = Set.of("mode", "axis");

    private final OnnxNode node;
    private final OnnxTensor past;
    private final OnnxTensor update;
    private final int[] begins;
    private final boolean isCircular;
    private final int batch;
    private final int heads;
    private final int rows;
    private final int newRows;
    private final int columns;

    OnnxTensorScatter(OnnxNode node, Map<String, OnnxTensor> tensors) {
        this.node = node;
        node.require(ATTRIBUTES, 3, 1);
        past = node.required(0, tensors);
        update = node.required(1, tensors);
        Object mode = node.attributes().getOrDefault("mode", "linear");
        isCircular = mode.equals("circular");
        if (!isCircular && !mode.equals("linear")) {
            throw new IllegalArgumentException("mode must be linear or circular, but is " + mode);
        }
        int axis = Math.floorMod(node.integer("axis", -2), past.rank());
        OnnxHeads.requireSame("types of cache and update", past.type(), update.type());
        if (axis == 0 || past.rank() != update.rank()) {
            throw new IllegalArgumentException("axis must be another than the batch's, in tensors of one rank");
        }
        batch = past.dims()[0];
        heads = product(1, axis);
        rows = past.dims()[axis];
        newRows = update.dims()[axis];
        columns = product(axis + 1, past.rank());
        OnnxHeads.requireSame("elements of update", update.values().length, batch * heads * newRows * columns);
        OnnxTensor given = node.input(2, tensors);
        begins = given == null ? new int[batch] : given.ints();
        for (int begin : begins) {
            if (begin < 0 || begin >= rows || newRows > rows || !isCircular && begin + newRows > rows) {
                throw new IllegalArgumentException(newRows + " rows from row " + begin + " on do not fit " + rows);
            }
        }
    }

    private int product(int from, int to) {
        int product = 1;
        for (int i = from; i < to; i++) {
            product *= past.dims()[i];
        }
        return product;
    }

    private DType type() {
        return past.type().isFloat() ? past.type().stored() : DType.F32; // integers are exact up to 2^24
    }

    Map<String, OnnxTensor> run(AttentionEngine engine) {
        KvCacheSpec shape = KvCacheSpec.builder()
                .sequences(batch)
                .maxLength(rows)
                .kvHeads(heads)
                .headDim(columns)
                .type(type())
                .build();
        AttentionSpec spec = shape.applyTo(AttentionSpec.builder())
                .heads(heads)
                .queryLength(columns)
                .scale(1)
                .returnScores(ScoreStage.SCALED)
                .build();
        float[] scores = new float[batch * heads * columns * rows];
        try (Stream stream = engine.newStream();
                KvCache cache = engine.newKvCache(shape);
                DeviceTensor query = engine.allocate(DType.F32, batch, heads, columns, columns);
                DeviceTensor out = engine.allocate(DType.F32, batch, heads, columns, columns);
                DeviceTensor of = engine.allocate(DType.F32, batch, heads, columns, rows)) {
            for (int entry = 0; entry < batch; entry++) {
                fill(engine, stream, cache, entry);
            }
            query.upload(stream, units());
            AttentionTensors tensors = new AttentionTensors()
                    .with(Operand.QUERY, query)
                    .with(Operand.OUT, out)
                    .with(Operand.SCORES, of);
            engine.plan(spec).enqueue(stream, cache.addTo(tensors));
            of.download(stream, scores);
        }
        return Map.of(node.output(0), new OnnxTensor(past.type(), past.dims(), turned(scores)));
    }

    /** For each column of each head a query that is 1 there and 0 elsewhere. */
    private float[] units() {
        float[] units = new float[batch * heads * columns * columns];
        for (int i = 0; i < batch * heads * columns; i++) {
            units[i * columns + i % columns] = 1;
        }
        return units;
    }

    private void fill(AttentionEngine engine, Stream stream, KvCache cache, int entry) {
        int sequence = cache.newSequence();
        OnnxHeads.requireSame("number of the sequence and the entry", sequence, entry);
        int end = begins[entry] + newRows;
        int around = Math.max(0, end - rows); // new rows that a ring has at its beginning
        append(engine, stream, cache, entry, update, newRows - around, newRows);
        append(engine, stream, cache, entry, past, around, begins[entry]);
        append(engine, stream, cache, entry, update, 0, newRows - around);
        append(engine, stream, cache, entry, past, end, rows);
    }

    /** Appends some rows of all heads of an entry of a tensor. */
    private void append(
            AttentionEngine engine, Stream stream, KvCache cache, int entry, OnnxTensor from, int first, int last) {
        int count = last - first;
        if (count <= 0) {
            return;
        }
        int all = from.values().length / (batch * heads * columns);
        double[] some = new double[heads * count * columns];
        for (int head = 0; head < heads; head++) {
            int at = ((entry * heads + head) * all + first) * columns;
            System.arraycopy(from.values(), at, some, head * count * columns, count * columns);
        }
        OnnxType type = past.type().isFloat() ? past.type() : OnnxType.FLOAT;
        Object array = new OnnxTensor(type, new int[] {some.length}, some).array();
        try (DeviceTensor appended = engine.allocate(type(), 1, heads, count, columns)) {
            appended.upload(stream, array, 0);
            cache.append(stream, entry, appended, appended);
            stream.finish();
        }
    }

    /** From [head, column, row] to [head, row, column] of all entries. */
    private double[] turned(float... scores) {
        double[] values = new double[scores.length];
        for (int head = 0; head < batch * heads; head++) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    values[(head * rows + row) * columns + column] = scores[(head * columns + column) * rows + row];
                }
            }
        }
        return values;
    }
}
