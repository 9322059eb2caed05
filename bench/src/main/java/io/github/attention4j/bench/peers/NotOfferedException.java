package io.github.attention4j.bench.peers;

/** A library has no such attention. The message says what it lacks. */
public final class NotOfferedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Keeps the reason. */
    public NotOfferedException(String reason) {
        super(reason);
    }
}
