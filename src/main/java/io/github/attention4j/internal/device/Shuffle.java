package io.github.attention4j.internal.device;

import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import java.util.Optional;

/**
 * How work-items of a sub-group exchange numbers; the other side of the list in {@code lib/common/shuffle.clh}, in its
 * order.
 */
public enum Shuffle {
    /** Not at all: through local memory. Runs everywhere. */
    NONE("", ""),
    /** By the Khronos extension, which only newer versions of the language have. */
    KHR("cl_khr_subgroup_shuffle", ""),
    /** By Intel's extensions: one to exchange, one to say how many lanes there are. */
    INTEL("cl_intel_subgroups", "cl_intel_required_subgroup_size"),
    /** By an instruction of AMD's compiler; AMD's driver is known by an extension of its own. */
    AMD("cl_amd_device_attribute_query", ""),
    /** By an instruction in PTX; NVIDIA's driver is known by an extension of its own. */
    NVIDIA("cl_nv_device_attribute_query", ""),
    /** Through local memory with barriers, so that the code around it can be tested on devices without sub-groups. */
    EMULATED("", ""),
    /**
     * {@link #INTEL} with sub-groups of 8, whose lanes have twice the registers; devices whose sub-groups have at least
     * 16 lack it. Rows of more work-items exchange through local memory.
     */
    INTEL8("cl_intel_subgroups", "cl_intel_required_subgroup_size");

    /** Intel's compiler then gives a lane 256 registers instead of 128, and runs half as many sub-groups at once. */
    public static final String LARGE_REGISTER_FILE = " -cl-intel-256-GRF-per-thread";

    private final String first;
    private final String second;

    Shuffle(String first, String second) {
        this.first = first;
        this.second = second;
    }

    /**
     * The one with this number in {@code lib/common/shuffle.clh}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Shuffle of(int number) {
        Shuffle[] all = values();
        if (number < 0 || number >= all.length) {
            throw new IllegalArgumentException("SHUFFLE must be 0 to " + (all.length - 1) + ", but is " + number);
        }
        return all[number];
    }

    /** The best that this device can do. */
    public static Shuffle of(Device device) {
        // What belongs to a driver comes before what is portable: it is older, so more drivers have it right.
        Shuffle intel = device.instructions().contains(Instruction.DPAS16) ? INTEL : INTEL8;
        for (Shuffle shuffle : new Shuffle[] {NVIDIA, AMD, intel, KHR}) {
            if (device.type() == Device.Type.GPU && shuffle.missingOn(device).isEmpty()) {
                return shuffle;
            }
        }
        return NONE;
    }

    /** What of it this device lacks, or empty. */
    public Optional<String> missingOn(Device device) {
        if (!has(device, first)) {
            return Optional.of("SHUFFLE=" + ordinal() + " needs " + first + ", which device lacks");
        }
        if (!has(device, second)) {
            return Optional.of("SHUFFLE=" + ordinal() + " needs " + second + ", which device lacks");
        }
        return Optional.empty();
    }

    /**
     * What the compiler must be told: the version of OpenCL C that has it. Intel's also gives each lane twice the
     * registers.
     */
    public String compilerFlags() {
        return switch (this) {
            case KHR -> "-cl-std=CL3.0";
            case INTEL, INTEL8 -> "-cl-std=CL1.2" + LARGE_REGISTER_FILE;
            case NONE, AMD, NVIDIA, EMULATED -> "-cl-std=CL1.2";
        };
    }

    /** Whether it is written as inline assembly. */
    public boolean isAssembly() {
        return this == NVIDIA;
    }

    private static boolean has(Device device, String extension) {
        return extension.isEmpty() || (" " + device.extensions() + " ").contains(" " + extension + " ");
    }
}
