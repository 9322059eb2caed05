package io.github.attention4j.internal.java.threads;

import java.util.concurrent.Executor;

/** Work in the order in which it came, one piece at a time. */
public interface Queue extends Executor {
    /** Runs work when its turn has come, on this thread or another, and waits for it. */
    void runAndWait(Runnable work);
}
