package io.github.attention4j.machines;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.KernelBuildException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens an engine, fills a disk with the file given, and plans. */
final class FillAndPlan {
    private FillAndPlan() {}

    public static void main(String[] arguments) {
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(2).build();
        try (AttentionEngine engine = AttentionEngine.open()) {
            fill(Path.of(arguments[0]));
            engine.plan(spec);
        } catch (KernelBuildException e) {
            System.out.println(e.getMessage());
        }
    }

    private static void fill(Path file) {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            return; // full
        }
    }
}
