package io.github.attention4j.examples.decoder;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.bench.golden.Golden;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The decoder with its weights in f32, and what PyTorch computes with it; a test that wants them is skipped, saying
 * where they should be, when they are absent.
 */
final class SharedDecoder {
    private SharedDecoder() {}

    static Golden golden() {
        Golden golden = new Golden(Path.of(System.getProperty("bench.shared", "../../shared"), "decoder"));
        assumeTrue(
                golden.isPresent(),
                "needs a small decoder's outputs computed by another implementation, which are not part of the project (-Dshared=FOLDER)");
        return golden;
    }

    static Decoder decoder() throws IOException {
        return Decoder.withWeights(golden().folder().resolve("model.safetensors"));
    }

    /** The 256 tokens of the prompt. */
    static int[] prompt() {
        return golden().ids("input_ids");
    }
}
