package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.Obstacle;
import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.plan.DotProduct;
import io.github.attention4j.internal.plan.MatrixUnit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** The OpenCL devices of this machine. */
public final class OpenCl {
    /** CL.CL_DEVICE_TYPE_ALL is -1 in JOCL 2.0.6, which some drivers refuse. */
    private static final long ALL_DEVICES = 0xFFFFFFFFL;

    /** What cl_khr_icd's library returns if no driver is registered. */
    private static final int PLATFORM_NOT_FOUND = -1001;
    /** Platforms that were asked for their devices. */
    private static final Set<cl_platform_id> ASKED = ConcurrentHashMap.newKeySet();

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
     * Looks for devices: GPUs, then accelerators, then CPUs. For who has JOCL already; others ask {@link DeviceSearch}, which loads it first.
     *
     * @throws LinkageError if JOCL or the OpenCL library cannot be loaded
     */
    static Discovery discover() {
        int[] count = new int[1];
        int status = platformCount(count);
        if (status == CL.CL_SUCCESS && count[0] == 0 || status == PLATFORM_NOT_FOUND) {
            return Discovery.none(IcdLoader.noDriver());
        }
        if (status != CL.CL_SUCCESS) {
            return Discovery.none(DriverFailures.ofPlatforms(status));
        }
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        CL.clGetPlatformIDs(platforms.length, platforms, null);
        List<Found> all = new ArrayList<>();
        List<Obstacle> failed = new ArrayList<>();
        List<Obstacle> idle = new ArrayList<>();
        for (cl_platform_id platform : platforms) {
            String name = platformText(platform, CL.CL_PLATFORM_NAME);
            Obstacle want = name.equals(PoclNeeds.PLATFORM)
                    ? PoclNeeds.obstacle(platformText(platform, CL.CL_PLATFORM_VERSION))
                    : null;
            if (want != null) {
                failed.add(want);
                continue;
            }
            int[] devices = new int[1];
            status = deviceCount(platform, devices);
            if (status == CL.CL_SUCCESS && devices[0] == 0 || status == CL.CL_DEVICE_NOT_FOUND) {
                idle.add(DriverFailures.noDevice(name));
                continue;
            }
            if (status != CL.CL_SUCCESS) {
                failed.add(DriverFailures.ofDevices(name, status));
                continue;
            }
            cl_device_id[] handles = new cl_device_id[devices[0]];
            CL.clGetDeviceIDs(platform, ALL_DEVICES, handles.length, handles, null);
            for (cl_device_id handle : handles) {
                all.add(new Found(describe("", platform, handle), platform, handle));
            }
        }
        return new Discovery(numbered(all), List.copyOf(failed), List.copyOf(idle));
    }

    private static int platformCount(int[] count) {
        try {
            return CL.clGetPlatformIDs(0, null, count);
        } catch (CLException e) {
            return e.getStatus();
        }
    }

    private static int deviceCount(cl_platform_id platform, int[] count) {
        // PoCL brings LLVM's handlers when it is first asked for its devices.
        SignalHandlers.Watch handlers = SignalHandlers.watch(ASKED.add(platform));
        try {
            return CL.clGetDeviceIDs(platform, ALL_DEVICES, 0, null, count);
        } catch (CLException e) {
            return e.getStatus();
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
                    numbered.add(new Found(
                            describe(id, found.platform(), found.handle()), found.platform(), found.handle()));
                }
            }
        }
        return numbered;
    }

    /** A device's own account of itself. */
    @SuppressWarnings("deprecation") // CL_DEVICE_HOST_UNIFIED_MEMORY: nothing took its place in OpenCL 2.0
    static Device describe(String id, cl_platform_id platform, cl_device_id device) {
        Device.Type type = type(device);
        String name = text(device, CL.CL_DEVICE_NAME);
        String extensions = text(device, CL.CL_DEVICE_EXTENSIONS);
        String platformName = platformText(platform, CL.CL_PLATFORM_NAME);
        int vectorWidth = (int) number(device, CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT);
        String platformText = platformName + " " + platformText(platform, CL.CL_PLATFORM_VERSION);
        String driver = text(device, CL.CL_DRIVER_VERSION);
        String unit = "";
        if (type == Device.Type.GPU) {
            unit = matrixUnit(device, name, extensions);
        } else if (type == Device.Type.CPU
                && Quirks.of(platformText, name, driver).takesInstructions()) {
            unit = DotProduct.name(System.getProperty("os.name"), platformName, name, vectorWidth, Processors.TEXT);
        }
        return new Device(
                id,
                type,
                name,
                text(device, CL.CL_DEVICE_VENDOR),
                platformText,
                driver,
                (int) number(device, CL.CL_DEVICE_MAX_COMPUTE_UNITS),
                vectorWidth,
                number(device, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE),
                number(device, CL.CL_DEVICE_LOCAL_MEM_SIZE),
                number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
                number(device, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                number(device, CL.CL_DEVICE_HOST_UNIFIED_MEMORY) != 0,
                extensions,
                unit);
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
        long type = number(device, CL.CL_DEVICE_TYPE);
        if ((type & CL.CL_DEVICE_TYPE_GPU) != 0) {
            return Device.Type.GPU;
        }
        return (type & CL.CL_DEVICE_TYPE_CPU) != 0 ? Device.Type.CPU : Device.Type.ACCELERATOR;
    }

    /** NVIDIA's query for the first number of the compute capability, cl_nv_device_attribute_query. */
    private static final int COMPUTE_CAPABILITY_MAJOR = 0x4000;
    /** Intel's query for the sizes of sub-groups, cl_intel_required_subgroup_size. */
    private static final int SUB_GROUP_SIZES = 0x4108;

    private static String matrixUnit(cl_device_id device, String name, String extensions) {
        int computeCapability = 0;
        int smallestSubGroup = 0;
        if (extensions.contains("cl_nv_device_attribute_query")) {
            computeCapability = (int) number(device, COMPUTE_CAPABILITY_MAJOR);
        }
        if (extensions.contains("cl_intel_required_subgroup_size")) {
            long[] sizes = new long[16];
            long[] bytes = new long[1];
            CL.clGetDeviceInfo(device, SUB_GROUP_SIZES, sizes.length * Long.BYTES, Pointer.to(sizes), bytes);
            for (int i = 0; i < bytes[0] / Long.BYTES; i++) {
                smallestSubGroup = (int) (i == 0 ? sizes[0] : Math.min(smallestSubGroup, sizes[i]));
            }
        }
        return MatrixUnit.name(name, extensions, computeCapability, smallestSubGroup);
    }

    private static long number(cl_device_id device, int what) {
        byte[] bytes = new byte[8]; // ints fill the first half only, and every host of OpenCL so far is little-endian
        CL.clGetDeviceInfo(device, what, bytes.length, Pointer.to(bytes), null);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong();
    }

    private static String text(cl_device_id device, int what) {
        long[] size = new long[1];
        CL.clGetDeviceInfo(device, what, 0, null, size);
        byte[] bytes = new byte[(int) size[0]];
        CL.clGetDeviceInfo(device, what, bytes.length, Pointer.to(bytes), null);
        return text(bytes);
    }

    private static String platformText(cl_platform_id platform, int what) {
        long[] size = new long[1];
        CL.clGetPlatformInfo(platform, what, 0, null, size);
        byte[] bytes = new byte[(int) size[0]];
        CL.clGetPlatformInfo(platform, what, bytes.length, Pointer.to(bytes), null);
        return text(bytes);
    }

    /** C's zero-terminated text, trimmed. */
    static String text(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8).trim();
    }
}
