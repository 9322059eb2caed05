package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.transformer.internal.device.DeviceMemory;

/**
 * What batches of so many tokens go through, whatever their texts: one after the other, for a batch fills the device.
 */
final class RowTensors implements AutoCloseable {
    private final DeviceMemory memory;
    private final int rows;

    final DeviceTensor ids;
    final DeviceTensor positions;
    /** The rows that a layer gets. */
    final DeviceTensor hidden;
    /** What attention gives, and when that is read the rows between a layer's halves. */
    final DeviceTensor middle;
    /** Queries, keys and values. */
    final DeviceTensor packed;
    /** The rows inside the feed-forward part. */
    final DeviceTensor inner;

    RowTensors(AttentionEngine engine, Stream stream, BertConfig config, int rows) {
        this.rows = rows;
        memory = new DeviceMemory(engine, stream);
        try {
            ids = memory.integers(rows);
            positions = memory.integers(rows);
            hidden = memory.allocate(DType.F32, rows, config.width());
            middle = memory.allocate(DType.F32, rows, config.width());
            packed = memory.allocate(DType.F32, rows, 3 * config.width());
            inner = memory.allocate(DType.F32, rows, config.inner());
        } catch (Throwable e) {
            memory.close();
            throw e;
        }
    }

    int rows() {
        return rows;
    }

    @Override
    public void close() {
        memory.close();
    }
}
