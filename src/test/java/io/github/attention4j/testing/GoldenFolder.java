package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

/**
 * The tensors of real models, for tests; a test that wants them is skipped, saying where they should be, when they are
 * absent.
 */
public final class GoldenFolder {
    private GoldenFolder() {}

    /** A case of this name; without it, the test is skipped. */
    public static Golden require(String name) {
        Golden golden = Golden.of(Path.of(System.getProperty("attention4j.shared", "../shared")), name);
        assumeTrue(
                golden.isPresent(),
                "needs embeddings computed by another implementation, which are not part of the project (-Dattention4j.shared=FOLDER)");
        return golden;
    }
}
