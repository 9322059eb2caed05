package io.github.attention4j.internal.several;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.UnsupportedByDeviceException;

/** A tensor of a cache whose batch entries lie on several devices; only calls on the cache use it. */
record SharedTensor(SharedKvStore store, TensorSpec shape) implements DeviceTensor {
    @Override
    public DType dtype() {
        return shape.dtype();
    }

    @Override
    public int batch() {
        return shape.batch();
    }

    @Override
    public int heads() {
        return shape.heads();
    }

    @Override
    public int rows() {
        return shape.rows();
    }

    @Override
    public int columns() {
        return shape.rowUnits();
    }

    @Override
    public void upload(Stream stream, Object source, int offset) {
        throw refused();
    }

    @Override
    public void download(Stream stream, Object target, int offset) {
        throw refused();
    }

    @Override
    public Mapping map(Stream stream) {
        throw refused();
    }

    private static UnsupportedByDeviceException refused() {
        return new UnsupportedByDeviceException(
                "the rows of a cache on several devices are not read or written from outside; append them, and attend to them",
                "");
    }

    /** Belongs to the cache. */
    @Override
    public void close() {}
}
