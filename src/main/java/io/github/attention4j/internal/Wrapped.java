package io.github.attention4j.internal;

import io.github.attention4j.DeviceTensor;
import java.nio.ByteBuffer;

/** A tensor that may lie in a direct buffer of the caller's. */
public interface Wrapped {
    /** The buffer, from its start to its end; null where the memory is the engine's own. */
    ByteBuffer wrapped();

    /** The buffer under a tensor, or null. */
    static ByteBuffer of(DeviceTensor tensor) {
        return tensor instanceof Wrapped own ? own.wrapped() : null;
    }

    /** Whether two tensors have memory in common. */
    static boolean overlap(DeviceTensor a, DeviceTensor b) {
        if (a == b) {
            return true;
        }
        ByteBuffer memoryA = of(a);
        ByteBuffer memoryB = memoryA == null ? null : of(b);
        return memoryB != null && HostBuffers.overlap(memoryA, memoryB);
    }

    /** Whether two tensors are the same memory, from the first byte to the last. */
    static boolean same(DeviceTensor a, DeviceTensor b) {
        if (a == b) {
            return true;
        }
        ByteBuffer memoryA = of(a);
        ByteBuffer memoryB = memoryA == null ? null : of(b);
        return memoryB != null && HostBuffers.same(memoryA, memoryB);
    }
}
