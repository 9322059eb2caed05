package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Npy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attention of real models, with their own queries, keys, values and outputs. Two steps: the reference agrees with what
 * was stored, and every device agrees with the reference. The tensors lie in {@code golden} under the folder that the
 * system property {@code attention4j.shared} names.
 */
class GoldenTest {
    private static final Path GOLDEN =
            Path.of(System.getProperty("attention4j.shared", "../shared")).resolve("golden");

    /** The models' outputs come from ONNX Runtime in float, which is up to 9e-6 away from float64 on these. */
    private static final double MODEL_ERROR = 1e-5;

    /**
     * The other outputs were computed in float64 and rounded; our scale 1/√headDim is a float, which large scores show.
     */
    private static final double ROUNDING = 2e-7;

    /** One layer: inputs, and outputs as stored. */
    private record Layer(
            String name,
            AttentionSpec spec,
            float[] query,
            float[] key,
            float[] value,
            float[] out,
            double outError,
            float[] lse) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        layers.add(whole("minilm-long512", "layer00_", "", Mask.none(), MODEL_ERROR));
        layers.add(whole("minilm-long512", "layer00_", "causal_", Mask.causal(), ROUNDING));
        layers.add(whole("ocr-line", "layer00_", "", Mask.none(), MODEL_ERROR));
        layers.addAll(unpadded("minilm-batch4", "layer00_"));
        layers.addAll(unpadded("bge-batch2", "layer11_"));
        return layers;
    }

    private static Layer whole(String folder, String layer, String variant, Mask mask, double outError) {
        Npy query = read(folder, layer + "q");
        int[] shape = query.shape();
        AttentionSpec spec = AttentionSpec.builder()
                .batch(shape[0])
                .heads(shape[1])
                .sequenceLength(shape[2])
                .headDim(shape[3])
                .mask(mask)
                .build();
        return new Layer(
                folder + " " + variant,
                spec,
                query.data(),
                read(folder, layer + "k").data(),
                read(folder, layer + "v").data(),
                read(folder, layer + variant + (variant.isEmpty() ? "attn_out" : "out"))
                        .data(),
                outError,
                read(folder, layer + variant + "lse").data());
    }

    /** The entries of a padded batch, each cut to its own length. */
    private static List<Layer> unpadded(String folder, String layer) {
        Npy mask = read(folder, "attention_mask");
        Layer padded = whole(folder, layer, "", Mask.none(), MODEL_ERROR);
        List<Layer> layers = new ArrayList<>();
        for (int entry = 0; entry < mask.shape()[0]; entry++) {
            int length = 0;
            while (length < mask.shape()[1] && mask.data()[entry * mask.shape()[1] + length] == 1) {
                length++;
            }
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(padded.spec.heads())
                    .sequenceLength(length)
                    .headDim(padded.spec.headDim())
                    .build();
            layers.add(new Layer(
                    folder + " entry " + entry + ", " + length + " tokens",
                    spec,
                    cut(padded.query, padded.spec, entry, length),
                    cut(padded.key, padded.spec, entry, length),
                    cut(padded.value, padded.spec, entry, length),
                    cut(padded.out, padded.spec, entry, length),
                    MODEL_ERROR,
                    cut(padded.lse, padded.spec, entry, length)));
        }
        return layers;
    }

    private static float[] cut(float[] padded, AttentionSpec spec, int entry, int rows) {
        int headSize = padded.length / spec.batch() / spec.heads();
        int columns = headSize / spec.queryLength();
        float[] cut = new float[spec.heads() * rows * columns];
        for (int head = 0; head < spec.heads(); head++) {
            System.arraycopy(
                    padded, (entry * spec.heads() + head) * headSize, cut, head * rows * columns, rows * columns);
        }
        return cut;
    }

    private static Npy read(String folder, String name) {
        return Npy.read(GOLDEN.resolve(folder).resolve(name + ".npy"));
    }

    static Stream<Arguments> onAllDevices() {
        if (!Files.isDirectory(GOLDEN)) {
            return Stream.of(Arguments.of("no device", null));
        }
        return layers().stream()
                .flatMap(layer -> AttentionEngine.devices().stream().map(device -> Arguments.of(device.id(), layer)));
    }

    static Stream<Arguments> stored() {
        return Files.isDirectory(GOLDEN) ? layers().stream().map(Arguments::of) : Stream.of(Arguments.of((Layer) null));
    }

    private static void assumeTensors() {
        assumeTrue(
                Files.isDirectory(GOLDEN),
                "needs tensors of real models, which are not part of the project (-Dattention4j.shared=FOLDER)");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stored")
    void theReferenceAgreesWithWhatWasStored(Layer layer) {
        assumeTensors();
        ReferenceAttention.Result result = ReferenceAttention.attend(layer.spec, layer.query, layer.key, layer.value);
        assertClose("out", layer.out, result.out(), layer.outError);
        double largest = Arrays.stream(result.lse()).map(Math::abs).max().orElseThrow();
        assertClose("lse", layer.lse, result.lse(), ROUNDING * Math.max(1, largest));
    }

    private static void assertClose(String name, float[] stored, double[] ours, double allowed) {
        assertTrue(stored.length == ours.length, name);
        for (int i = 0; i < stored.length; i++) {
            double error = Math.abs(stored[i] - ours[i]);
            assertTrue(
                    error <= allowed,
                    name + "[" + i + "] is " + ours[i] + ", stored " + stored[i] + ", allowed error " + allowed);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onAllDevices")
    void everyDeviceAgreesWithTheReference(String device, Layer layer) {
        assumeTensors();
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            AttentionResult result = engine.attendWithLse(layer.spec, layer.query, layer.key, layer.value);
            Budget.check(layer.name, layer.spec, layer.query, layer.key, layer.value, result.out(), result.lse());
        }
    }
}
