package io.github.attention4j;

import io.github.attention4j.internal.Backend;

/** For tests that make a backend of their own. */
public final class EngineOver {
    private EngineOver() {}

    /** An engine that owns the backend. */
    public static AttentionEngine of(Backend backend) {
        return new AttentionEngine(backend);
    }
}
