package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.Instruction;
import io.github.attention4j.internal.Obstacle;
import io.github.attention4j.internal.device.CpuInstructions;
import io.github.attention4j.internal.device.GpuInstructions;
import io.github.attention4j.internal.device.Quirks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** The OpenCL devices of this machine. */
public final class OpenCl {
    /** Platforms that were asked for their devices. */
    private static final Set<cl_platform_id> ASKED = ConcurrentHashMap.newKeySet();
    /** More work-items, compute units or elements of a vector than any device has. */
    private static final long MOST = Integer.MAX_VALUE;

    private OpenCl() {}

    /**
     * What was found.
     *
     * @param found devices with their handles, best first
     * @param failed what keeps a driver, or all of OpenCL, from being used
     * @param idle drivers that say they have no device, such as a GPU's on a machine without the GPU
     */
    public record Discovery(List<Found> found, List<Obstacle> failed, List<Obstacle> idle) {
        /** Nothing, for one reason. */
        static Discovery none(Obstacle why) {
            return new Discovery(List.of(), List.of(why), List.of());
        }

        /** The devices, best first. */
        public List<Device> devices() {
            List<Device> devices = new ArrayList<>(); // a loop: see Cl on lambdas
            for (Found each : found) {
                devices.add(each.device());
            }
            return devices;
        }
    }

    /** A device and its handles. */
    public record Found(Device device, cl_platform_id platform, cl_device_id handle) {}

    /**
     * Looks for devices: GPUs, then accelerators, then CPUs. For who has JOCL already; others ask {@link DeviceSearch},
     * which loads it first.
     *
     * @throws LinkageError if JOCL or the OpenCL library cannot be loaded
     */
    static Discovery discover() {
        cl_platform_id[] platforms = Query.platforms();
        if (platforms.length == 0) {
            return Discovery.none(IcdLoader.noDriver());
        }
        List<Found> all = new ArrayList<>();
        List<Obstacle> failed = new ArrayList<>();
        List<Obstacle> idle = new ArrayList<>();
        for (int i = 0; i < platforms.length; i++) {
            addDevices(platforms[i], i, all, failed, idle);
        }
        return new Discovery(numbered(all), List.copyOf(failed), List.copyOf(idle));
    }

    /** Adds the devices of a driver that work. What does not is left out, with the reason. */
    private static void addDevices(
            cl_platform_id platform, int number, List<Found> all, List<Obstacle> failed, List<Obstacle> idle) {
        String name = "number " + number;
        cl_device_id[] devices;
        try {
            name = Query.text(platform, CL.CL_PLATFORM_NAME);
            Obstacle want = name.equals(PoclNeeds.PLATFORM)
                    ? PoclNeeds.obstacle(Query.text(platform, CL.CL_PLATFORM_VERSION))
                    : null;
            if (want != null) {
                failed.add(want);
                return;
            }
            devices = devices(platform);
        } catch (RuntimeException e) {
            failed.add(DriverFailures.ofDriver(name, e));
            return;
        }
        if (devices.length == 0) {
            idle.add(DriverFailures.noDevice(name));
        }
        for (int i = 0; i < devices.length; i++) {
            try {
                all.add(new Found(describe("", platform, devices[i]), platform, devices[i]));
            } catch (RuntimeException e) {
                failed.add(DriverFailures.ofDevice(name, i, e));
            }
        }
    }

    /** PoCL brings LLVM's signal handlers when it is first asked for its devices. */
    private static cl_device_id[] devices(cl_platform_id platform) {
        SignalHandlers.Watch handlers = SignalHandlers.watch(ASKED.add(platform));
        try {
            return Query.devices(platform);
        } finally {
            handlers.close();
        }
    }

    /** Best type first, each type numbered from 0 in the order of the platforms. */
    private static List<Found> numbered(List<Found> all) {
        List<Found> numbered = new ArrayList<>();
        for (Device.Type type : Device.Type.values()) {
            int index = 0;
            for (Found found : all) {
                if (found.device().type() == type) {
                    String id = type.name().toLowerCase(Locale.ROOT) + ":" + index++;
                    numbered.add(new Found(found.device().withId(id), found.platform(), found.handle()));
                }
            }
        }
        return numbered;
    }

