package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;

/**
 * GPUs that offline compilers know, as their drivers describe them: what the planner decides by. {@code native-test/gpu/targets.py} knows how
 * to compile for each.
 */
enum GpuTarget {
    SM_75("Tesla T4", Vendor.NVIDIA, 40),
    SM_80("NVIDIA A100-SXM4-80GB", Vendor.NVIDIA, 108),
    SM_89("NVIDIA GeForce RTX 4090", Vendor.NVIDIA, 128),
    SM_90("NVIDIA H100 80GB HBM3", Vendor.NVIDIA, 132),
    GFX90A("gfx90a:sramecc+:xnack-", Vendor.AMD, 104),
    GFX942("gfx942:sramecc+:xnack-", Vendor.AMD, 304),
    GFX1030("gfx1030", Vendor.AMD, 40),
    GFX1100("gfx1100", Vendor.AMD, 48),
    GFX1200("gfx1200", Vendor.AMD, 16),
    TGLLP("Intel(R) Iris(R) Xe Graphics", Vendor.INTEL, 96),
    DG2("Intel(R) Arc(TM) A770 Graphics", Vendor.INTEL, 512),
    PVC("Intel(R) Data Center GPU Max 1550", Vendor.INTEL, 512),
    /** A device of a vendor that nobody has heard of, which gets the most portable kernels; checked as SPIR-V. */
    SPIRV("some GPU", Vendor.OTHER, 16);

    private enum Vendor {
        NVIDIA("NVIDIA Corporation", "NVIDIA CUDA", 48, 1024),
        AMD("Advanced Micro Devices, Inc.", "AMD Accelerated Parallel Processing", 64, 1024),
        INTEL("Intel(R) Corporation", "Intel(R) OpenCL Graphics", 64, 512),
        OTHER("Some Vendor", "Some Platform", 32, 256);

        final String label;
        final String platform;
        final long localMemory;
        final long groupSize;

        Vendor(String label, String platform, int localKibibytes, int groupSize) {
            this.label = label;
            this.platform = platform;
            this.localMemory = localKibibytes * 1024L;
            this.groupSize = groupSize;
        }
    }

    private final String device;
    private final Vendor vendor;
    private final int computeUnits;

    GpuTarget(String device, Vendor vendor, int computeUnits) {
        this.device = device;
        this.vendor = vendor;
        this.computeUnits = computeUnits;
    }

    /** As the command line names it. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    Device device() {
        return new Device(
                "gpu:0",
                Device.Type.GPU,
                device,
                vendor.label,
                vendor.platform,
                "offline",
                computeUnits,
                1,
                vendor.groupSize,
                vendor.localMemory,
                16L << 30,
                4L << 30,
                false);
    }
}
