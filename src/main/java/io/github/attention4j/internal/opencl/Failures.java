package io.github.attention4j.internal.opencl;

/**
 * What went wrong while several things were freed: all are tried, and the first failure is thrown with the others
 * attached.
 */
final class Failures {
    /**
     * With a device that is gone, freeing everything of an engine fails, which a stack trace need not tell a thousand
     * times.
     */
    private static final int MOST_ATTACHED = 10;

    private RuntimeException first;
    private int attached;

    void add(RuntimeException failure) {
        if (first == null) {
            first = failure;
        } else if (failure != first && attached < MOST_ATTACHED) {
            first.addSuppressed(failure);
            attached++;
        }
    }

    /** Closes it, and keeps what that throws. */
    void close(AutoCloseable each) {
        try {
            each.close();
        } catch (RuntimeException e) {
            add(e);
        } catch (Exception e) {
            add(new IllegalStateException(e));
        }
    }

    /**
     * Closes it on the way out of a call that has failed already; what that throws is attached to the call's own
     * failure.
     */
    static void closeAfter(Throwable failure, AutoCloseable each) {
        try {
            each.close();
        } catch (Exception e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }

    void throwFirst() {
        if (first != null) {
            throw first;
        }
    }
}
