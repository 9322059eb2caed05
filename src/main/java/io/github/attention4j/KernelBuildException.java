package io.github.attention4j;

import java.nio.file.Path;

/**
 * A kernel did not compile on this device's driver. The message starts with the compiler's first complaint, at our file
 * and line; or with the error code, if it is not the source that the driver complains of.
 */
public class KernelBuildException extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final String buildLog;
    private final transient Path savedSource;

    /** Made by the engine. */
    public KernelBuildException(String message, String buildLog, Path savedSource) {
        super(message);
        this.buildLog = buildLog;
        this.savedSource = savedSource;
    }

    /** Everything the compiler said. */
    public String buildLog() {
        return buildLog;
    }

    /** Where the full source text was saved, or null if it could not be, or is not at fault. */
    public Path savedSource() {
        return savedSource;
    }
}
