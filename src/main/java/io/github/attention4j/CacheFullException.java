package io.github.attention4j;

/** A {@link KvCache} has no room for what was asked. Nothing was changed: free or trim sequences, and ask again. */
public final class CacheFullException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** With what was asked, what there is, and the way out. */
    public CacheFullException(String message) {
        super(message);
    }
}
