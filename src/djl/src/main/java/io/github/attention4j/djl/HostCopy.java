package io.github.attention4j.djl;

import ai.djl.ndarray.NDArray;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory of the host that the engine reads and writes: direct and in native order. */
final class HostCopy {
    private HostCopy() {}

    /** For an output. */
    static ByteBuffer allocate(Operand operand, TensorSpec output) {
        long bytes = output.extent() * output.dtype().bytes();
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(operand.label() + " would take " + bytes
                    + " bytes, but an NDArray is made from at most " + Integer.MAX_VALUE
                    + "; split the call over batch entries or heads");
        }
        return allocate((int) bytes);
    }

    /** What an array holds, in the order of its shape, wherever and in whatever order it lies. */
    static ByteBuffer of(NDArray array) {
        ByteBuffer source = array.toByteBuffer();
        if (source.isDirect() && source.order() == ByteOrder.nativeOrder()) {
            return source;
        }
        ByteBuffer copy = allocate(source.remaining());
        switch (array.getDataType().getNumOfBytes()) {
            case 4 -> copy.asIntBuffer().put(source.asIntBuffer());
            case 2 -> copy.asShortBuffer().put(source.asShortBuffer());
            default -> copy.duplicate().put(source);
        }
        return copy;
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
