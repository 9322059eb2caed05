/**
 * Attention on any OpenCL device, and in pure Java where there is none. Only {@link io.github.attention4j},
 * {@link io.github.attention4j.layers} and {@link io.github.attention4j.score} are for use; the packages below it may
 * change at any time and are closed.
 *
 * <p>JOCL is an automatic module, so this one cannot be part of a run-time image made by {@code jlink}. Its native code
 * needs {@code --enable-native-access=jocl}. The Vector API is used if the JVM is started with {@code --add-modules
 * jdk.incubator.vector}.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // JOCL has no descriptor; AttentionEngine.open(cl_context, ...) names its types
module io.github.attention4j {
    requires transitive jocl;
    requires org.slf4j;
    // sun.misc: where a direct buffer lies (before Java 22 nothing else tells), and signals
    // (internal.opencl.SignalHandlers)
    requires jdk.unsupported;

    exports io.github.attention4j;
    exports io.github.attention4j.layers;
    exports io.github.attention4j.score;
}
