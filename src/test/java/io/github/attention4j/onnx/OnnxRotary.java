package io.github.attention4j.onnx;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * ONNX's operator RotaryEmbedding, version 23, as one call of an engine. The engine's tables are [position, pair];
 * where ONNX gives a table for each batch entry and row instead, those lie behind one another and the positions count
 * through.
 */
final class OnnxRotary {
    private static final Set<String> ATTRIBUTES = Set.of("interleaved", "num_heads", "rotary_embedding_dim");

    private final OnnxNode node;
    private final OnnxTensor input;
    private final OnnxHeads heads;
    private final OnnxTensor cos;
    private final OnnxTensor sin;
    /** Of each batch entry and row. */
    private final int[] positions;

    private final Rotary rotary;

    /** Checks the request; what the operator does not have or does not allow is refused. */
    OnnxRotary(OnnxNode node, Map<String, OnnxTensor> tensors) {
        this.node = node;
        node.require(ATTRIBUTES, 4, 1);
        input = node.required(0, tensors);
        cos = node.required(1, tensors);
        sin = node.required(2, tensors);
        int given = node.integer("num_heads", 0);
        heads = new OnnxHeads(input, given == 0 && input.rank() == 4 ? input.dims()[1] : given);
        int dim = node.integer("rotary_embedding_dim", 0);
        dim = dim == 0 ? heads.columns() : dim;
        int rows = heads.batch() * heads.rows();
        OnnxTensor ids = node.input(3, tensors);
        int[] perRow = {heads.batch(), heads.rows(), dim / 2};
        int[] shape = ids == null ? perRow : new int[] {cos.dims()[0], dim / 2};
        if (!Arrays.equals(cos.dims(), shape)
                || !Arrays.equals(sin.dims(), shape)
                || ids != null && !Arrays.equals(ids.dims(), Arrays.copyOf(perRow, 2))) {
            throw new IllegalArgumentException("cos_cache and sin_cache must have shape " + Arrays.toString(shape)
                    + " and position_ids, if given, " + Arrays.toString(Arrays.copyOf(perRow, 2)) + ", but have "
                    + Arrays.toString(cos.dims()) + ", " + Arrays.toString(sin.dims()) + " and "
                    + (ids == null ? "none" : Arrays.toString(ids.dims())));
        }
        positions = ids == null ? new int[rows] : ids.ints();
        for (int i = 0; ids == null && i < rows; i++) {
            positions[i] = i;
        }
        rotary = new Rotary(dim, node.integer("interleaved", 0) != 0, ids == null ? rows : shape[0]);
    }

    /**
     * Computes the output, by name. A tensor [batch, row, head, column] is one of a single head whose rows are all
     * heads of all rows.
     */
    Map<String, OnnxTensor> run(AttentionEngine engine) {
        int batch = heads.batch();
        int repeats = heads.isRowsFirst() ? heads.heads() : 1;
        int headsOfTensor = heads.isRowsFirst() ? 1 : heads.heads();
        int rows = heads.rows() * repeats;
        int[] perRow = new int[batch * rows];
        for (int i = 0; i < perRow.length; i++) {
            perRow[i] = positions[i / repeats];
        }
        Object array = input.array();
        DType type = input.type().stored();
        try (Stream stream = engine.newStream();
                DeviceTensor data = engine.allocate(type, batch, headsOfTensor, rows, heads.columns());
                DeviceTensor cosines = engine.allocate(DType.F32, 1, 1, rotary.positions(), rotary.dim() / 2);
                DeviceTensor sines = engine.allocate(DType.F32, 1, 1, rotary.positions(), rotary.dim() / 2);
                DeviceTensor places = engine.allocate(DType.I32, batch, 1, rows, 1);
                DeviceTensor rotated = engine.allocate(type, batch, headsOfTensor, rows, heads.columns())) {
            data.upload(stream, array, 0);
            cosines.upload(stream, cos.floats());
            sines.upload(stream, sin.floats());
            places.upload(stream, perRow);
            engine.rotate(stream, rotary, data, cosines, sines, places, rotated);
            rotated.download(stream, array, 0);
        }
        return Map.of(node.output(0), OnnxTensor.of(input.type(), input.dims(), array));
    }
}
