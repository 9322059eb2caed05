package io.github.attention4j.spark;

import io.github.attention4j.transformer.TextEncoder;
import java.util.HashMap;
import java.util.Map;

/** The models of this JVM, by their names: each opened by the first task that asks for it and closed with the JVM. */
final class ExecutorEncoder {
    private static final Map<String, TextEncoder> ENCODERS = new HashMap<>();

    private ExecutorEncoder() {}

    static synchronized TextEncoder get(String name, EncoderOpening opening) {
        return ENCODERS.computeIfAbsent(name, unknown -> open(opening));
    }

    private static TextEncoder open(EncoderOpening opening) {
        ExecutorEngine.prepare();
        TextEncoder encoder = opening.open();
        Runtime.getRuntime().addShutdownHook(new Thread(encoder::close));
        return encoder;
    }
}
