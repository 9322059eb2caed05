package io.github.attention4j.bench.embed;

import io.github.attention4j.DType;
import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.util.List;

/** The engine's own encoder. */
final class EncoderPeer implements EmbedPeer {
    private final TextEncoder encoder;
    private final String type;

    /** @param argument the id of the device, the type of the weights and the model */
    EncoderPeer(String argument) {
        String[] words = argument.split(" ");
        type = words[1];
        encoder = TextEncoder.open(
                words[2].equals("bge") ? EncoderSource.bgeSmallEnV15() : EncoderSource.allMiniLmL6V2(),
                EncoderOptions.defaults().withDevice(words[0]).withWeights(DType.valueOf(type)));
    }

    @Override
    public String version() {
        return "attention4j on " + encoder.engine().device().name() + ", weights in " + type;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        return encoder.embed(texts);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
