package io.github.attention4j.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The second example of the README: embeds WordNet's glosses and prints those that a question attends to most. */
public final class Neighbours {
    private Neighbours() {}

    /** Arguments: WordNet's data.noun, a question. */
    public static void main(String[] arguments) throws IOException {
        try (TextEncoder encoder = TextEncoder.open(EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults());
                NDManager manager = NDManager.newBaseManager()) {
            search(encoder, manager, Path.of(arguments[0]), arguments[1]);
        }
    }

    private static void search(TextEncoder encoder, NDManager manager, Path nouns, String question) throws IOException {
        List<String> glosses = Files.readAllLines(nouns).stream() // /usr/share/wordnet/data.noun
                .flatMap(line -> Stream.of(line.split(" \\| ")).skip(1))
                .toList();
        NDArray query = manager.create(encoder.embed(question));
        NDArray keys = manager.create(encoder.embed(glosses).toArray(float[][]::new));
        AttentionSpecBuilder asked = NdAttention.spec(query, keys, keys).returnScores(ScoreStage.WEIGHTS);
        var inputs = Map.of(Operand.QUERY, query, Operand.KEY, keys, Operand.VALUE, keys);
        var outputs = NdAttention.attend(encoder.engine(), asked.build(), inputs);
        long[] best = outputs.get(Operand.SCORES).topK(5, 3).get(1).toLongArray();
        Arrays.stream(best).forEach(gloss -> System.out.println(glosses.get((int) gloss)));
    }
}
