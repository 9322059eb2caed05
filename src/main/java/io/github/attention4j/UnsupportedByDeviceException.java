package io.github.attention4j;

/**
 * The request is right, but this device cannot run it. The message says what it needs, what the device has, and the way
 * out.
 */
public class UnsupportedByDeviceException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    private final String explanation;

    /** Made by the engine. */
    public UnsupportedByDeviceException(String message, String explanation) {
        super(message);
        this.explanation = explanation;
    }

    /** Every kernel family and tile that was considered, and why it was not taken. */
    public String explain() {
        return explanation;
    }
}
