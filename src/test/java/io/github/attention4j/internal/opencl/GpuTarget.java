package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.device.GpuInstructions;
import java.util.Locale;

/**
 * GPUs that offline compilers know, as their drivers describe them: what the planner decides by.
 * {@code native-test/gpu/targets.py} knows how to compile for each.
 */
enum GpuTarget {
    SM_75("Tesla T4", Vendor.NVIDIA, 40, 7, 0),
    SM_80("NVIDIA A100-SXM4-80GB", Vendor.NVIDIA, 108, 8, 0),
    SM_89("NVIDIA GeForce RTX 4090", Vendor.NVIDIA, 128, 8, 0),
    SM_90("NVIDIA H100 80GB HBM3", Vendor.NVIDIA, 132, 9, 0),
    GFX90A("gfx90a:sramecc+:xnack-", Vendor.AMD, 104, 0, 0),
    GFX942("gfx942:sramecc+:xnack-", Vendor.AMD, 304, 0, 0),
    GFX1030("gfx1030", Vendor.AMD, 40, 0, 0),
    GFX1100("gfx1100", Vendor.AMD, 48, 0, 0),
    GFX1200("gfx1200", Vendor.AMD, 16, 0, 0),
    TGLLP("Intel(R) Iris(R) Xe Graphics", Vendor.INTEL, 96, 0, 8),
    DG2("Intel(R) Arc(TM) A770 Graphics", Vendor.INTEL_MATRIX, 512, 0, 8),
    PVC("Intel(R) Data Center GPU Max 1550", Vendor.INTEL_MATRIX, 512, 0, 16),
    /** A device of a vendor that nobody has heard of, which gets the most portable kernels. */
    SPIRV("some GPU", Vendor.OTHER, 16, 0, 0),
    /** The same with sub-groups as Khronos has them. */
    SPIRV_KHR("some GPU with sub-groups", Vendor.OTHER_KHR, 16, 0, 0);

    private enum Vendor {
        NVIDIA("NVIDIA Corporation", "NVIDIA CUDA", 48, 1024, "cl_nv_device_attribute_query"),
        AMD(
                "Advanced Micro Devices, Inc.",
                "AMD Accelerated Parallel Processing",
                64,
                1024,
                "cl_khr_fp16 cl_amd_device_attribute_query"),
        INTEL(
                "Intel(R) Corporation",
                "Intel(R) OpenCL Graphics",
                64,
                512,
                "cl_khr_fp16 cl_khr_subgroup_shuffle cl_intel_subgroups cl_intel_required_subgroup_size"),
        INTEL_MATRIX(
                INTEL.label,
                INTEL.platform,
                64,
                1024,
                INTEL.extensions + " cl_intel_subgroup_matrix_multiply_accumulate"),
        OTHER("Some Vendor", "Some Platform", 32, 256, ""),
        OTHER_KHR(OTHER.label, OTHER.platform, 32, 256, "cl_khr_subgroup_shuffle");

        final String label;
        final String platform;
        final long localMemory;
        final long groupSize;
        final String extensions;

        Vendor(String label, String platform, int localKibibytes, int groupSize, String extensions) {
            this.label = label;
            this.platform = platform;
            this.localMemory = localKibibytes * 1024L;
            this.groupSize = groupSize;
            this.extensions = extensions;
        }
    }

    private final String device;
    private final Vendor vendor;
    private final int computeUnits;
    /** NVIDIA's compute capability, the number before the point; 0 elsewhere. */
    private final int computeCapability;
    /** The least size of a sub-group on an Intel device; 0 elsewhere. */
    private final int smallestSubGroup;

    GpuTarget(String device, Vendor vendor, int computeUnits, int computeCapability, int smallestSubGroup) {
        this.device = device;
        this.vendor = vendor;
        this.computeUnits = computeUnits;
        this.computeCapability = computeCapability;
        this.smallestSubGroup = smallestSubGroup;
    }

    /** As the command line names it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
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
                false,
                vendor.extensions,
                GpuInstructions.of(device, vendor.extensions, computeCapability, smallestSubGroup));
    }
}
