package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.EveryKernel;
import io.github.attention4j.testing.HostArrays;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sums over very many keys keep their digits. A running sum of floats would stop growing at 2^24 like terms; what loses
 * as much with fewer keys is one key whose weight is 2^24 times that of each of the others.
 */
class LongSumsTest {
    private static final int KEYS = 140_003;
    private static final int QUERIES = 2;
    private static final float FIRST = (float) (24 * Math.log(2)); // the first key's score; all others have 0

    static Stream<EveryKernel> kernels() {
        Set<String> twins = Set.of("DECODE OF_DEVICE in shares", "DECODE TILES in shares", "DECODE ROWS in shares");
        return EveryKernel.all() // emulated matrix units take minutes: see SharedKeysTest
                .filter(kernel ->
                        !twins.contains(kernel.name()) && !kernel.name().startsWith("MATRIX"));
    }

    static Stream<KernelFamily> fastFamilies() {
        return Engines.families().filter(family -> family != KernelFamily.TILES); // a minute on a CPU
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void manySmallWeightsCountBesideALargeOne(EveryKernel kernel) {
        for (boolean sink : new boolean[] {false, true}) {
            AttentionSpecBuilder builder = kernel.types(AttentionSpec.builder()
                            .queryLength(QUERIES)
                            .keyLength(KEYS)
                            .headDim(8)
                            .heads(1))
                    .scale(1)
                    .mask(sink ? Mask.causal(Mask.Alignment.BOTTOM_RIGHT) : Mask.none())
                    .returnLse();
            AttentionSpec spec = (sink ? builder.sink() : builder).build();
            AttentionArrays inputs = new AttentionArrays();
            HostArrays.put(inputs, Operand.QUERY, kernel.array(rows(QUERIES, 1, 1)));
            HostArrays.put(inputs, Operand.KEY, kernel.array(rows(KEYS, FIRST, 0)));
            HostArrays.put(inputs, Operand.VALUE, kernel.array(rows(KEYS, 1, 3)));
            if (sink) {
                inputs.with(Operand.SINK, new float[] {FIRST});
            }
            AttentionArrays outputs = kernel.run(spec, inputs);
            double first = Math.exp(kernel.rounded(FIRST));
            for (int row = 0; row < QUERIES; row++) {
                double others = sink ? KEYS - QUERIES + row : KEYS - 1;
                double sum = first + others + (sink ? Math.exp(FIRST) : 0);
                double out = (first + 3 * others) / sum;
                float[] outs = (float[]) outputs.get(Operand.OUT);
                assertEquals(out, outs[row * 8], kernel.rounds() ? 8e-3 : 3e-3, "query " + row);
                assertEquals(Math.log(sum), ((float[]) outputs.get(Operand.LSE))[row], 1e-3, "query " + row);
            }
        }
    }

    /** Rows of eight numbers, only the first of which is not 0. */
    private static float[] rows(int count, float first, float others) {
        float[] rows = new float[count * 8];
        for (int row = 0; row < count; row++) {
            rows[row * 8] = row == 0 ? first : others;
        }
        if (count == QUERIES) {
            rows[8] = first;
        }
        return rows;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fastFamilies")
    void twentyMillionLikeKeysHaveTheirMean(KernelFamily family) {
        int keys = 20_000_003;
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(1)
                .keyLength(keys)
                .headDim(1)
                .returnLse()
                .build();
        float[] all = new float[keys];
        for (float value : new float[] {1, 0.3f}) {
            Arrays.fill(all, value);
            float[] out = new float[1];
            float[] lse = new float[1];
            Engines.of(family)
                    .attend(
                            spec,
                            AttentionArrays.of(new float[1], all, all, out).with(Operand.LSE, lse));
            assertEquals(value, out[0], value * 1e-4f);
            assertEquals(Math.log(keys), lse[0], 1e-4);
        }
    }
}
