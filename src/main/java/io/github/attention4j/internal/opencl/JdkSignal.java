package io.github.attention4j.internal.opencl;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGXFSZ by the JDK's module {@code jdk.unsupported}. Loaded by name, since an image of a JDK need not have that
 * module.
 */
final class JdkSignal implements SignalHandlers.SentSignal, SignalHandler {
    private final Signal signal = new Signal("XFSZ");
    private SignalHandler before;

    @Override
    public void take() {
        before = Signal.handle(signal, this);
    }

    @Override
    public void raise() {
        Signal.raise(signal);
    }

    @Override
    public void leave() {
        Signal.handle(signal, before);
    }

    @Override
    public void handle(Signal signal) {
        // ignored, as by the JVM's own handler
    }
}
