package io.github.attention4j.internal.java.threads;

import java.util.concurrent.Executor;

/** Work in the order in which it came, off the caller's thread. */
public interface Queue extends Executor {
    /** Runs work when its turn has come and waits for it. */
    void runAndWait(Runnable work);
}
