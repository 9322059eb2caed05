package io.github.attention4j.transformer.internal.decoder;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.testing.Golden;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The decoder with its weights in f32, and what PyTorch computes with it; a test that wants them is skipped, saying
 * where they should be, when they are absent.
 */
public final class SharedDecoder {
    private SharedDecoder() {}

    public static Golden golden() {
        Golden golden = new Golden(Path.of(System.getProperty("attention4j.shared", "../../../shared"), "decoder"));
        assumeTrue(
                golden.isPresent(),
                "needs a small decoder's outputs computed by another implementation, which are not part of the project (-Dshared=FOLDER)");
        return golden;
    }

    public static DecoderFiles files() throws IOException {
        return DecoderFiles.folder(golden().folder());
    }

    /** The 256 tokens of the prompt. */
    public static int[] prompt() {
        return golden().ids("input_ids");
    }
}
