package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import java.util.Optional;

/**
 * How {@code attn_decode_lanes} multiplies queries by keys of 8 bits. The number in the macro {@code BYTE_DOT} of {@code kernels/lib/decode/bytes.clh}
 * is the position here.
 */
public enum ByteProduct {
    /** As floats, like all other keys. */
    NONE,
    /** As bytes by plain arithmetic, on any device: slow, and so never chosen unless a tuning table says so. */
    PLAIN,
    /** As bytes by an instruction of AVX-512 that makes four times as many products as a multiply-add of floats. */
    VPDPBUSD;

    /** Bytes of a vector: rows of keys must be a multiple of it. */
    private static final int VECTOR_BYTES = 64;

    /** Why the keys of a spec cannot be multiplied as bytes, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        DType key = spec.operand(Operand.KEY).dtype();
        if (key != DType.I8) {
            return Optional.of("keys are " + key);
        }
        if (spec.rotary() != null) {
            return Optional.of(
                    "keys are rotated, which makes floats of them; a KvCache rotates them as it stores them");
        }
        return spec.headDim() % VECTOR_BYTES == 0
                ? Optional.empty()
                : Optional.of("headDim must be a multiple of " + VECTOR_BYTES + " for it, but is " + spec.headDim());
    }

    /** Why a device has no such instruction that is known, or empty. */
    static Optional<String> deviceObstacle(Device device) {
        boolean has = device.matrixUnit().equals(VPDPBUSD.name())
                || device.matrixUnit().equals(DotProduct.VDPBF16PS.name()); // comes with the other, see DotProduct.name
        return has
                ? Optional.empty()
                : Optional.of(device.name()
                        + " is not known to have vpdpbusd: that takes Linux, PoCL with vectors of 16 floats, and"
                        + " avx512_vnni among the flags of every processor in /proc/cpuinfo"
                        + DotProduct.driverObstacle(device));
    }

    /** The best for this spec on this device. */
    static ByteProduct of(AttentionSpec spec, Device device) {
        return requestObstacle(spec).isEmpty() && deviceObstacle(device).isEmpty() ? VPDPBUSD : NONE;
    }
}
