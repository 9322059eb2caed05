package io.github.attention4j.bench.embed;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A contender before its process is started.
 *
 * @param name what it is called in tables and on the command line
 * @param peerClass the {@link EmbedPeer} that its process makes
 * @param argument what the class's constructor takes
 * @param least the cosine that each of its embeddings must have with that of the first contender at least
 */
public record EmbedKind(String name, String peerClass, String argument, double least) {
    /** Of weights in f32, whatever the order of sums. */
    private static final double SAME = 0.99999;
    /** Of weights that were rounded. */
    private static final double ROUNDED = 0.99;

    private static final String OTHERS = EmbedKind.class.getPackageName() + ".";

    /** The engine on each device, with weights of several types, and the others; of a model. */
    public static List<EmbedKind> all(List<String> devices, String model) {
        Stream<EmbedKind> engines = devices.stream().flatMap(device -> Stream.of("F32", "F16", "BF16", "I8")
                .map(type -> new EmbedKind(
                        "attention4j " + device + " " + type.toLowerCase(Locale.ROOT),
                        EncoderPeer.class.getName(),
                        device + " " + type + " " + model,
                        type.equals("F32") ? SAME : ROUNDED)));
        Stream<EmbedKind> others = model.equals("minilm")
                ? Stream.of(
                        new EmbedKind("langchain4j", OTHERS + "LangChain4jPeer", "", SAME),
                        new EmbedKind("onnxruntime", OTHERS + "OnnxBatchPeer", model, SAME))
                : Stream.of(new EmbedKind("onnxruntime", OTHERS + "OnnxBatchPeer", model, SAME));
        return Stream.concat(others, engines).toList();
    }

    /** Whether this is the project's own. */
    public boolean isEngine() {
        return peerClass.equals(EncoderPeer.class.getName());
    }
}
