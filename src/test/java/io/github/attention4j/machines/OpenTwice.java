package io.github.attention4j.machines;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import java.util.Arrays;

/**
 * A small program as users write them, for a JVM of its own: opens the best device twice, computes, and lists devices.
 */
final class OpenTwice {
    private OpenTwice() {}

    public static void main(String[] arguments) {
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(2).build();
        for (int i = 0; i < 2; i++) {
            try (AttentionEngine engine = AttentionEngine.open()) {
                float[] out = engine.attend(spec, new float[] {1, 2}, new float[] {3, 4}, new float[] {5, 6});
                System.out.println("computed " + Arrays.toString(out));
                System.out.println("opened " + engine.device().describe());
                System.out.println("explained " + engine.plan(spec).explain().replace('\n', '|'));
            }
        }
        for (Device device : AttentionEngine.devices()) {
            System.out.println("listed " + device.describe());
        }
    }
}