    /** A device's own account of itself. */
    @SuppressWarnings("deprecation") // CL_DEVICE_HOST_UNIFIED_MEMORY: nothing took its place in OpenCL 2.0
    static Device describe(String id, cl_platform_id platform, cl_device_id device) {
        Device.Type type = type(device);
        String name = Query.text(device, CL.CL_DEVICE_NAME);
        String extensions = Query.text(device, CL.CL_DEVICE_EXTENSIONS);
        String platformName = Query.text(platform, CL.CL_PLATFORM_NAME);
        int vectorWidth = (int) Math.max(1, number(device, CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, 0, MOST));
        String platformText = platformName + " " + Query.text(platform, CL.CL_PLATFORM_VERSION);
        String driver = Query.text(device, CL.CL_DRIVER_VERSION);
        Quirks quirks = Quirks.of(platformText, name, driver);
        Set<Instruction> instructions = Set.of();
        if (type == Device.Type.GPU) {
            instructions = gpuInstructions(device, name, extensions);
        } else if (type == Device.Type.CPU && quirks.takesInstructions()) {
            instructions =
                    CpuInstructions.of(System.getProperty("os.name"), platformName, name, vectorWidth, Processors.TEXT);
        }
        return new Device(
                id,
                type,
                name,
                Query.text(device, CL.CL_DEVICE_VENDOR),
                platformText,
                driver,
                (int) number(device, CL.CL_DEVICE_MAX_COMPUTE_UNITS, 1, MOST),
                vectorWidth,
                number(device, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE, 1, MOST),
                number(device, CL.CL_DEVICE_LOCAL_MEM_SIZE, 0, Long.MAX_VALUE),
                number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE, 1, Long.MAX_VALUE),
                number(device, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE, 1, Long.MAX_VALUE),
                Query.number(device, CL.CL_DEVICE_HOST_UNIFIED_MEMORY) != 0,
                extensions,
                instructions,
                quirks.describe());
    }

    /** Linux's account of the processors, empty elsewhere; read once, for with many processors it is long. */
    private static final class Processors {
        static final String TEXT = read();

        private static String read() {
            try {
                return Files.readString(Path.of("/proc/cpuinfo"));
            } catch (IOException | SecurityException e) {
                return "";
            }
        }
    }

    private static Device.Type type(cl_device_id device) {
        long type = Query.number(device, CL.CL_DEVICE_TYPE);
        if ((type & CL.CL_DEVICE_TYPE_GPU) != 0) {
            return Device.Type.GPU;
        }
        return (type & CL.CL_DEVICE_TYPE_CPU) != 0 ? Device.Type.CPU : Device.Type.ACCELERATOR;
    }

    /** NVIDIA's query for the first number of the compute capability, cl_nv_device_attribute_query. */
    private static final int COMPUTE_CAPABILITY_MAJOR = 0x4000;
    /** Intel's query for the sizes of sub-groups, cl_intel_required_subgroup_size. */
    private static final int SUB_GROUP_SIZES = 0x4108;

    private static Set<Instruction> gpuInstructions(cl_device_id device, String name, String extensions) {
        int computeCapability = 0;
        int smallestSubGroup = 0;
        if (extensions.contains("cl_nv_device_attribute_query")) {
            computeCapability = (int) Query.number(device, COMPUTE_CAPABILITY_MAJOR);
        }
        if (extensions.contains("cl_intel_required_subgroup_size")) {
            long[] sizes = new long[16];
            int count = Query.numbers(device, SUB_GROUP_SIZES, sizes);
            for (int i = 0; i < count; i++) {
                smallestSubGroup = (int) (i == 0 ? sizes[0] : Math.min(smallestSubGroup, sizes[i]));
            }
        }
        return GpuInstructions.of(name, extensions, computeCapability, smallestSubGroup);
    }

    /** A number that must make sense, because kernels and memory are laid out by it. */
    private static long number(cl_device_id device, int what, long least, long most) {
        long number = Query.number(device, what);
        if (number < least || number > most) {
            throw new DeviceException("it says that its " + CL.stringFor_cl_device_info(what) + " is "
                    + Long.toUnsignedString(number) + ", which cannot be");
        }
        return number;
    }
}
