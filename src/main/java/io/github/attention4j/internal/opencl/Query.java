package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/**
 * What the driver is asked about itself, checked like the calls of {@link Cl}. Counts and sizes that it says are not
 * believed when they make no sense: they would be taken for the length of an array.
 */
final class Query {
    /** CL.CL_DEVICE_TYPE_ALL is -1 in JOCL 2.0.6, which some drivers refuse. */
    private static final long ALL_DEVICES = 0xFFFFFFFFL;
    /** Of cl_khr_icd, said by the loader when there is no driver. */
    private static final int PLATFORM_NOT_FOUND = -1001;

    private static final int MOST_HANDLES = 1 << 12;
    private static final int MOST_TEXT_BYTES = 1 << 20;
    private static final int MOST_LOG_BYTES = 1 << 26;

    private Query() {}

    /** The platforms, none if no driver is installed. */
    static cl_platform_id[] platforms() {
        String call = "clGetPlatformIDs";
        int[] count = new int[1];
        int code = platforms(null, count);
        if (code == PLATFORM_NOT_FOUND) {
            return new cl_platform_id[0];
        }
        Cl.check(call, code, "how many OpenCL platforms there are");
        cl_platform_id[] platforms =
                new cl_platform_id[length(call, Integer.toUnsignedLong(count[0]), MOST_HANDLES, "platforms")];
        if (platforms.length > 0) {
            Cl.check(call, platforms(platforms, count), platforms.length + " OpenCL platforms");
        }
        return count[0] < platforms.length ? Arrays.copyOf(platforms, Math.max(0, count[0])) : platforms;
    }

    private static int platforms(cl_platform_id[] to, int[] count) {
        try {
            return CL.clGetPlatformIDs(to == null ? 0 : to.length, to, count);
        } catch (CLException e) {
            return e.getStatus();
        }
    }

    /** The devices of a platform, none for a driver on a machine without its device. */
    static cl_device_id[] devices(cl_platform_id platform) {
        String call = "clGetDeviceIDs";
        int[] count = new int[1];
        int code = devices(platform, null, count);
        if (code == CL.CL_DEVICE_NOT_FOUND) {
            return new cl_device_id[0];
        }
        Cl.check(call, code, "how many devices there are");
        cl_device_id[] devices =
                new cl_device_id[length(call, Integer.toUnsignedLong(count[0]), MOST_HANDLES, "devices")];
        if (devices.length > 0) {
            Cl.check(call, devices(platform, devices, count), devices.length + " devices");
        }
        return count[0] < devices.length ? Arrays.copyOf(devices, Math.max(0, count[0])) : devices;
    }

    private static int devices(cl_platform_id platform, cl_device_id[] to, int[] count) {
        try {
            return CL.clGetDeviceIDs(platform, ALL_DEVICES, to == null ? 0 : to.length, to, count);
        } catch (CLException e) {
            return e.getStatus();
        }
    }

    static cl_platform_id platformOf(cl_device_id device) {
        cl_platform_id platform = new cl_platform_id();
        device(device, CL.CL_DEVICE_PLATFORM, Sizeof.cl_platform_id, Pointer.to(platform), null);
        return platform;
    }

    /** A number of 4 or 8 bytes. */
    static long number(cl_device_id device, int what) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        long[] size = new long[1];
        device(device, what, Long.BYTES, Pointer.to(bytes.array()), size);
        return size[0] == Integer.BYTES ? bytes.getInt() : bytes.getLong();
    }

    /** Fills what there is room for, and returns how many there are. */
    static int numbers(cl_device_id device, int what, long[] to) {
        long[] size = new long[1];
        device(device, what, (long) to.length * Long.BYTES, Pointer.to(to), size);
        return (int) Math.max(0, Math.min(to.length, size[0] / Long.BYTES));
    }

    static String text(cl_device_id device, int what) {
        long[] size = new long[1];
        device(device, what, 0, null, size);
        byte[] bytes = new byte[length("clGetDeviceInfo", size[0], MOST_TEXT_BYTES, "bytes")];
        if (bytes.length > 0) {
            device(device, what, bytes.length, Pointer.to(bytes), null);
        }
        return text(bytes);
    }

    private static void device(cl_device_id device, int what, long size, Pointer to, long[] needed) {
        int code;
        try {
            code = CL.clGetDeviceInfo(device, what, size, to, needed);
        } catch (CLException e) {
            code = e.getStatus();
        }
        if (code != CL.CL_SUCCESS) {
            throw Cl.failure(call(what), code, "a device");
        }
    }

    private static String call(int what) {
        return "clGetDeviceInfo(" + CL.stringFor_cl_device_info(what) + ")";
    }

    static String text(cl_platform_id platform, int what) {
        long[] size = new long[1];
        platform(platform, what, 0, null, size);
        byte[] bytes = new byte[length("clGetPlatformInfo", size[0], MOST_TEXT_BYTES, "bytes")];
        if (bytes.length > 0) {
            platform(platform, what, bytes.length, Pointer.to(bytes), null);
        }
        return text(bytes);
    }

    private static void platform(cl_platform_id platform, int what, long size, Pointer to, long[] needed) {
        String call = "clGetPlatformInfo";
        try {
            Cl.check(call, CL.clGetPlatformInfo(platform, what, size, to, needed), "a platform");
        } catch (CLException e) {
            throw Cl.failure(call, e.getStatus(), "a platform");
        }
    }

    /** What the compiler said of a program. */
    static String buildLog(cl_program program, cl_device_id device) {
        long[] size = new long[1];
        log(program, device, 0, null, size);
        byte[] bytes = new byte[length("clGetProgramBuildInfo", size[0], MOST_LOG_BYTES, "bytes")];
        if (bytes.length > 0) {
            log(program, device, bytes.length, Pointer.to(bytes), null);
        }
        return text(bytes);
    }

    private static void log(cl_program program, cl_device_id device, long size, Pointer to, long[] needed) {
        String call = "clGetProgramBuildInfo";
        try {
            int code = CL.clGetProgramBuildInfo(program, device, CL.CL_PROGRAM_BUILD_LOG, size, to, needed);
            Cl.check(call, code, "the log of a build");
        } catch (CLException e) {
            throw Cl.failure(call, e.getStatus(), "the log of a build");
        }
    }

    private static int length(String call, long said, int most, String of) {
        if (said < 0 || said > most) {
            throw new DeviceException(
                    call + " says that there are " + Long.toUnsignedString(said) + " " + of + ", which cannot be");
        }
        return (int) said;
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
