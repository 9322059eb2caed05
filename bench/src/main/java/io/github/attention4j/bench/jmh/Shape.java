package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import java.util.Arrays;

/** A spec written as text, because JMH's parameters are texts. */
final class Shape {
    private Shape() {}

    static AttentionSpec parse(String text, boolean causal) {
        if (!text.matches("\\d{1,9}(x\\d{1,9}){5}")) {
            throw new IllegalArgumentException(
                    "shape must be batch x heads x kvHeads x queryLength x keyLength x headDim,"
                            + " such as 1x12x12x512x512x64, but is \"" + text + "\"");
        }
        int[] n = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(n[0])
                .heads(n[1])
                .kvHeads(n[2])
                .queryLength(n[3])
                .keyLength(n[4])
                .headDim(n[5]);
        return (causal ? builder.causal() : builder).build();
    }
}
