package io.github.attention4j.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.Rotary;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RopeScalingTest {
    private static final int DIM = 128;
    private static final int POSITIONS = 300;
    private static final double BASE = 500_000;

    private static JsonFile config(String rope) throws IOException {
        return new JsonFile("config.json", ("{" + rope + "}").getBytes(StandardCharsets.UTF_8));
    }

    /** By wave lengths, as transformers computes it. */
    @Test
    void longWavesOfLlama3BecomeLonger() throws IOException {
        RopeScaling scaling = RopeScaling.of(
                config("\"rope_scaling\": {\"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0,"
                        + " \"original_max_position_embeddings\": 8192, \"rope_type\": \"llama3\"}"));
        double[] frequencies = new double[DIM / 2];
        int blended = 0;
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = 1 / Math.pow(BASE, i * 2.0 / DIM);
            double wave = 2 * Math.PI / frequency;
            if (wave < 8192 / 4.0) {
                frequencies[i] = frequency;
            } else if (wave > 8192 / 1.0) {
                frequencies[i] = frequency / 8;
            } else {
                double smooth = (8192 / wave - 1) / (4.0 - 1);
                frequencies[i] = (1 - smooth) * frequency / 8 + smooth * frequency;
                blended++;
            }
        }
        assertTrue(blended > 2, "of all three kinds");
        check(scaling, frequencies);
    }

    @Test
    void linearTurnsAllMoreSlowly() throws IOException {
        double[] frequencies = new double[DIM / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / Math.pow(BASE, i * 2.0 / DIM) / 2.5;
        }
        check(RopeScaling.of(config("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.5}")), frequencies);
    }

    private static void check(RopeScaling scaling, double[] frequencies) {
        Rotary rotary = new Rotary(DIM, false, POSITIONS);
        float[] cosines = scaling.cosines(rotary, BASE);
        float[] sines = scaling.sines(rotary, BASE);
        for (int position = 0; position < POSITIONS; position += 13) {
            for (int i = 0; i < frequencies.length; i++) {
                int at = position * frequencies.length + i;
                assertEquals(Math.cos(position * frequencies[i]), cosines[at], 1e-7);
                assertEquals(Math.sin(position * frequencies[i]), sines[at], 1e-7);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"other\": 1",
                "\"rope_scaling\": null",
                "\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 1e4}"
            })
    void mostModelsHaveNone(String rope) throws IOException {
        RopeScaling scaling = RopeScaling.of(config(rope));
        assertSame(RopeScaling.NONE, scaling);
        Rotary rotary = new Rotary(DIM, false, POSITIONS);
        assertEquals(rotary.cosines(BASE)[DIM], scaling.cosines(rotary, BASE)[DIM]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"rope_type\": \"yarn\", \"factor\": 4}|must have rope_type default, linear or llama3 as rope_scaling, but has {\"rope_type\":\"yarn\"",
                "{\"factor\": 4}|must have rope_type default, linear or llama3",
                "{\"type\": \"linear\"}|rope_scaling must have a positive number factor, but has none",
                "{\"type\": \"linear\", \"factor\": -1}|a positive number factor, but has -1",
                "{\"type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 4, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 8}|more than low_freq_factor=4.0",
                "[1]|must have an object rope_scaling"
            })
    void otherKindsAreRefusedByName(String rope, String expected) throws IOException {
        JsonFile config = config("\"rope_scaling\": " + rope);
        IOException e = assertThrows(IOException.class, () -> RopeScaling.of(config));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
