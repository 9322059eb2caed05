package io.github.attention4j.examples;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import java.util.Random;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** For programs that use OpenCL themselves: the engine computes in their context, and its calls go to their queue. */
public final class OwnContext {
    public static void main(String[] arguments) {
        if (AttentionEngine.devices().stream().allMatch(device -> device.type() == Device.Type.JAVA)) {
            System.out.println("There is no OpenCL device here.\n" + AttentionEngine.diagnose());
            return;
        }
        cl_platform_id platform = platformWithDevice();
        CL.setExceptionsEnabled(true); // JOCL then throws where OpenCL returns an error
        cl_device_id[] devices = new cl_device_id[1];
        CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 1, devices, null);
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
        cl_context context = CL.clCreateContext(properties, 1, devices, null, null, null);
        @SuppressWarnings("deprecation") // what came after it needs OpenCL 2.0
        cl_command_queue queue = CL.clCreateCommandQueue(context, devices[0], 0, null); // in-order
        try {
            attend(context, queue);
        } finally {
            CL.clReleaseCommandQueue(queue); // still yours
            CL.clReleaseContext(context);
        }
    }

    private static void attend(cl_context context, cl_command_queue queue) {
        AttentionSpec spec =
                AttentionSpec.builder().heads(8).sequenceLength(256).headDim(64).build();
        float[] query = random(spec.queryElements());
        float[] key = random(spec.keyElements());
        float[] value = random(spec.valueElements());
        try (AttentionEngine engine = AttentionEngine.open(context, queue, EngineOptions.defaults())) {
            float[] out = engine.attend(spec, query, key, value); // behind whatever the queue holds already
            System.out.println("out[0] = " + out[0] + " on " + engine.device().describe());
        }
    }

    static cl_platform_id platformWithDevice() {
        int[] count = new int[1];
        CL.clGetPlatformIDs(0, null, count);
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        CL.clGetPlatformIDs(platforms.length, platforms, null);
        for (cl_platform_id platform : platforms) {
            if (hasDevice(platform)) {
                return platform;
            }
        }
        throw new IllegalStateException("none of the " + platforms.length + " OpenCL platforms has a device");
    }

    private static boolean hasDevice(cl_platform_id platform) {
        int[] count = new int[1];
        CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
        return count[0] > 0;
    }

    private static float[] random(long elements) {
        Random random = new Random(elements);
        float[] data = new float[Math.toIntExact(elements)];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat() - 0.5f;
        }
        return data;
    }
}
