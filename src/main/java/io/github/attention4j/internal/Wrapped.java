package io.github.attention4j.internal;

import io.github.attention4j.DeviceTensor;
import java.nio.ByteBuffer;

/** A tensor that may lie in memory of the caller's: a direct buffer, or what the device's driver has for them. */
public interface Wrapped {
    /** The buffer, from its start to its end; null where the memory is the engine's own. */
    ByteBuffer wrapped();

    /** Where it lies in what the driver has for the caller; null where it does not. */
    default Region region() {
        return null;
    }

    /**
     * A part of memory.
     *
     * @param memory what it is a part of, by {@code equals}
     * @param begin its first byte
     * @param end the byte after its last
     */
    record Region(Object memory, long begin, long end) {
        boolean overlaps(Region other) {
            return other != null && memory.equals(other.memory) && begin < other.end && other.begin < end;
        }
    }

    private static Region region(DeviceTensor tensor) {
        return tensor instanceof Wrapped own ? own.region() : null;
    }

    /** The buffer under a tensor, or null. */
    static ByteBuffer of(DeviceTensor tensor) {
        return tensor instanceof Wrapped own ? own.wrapped() : null;
    }

    /** Whether two tensors have memory in common. */
    static boolean overlap(DeviceTensor a, DeviceTensor b) {
        if (a == b) {
            return true;
        }
        Region region = region(a);
        if (region != null) {
            return region.overlaps(region(b));
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
        Region region = region(a);
        if (region != null) {
            return region.equals(region(b));
        }
        ByteBuffer memoryA = of(a);
        ByteBuffer memoryB = memoryA == null ? null : of(b);
        return memoryB != null && HostBuffers.same(memoryA, memoryB);
    }
}
