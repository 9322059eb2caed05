package io.github.attention4j;

/** The driver refused or failed. The message names the call, the error code, the kernel, sizes and device. */
public class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Made by the engine. */
    public DeviceException(String message) {
        super(message);
    }

    /** Made by the engine. */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
