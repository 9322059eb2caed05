package io.github.attention4j;

/**
 * What a device multiplies short numbers with, beside its arithmetic in f32: matrix units of GPUs and instructions of
 * processors for which there are kernels. A device is said to have one only where it is known to, for a kernel with an
 * instruction that is not there ends the process.
 */
public enum Instruction {
    /** NVIDIA's {@code mma.sync}: compute capability 8.0 and later. */
    MMA,
    /** NVIDIA's {@code wgmma}: compute capability 9.0. */
    WGMMA,
    /** AMD CDNA's matrix cores: gfx90a and gfx942. */
    MFMA,
    /** AMD RDNA 3's matrix instructions: gfx11. */
    WMMA,
    /** AMD RDNA 4's matrix instructions: gfx12. */
    WMMA12,
    /** Intel's {@code dpas} where the smallest sub-group has 8 lanes. */
    DPAS8,
    /** Intel's {@code dpas} where the smallest sub-group has 16 lanes. */
    DPAS16,
    /** A processor's dot products of pairs of bf16 (AVX-512). */
    VDPBF16PS,
    /** Intel's products of tiles of bf16 (AMX), which a process asks Linux for: {@link EngineOptions#withAmx}. */
    TDPBF16PS,
    /** A processor's dot products of four bytes (AVX-512). */
    VPDPBUSD,
    /** Intel's products of tiles of bytes (AMX), which a process asks Linux for: {@link EngineOptions#withAmx}. */
    TDPBSSD;

    /** Whether it is one of AMX. */
    public boolean isOfAmx() {
        return this == TDPBF16PS || this == TDPBSSD;
    }
}
