package io.github.attention4j;

import java.lang.reflect.Field;
import org.jocl.NativePointerObject;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/**
 * JOCL's objects for raw pointers, as LWJGL and other bindings have them. All bindings of a process speak to the same
 * OpenCL loader, so that one's objects are the others'. Nothing is retained and nothing checked: a pointer that is no
 * such object ends the JVM in the driver. The way back is {@link NativePointerObject#getNativePointer}.
 */
public final class OpenClHandles {
    private OpenClHandles() {}

    /** A {@code cl_context}. */
    public static cl_context context(long pointer) {
        return set(new cl_context(), pointer);
    }

    /** A {@code cl_command_queue}. */
    public static cl_command_queue commandQueue(long pointer) {
        return set(new cl_command_queue(), pointer);
    }

    /** A {@code cl_mem}. */
    public static cl_mem memory(long pointer) {
        return set(new cl_mem(), pointer);
    }

    /** A {@code cl_event}. */
    public static cl_event event(long pointer) {
        return set(new cl_event(), pointer);
    }

    /** Shared virtual memory at this address. */
    public static Pointer svm(long address) {
        return set(new Pointer(), address);
    }

    /** JOCL fills its objects in native code and has no other way to make one. It is open to this: it has no module. */
    private static <T extends NativePointerObject> T set(T object, long pointer) {
        if (pointer == 0) {
            throw new IllegalArgumentException(
                    "pointer must not be 0: that is what OpenCL gives when a call has failed");
        }
        try {
            Field field = NativePointerObject.class.getDeclaredField("nativePointer");
            field.setAccessible(true);
            field.setLong(object, pointer);
            return object;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JOCL has no field nativePointer; use org.jocl:jocl 2.0.6", e);
        }
    }
}
