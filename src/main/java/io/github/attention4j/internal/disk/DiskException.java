package io.github.attention4j.internal.disk;

import java.io.IOException;

/**
 * A place on disk that cannot or must not be used: why, as half a sentence without an end, and what its user can do, as
 * a sentence.
 */
public final class DiskException extends IOException {
    private static final long serialVersionUID = 1;

    private final String why;
    private final String remedy;

    public DiskException(String why, String remedy) {
        this(why, remedy, null);
    }

    public DiskException(String why, String remedy, Throwable cause) {
        super(why + ". " + remedy, cause);
        this.why = why;
        this.remedy = remedy;
    }

    /** What is wrong: {@code "others can write to /srv/cache (mode 777)"}. */
    public String why() {
        return why;
    }

    /** What to do: {@code "chmod go-w /srv/cache takes that right away."}. */
    public String remedy() {
        return remedy;
    }
}
