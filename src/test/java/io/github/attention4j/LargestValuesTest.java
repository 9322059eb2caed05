package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.EveryKernel;
import io.github.attention4j.testing.Problem;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mean of the largest values is as large, and not infinite: on every kernel, and out of a cache of few bits. */
class LargestValuesTest {
    private static final int KEYS = 37;

    static Stream<EveryKernel> kernels() {
        return EveryKernel.all();
    }

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    private static float largest(DType type) {
        return type == DType.F16 ? 65504 : type == DType.BF16 ? 0x1.fep127f : Float.MAX_VALUE;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void theMeanOfTheLargestValuesIsFinite(EveryKernel kernel) {
        float most = largest(kernel.type());
        for (DType out : new DType[] {DType.F32, kernel.type()}) {
            AttentionSpec spec = kernel.types(AttentionSpec.builder()
                            .heads(2)
                            .queryLength(5)
                            .keyLength(KEYS)
                            .headDim(8)
                            .bias(DType.F32)
                            .returnLse())
                    .type(Operand.OUT, out)
                    .build();
            AttentionArrays inputs = new Problem(spec, 1, 1).inputs();
            for (float sign : new float[] {1, -1}) {
                for (float bias :
                        new float[] {0, 1e20f, 3e38f, -3e38f}) { // such scores swallow what weights are scaled by
                    Elements.of(spec, inputs, Operand.VALUE).fill(sign * most);
                    Elements.of(spec, inputs, Operand.BIAS).fill(bias);
                    Elements of = Elements.of(spec, kernel.run(spec, inputs), Operand.OUT);
                    for (int i = 0; i < of.length(); i++) {
                        assertEquals(
                                sign * most, of.getAt(i), most * 1e-6f * (kernel.rounds() ? 4000 : 1), "bias " + bias);
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void theLargestRowsOfACacheOfFewBitsAreFinite(KernelFamily family) {
        for (DType type : new DType[] {DType.I8, DType.I4}) {
            KvCacheSpec shape = KvCacheSpec.builder()
                    .kvHeads(1)
                    .headDim(64)
                    .maxLength(40)
                    .type(type)
                    .build();
            AttentionSpec spec = shape.applyTo(
                            AttentionSpec.builder().heads(2).queryLength(1).scale(1))
                    .build();
            AttentionEngine engine = Engines.of(family);
            try (io.github.attention4j.Stream stream = engine.newStream();
                    KvCache cache = engine.newKvCache(shape);
                    DeviceTensor query = engine.allocate(DType.F32, 1, 2, 1, 64);
                    DeviceTensor rows = engine.allocate(DType.F32, 1, 1, 40, 64);
                    DeviceTensor out = engine.allocate(DType.F32, 1, 2, 1, 64)) {
                float[] largest = new float[40 * 64];
                java.util.Arrays.fill(largest, Float.MAX_VALUE);
                query.upload(stream, new float[128]);
                rows.upload(stream, largest);
                int sequence = cache.newSequence();
                cache.append(stream, sequence, rows, rows);
                engine.plan(spec)
                        .enqueue(
                                stream,
                                cache.addTo(new AttentionTensors())
                                        .with(Operand.QUERY, query)
                                        .with(Operand.OUT, out));
                float[] result = new float[128];
                out.download(stream, result);
                for (float number : result) {
                    assertEquals(Float.MAX_VALUE, number, Float.MAX_VALUE * 1e-6f, type + "");
                }
            }
        }
    }
}
