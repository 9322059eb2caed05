package io.github.attention4j.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.Verdict;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The weights in f32 against what PyTorch computes with them. */
class DeviceDecoderTest {
    private static final int PROMPT = 64;

    @ParameterizedTest
    @CsvSource({"java,64", "cpu:0,64", "java,1", "java,7", "cpu:0,7"})
    void allTokensAreThoseOfAnotherImplementation(String device, int chunk) throws IOException {
        int[] all = SharedDecoder.golden().ids("greedy_ids");
        try (DecoderFiles files = SharedDecoder.files();
                AttentionEngine engine = AttentionEngine.open(device);
                DeviceDecoder decoder =
                        new DeviceDecoder(engine, files.config(), files.tensors(), DType.F32, all.length)) {
            float[] scores = new float[0];
            for (int from = 0; from < PROMPT; from += chunk) {
                scores = decoder.read(Arrays.copyOfRange(all, from, Math.min(PROMPT, from + chunk)));
            }
            for (int i = PROMPT; i < all.length; i++) {
                assertEquals(all[i], best(scores), "token " + i);
                scores = decoder.read(new int[] {all[i]});
            }
        }
    }

    private static int best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    @ParameterizedTest
    @CsvSource({"java,1", "cpu:0,1", "java,64", "cpu:0,32"})
    void scoresAreThoseOfAnotherImplementation(String device, int chunk) throws IOException {
        Golden golden = SharedDecoder.golden();
        int[] prompt = SharedDecoder.prompt();
        float[] expected = golden.floats("logits");
        try (DecoderFiles files = SharedDecoder.files();
                AttentionEngine engine = AttentionEngine.open(device);
                DeviceDecoder decoder =
                        new DeviceDecoder(engine, files.config(), files.tensors(), DType.F32, prompt.length)) {
            int vocabulary = files.config().vocabulary();
            assertEquals(expected.length, prompt.length * vocabulary);
            for (int from = 0; from < prompt.length; from += chunk) {
                float[] scores = decoder.read(Arrays.copyOfRange(prompt, from, from + chunk));
                int last = (from + chunk - 1) * vocabulary;
                float[] want = Arrays.copyOfRange(expected, last, last + vocabulary);
                assertEquals(0, Verdict.largestDifference(scores, want), 1e-3, "behind token " + (from + chunk - 1));
            }
        }
    }
}
