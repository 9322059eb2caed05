package io.github.attention4j.internal;

/**
 * Why a device, or all of OpenCL, is not used, for people: what is wrong and what to do.
 *
 * @param cause what is wrong, as half a sentence without an end
 * @param remedy what to do, as a sentence
 * @param details what was thrown, for the log's debug level, or null
 */
public record Obstacle(String cause, String remedy, Throwable details) {
    /** With nothing thrown. */
    public Obstacle(String cause, String remedy) {
        this(cause, remedy, null);
    }

    /** Both, on one line. */
    public String text() {
        return cause + ". " + remedy;
    }
}
