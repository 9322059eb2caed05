package demo;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import java.util.Arrays;

/** Computes on the device given, or on the best, and says where; then tries to get inside the library, which a module must not allow. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        AttentionSpec spec = AttentionSpec.builder().heads(1).sequenceLength(2).headDim(4).build();
        float[] rows = {1, 2, 3, 4, 1, 2, 3, 4};
        try (AttentionEngine engine = arguments.length == 0 ? AttentionEngine.open() : AttentionEngine.open(arguments[0])) {
            System.out.println("computed " + Arrays.toString(engine.attend(spec, rows, rows, rows)));
            System.out.println("on " + engine.device().describe());
            System.out.println(engine.plan(spec).explain());
        }
        for (Device device : AttentionEngine.devices()) {
            System.out.println("listed " + device.id());
        }
        Class<?> inside = Class.forName("io.github.attention4j.internal.engine.Backends");
        try {
            inside.getMethod("devices").invoke(null);
            System.out.println("the inside is open");
        } catch (IllegalAccessException e) {
            System.out.println("the inside is closed");
        }
    }
}
