package io.github.attention4j.layers;

import static io.github.attention4j.layers.MultiHeadOperand.GRAD_OUT;
import static io.github.attention4j.layers.MultiHeadOperand.INPUT;
import static io.github.attention4j.layers.MultiHeadOperand.IN_BIAS;
import static io.github.attention4j.layers.MultiHeadOperand.IN_WEIGHT;
import static io.github.attention4j.layers.MultiHeadOperand.KEY_BIAS;
import static io.github.attention4j.layers.MultiHeadOperand.KEY_WEIGHT;
import static io.github.attention4j.layers.MultiHeadOperand.MEMORY;
import static io.github.attention4j.layers.MultiHeadOperand.OUT;
import static io.github.attention4j.layers.MultiHeadOperand.OUT_BIAS;
import static io.github.attention4j.layers.MultiHeadOperand.OUT_WEIGHT;
import static io.github.attention4j.layers.MultiHeadOperand.QUERY_BIAS;
import static io.github.attention4j.layers.MultiHeadOperand.QUERY_WEIGHT;
import static io.github.attention4j.layers.MultiHeadOperand.RESIDUAL;
import static io.github.attention4j.layers.MultiHeadOperand.VALUE_BIAS;
import static io.github.attention4j.layers.MultiHeadOperand.VALUE_WEIGHT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Half;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Engines;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Multi-head attention against plain loops in double precision, its gradients against differences of those. */
class MultiHeadAttentionTest {
    private static final int WIDTH = 24;
    private static final int HEADS = 4;
    private static final int DIM = WIDTH / HEADS;

    static java.util.stream.Stream<KernelFamily> families() {
        // The others differ in kernels of attention, which have tests of their own.
        return Engines.families().filter(family -> family != KernelFamily.DECODE && family != KernelFamily.TILES);
    }

    /** The tensors of a layer, filled with small numbers, and what they hold in double precision. */
    private static final class Call implements AutoCloseable {
        final MultiHeadAttention layer;
        final AttentionEngine engine;
        final Stream stream;
        final MultiHeadTensors tensors = new MultiHeadTensors();
        final Map<MultiHeadOperand, double[]> numbers = new EnumMap<>(MultiHeadOperand.class);
        private final Map<MultiHeadOperand, DeviceTensor> made = new EnumMap<>(MultiHeadOperand.class);

        Call(AttentionEngine engine, MultiHeadAttention layer, long seed) {
            this.engine = engine;
            this.layer = layer;
            stream = engine.newStream();
            for (MultiHeadOperand operand : MultiHeadOperand.values()) {
                if (layer.has(operand)) {
                    fill(operand, new Random(31 * seed + operand.ordinal()));
                }
            }
            for (MultiHeadOperand operand : MultiHeadOperand.values()) {
                if (layer.has(operand) && layer.operand(operand).dtype() == DType.I8) {
                    double[] scales = numbers.get(operand.scales());
                    double[] weight = numbers.get(operand);
                    Arrays.setAll(weight, i -> weight[i] * scales[i / (weight.length / scales.length)]);
                }
            }
        }

        private static float sizeOf(MultiHeadOperand operand) {
            boolean isWeight = operand.name().contains("WEIGHT");
            return operand.name().endsWith("SCALES") ? 0.003f : isWeight ? 0.25f : 1;
        }

        private void fill(MultiHeadOperand operand, Random random) {
            TensorSpec tensor = layer.operand(operand);
            float[] floats = new float[(int) tensor.elements()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) random.nextGaussian() * sizeOf(operand);
            }
            DeviceTensor device = engine.allocate(tensor);
            if (tensor.dtype() == DType.I8) {
                byte[] bytes = new byte[floats.length];
                random.nextBytes(bytes);
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = bytes[i];
                }
                device.upload(stream, bytes);
            } else if (tensor.dtype() == DType.F32) {
                device.upload(stream, floats);
            } else {
                short[] bits = Half.encode(tensor.dtype(), floats);
                floats = Half.decode(tensor.dtype(), bits);
                device.upload(stream, bits);
            }
            double[] doubles = new double[floats.length];
            for (int i = 0; i < floats.length; i++) {
                doubles[i] = floats[i];
            }
            numbers.put(operand, doubles);
            made.put(operand, device);
            tensors.with(operand, device);
        }

        void integers(Operand operand, int... values) {
            DeviceTensor device = engine.allocate(DType.I32, values.length, 1, 1, 1);
            device.upload(stream, values);
            tensors.with(operand, device);
        }

        /** Those of several operands behind one another. */
        double[] joined(MultiHeadOperand... operands) {
            double[] all = new double[0];
            for (MultiHeadOperand operand : operands) {
                double[] part = numbers.get(operand);
                int before = all.length;
                all = Arrays.copyOf(all, before + part.length);
                System.arraycopy(part, 0, all, before, part.length);
            }
            return all;
        }

        double[] download(MultiHeadOperand operand) {
            TensorSpec tensor = layer.operand(operand);
            float[] floats = new float[(int) tensor.elements()];
            if (tensor.dtype() == DType.F32) {
                made.get(operand).download(stream, floats);
            } else {
                short[] bits = new short[floats.length];
                made.get(operand).download(stream, bits);
                floats = Half.decode(tensor.dtype(), bits);
            }
            double[] doubles = new double[floats.length];
            for (int i = 0; i < floats.length; i++) {
                doubles[i] = floats[i];
            }
            return doubles;
        }

        @Override
        public void close() {
            made.values().forEach(DeviceTensor::close);
            stream.close();
            layer.close();
        }
    }

    private static int[] offsets(int batch, int length) {
        int[] offsets = new int[batch + 1];
        Arrays.setAll(offsets, i -> i * length);
        return offsets;
    }

    @ParameterizedTest
    @MethodSource("families")
    void selfAttentionWithPackedWeights(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        MultiHeadAttention layer = MultiHeadAttention.builder()
                .width(WIDTH)
                .heads(HEADS)
                .residual()
                .attention(a -> a.batch(2).sequenceLength(9).causal())
                .plan(engine);
        try (Call call = new Call(engine, layer, 1)) {
            layer.enqueue(call.stream, call.tensors);
            PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, true, offsets(2, 9), offsets(2, 9));
            double[] exact = packed(plain, call, call.numbers.get(INPUT));
            double[] residual = call.numbers.get(RESIDUAL);
            for (int i = 0; i < exact.length; i++) {
                exact[i] += residual[i];
            }
            assertArrayEquals(exact, call.download(OUT), 5e-6);
            assertTrue(layer.explain().contains("18 rows of 24 -> 72"), layer.explain());
        }
    }

    private static double[] packed(PlainMultiHead plain, Call call, double[] memory) {
        Map<MultiHeadOperand, double[]> numbers = call.numbers;
        return plain.out(
                numbers.get(INPUT),
                memory,
                numbers.get(IN_WEIGHT),
                numbers.get(IN_BIAS),
                numbers.get(OUT_WEIGHT),
                numbers.get(OUT_BIAS));
    }

    @ParameterizedTest
    @MethodSource("families")
    void raggedRowsWithWeightsOfTheirOwnAndSharedKeyHeads(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        MultiHeadAttention layer = MultiHeadAttention.builder()
                .width(WIDTH)
                .heads(HEADS)
                .kvHeads(2)
                .headDim(8)
                .separateWeights()
                .attention(a -> a.batch(3).sequenceLength(11).raggedQueries(19).raggedKeys(19))
                .plan(engine);
        int[] offsets = {0, 11, 12, 19};
        try (Call call = new Call(engine, layer, 2)) {
            call.integers(Operand.QUERY_OFFSETS, offsets);
            call.integers(Operand.KEY_OFFSETS, offsets);
            layer.enqueue(call.stream, call.tensors);
            PlainMultiHead plain = new PlainMultiHead(HEADS, 2, 8, false, offsets, offsets);
            assertArrayEquals(separate(plain, call, INPUT), call.download(OUT), 5e-6);
        }
    }

    private static double[] separate(PlainMultiHead plain, Call call, MultiHeadOperand memory) {
        return plain.out(
                call.numbers.get(INPUT),
                call.numbers.get(memory),
                call.joined(QUERY_WEIGHT, KEY_WEIGHT, VALUE_WEIGHT),
                call.layer.has(QUERY_BIAS) ? call.joined(QUERY_BIAS, KEY_BIAS, VALUE_BIAS) : null,
                call.numbers.get(OUT_WEIGHT),
                call.numbers.get(OUT_BIAS));
    }

    @ParameterizedTest
    @MethodSource("families")
    void crossAttentionWithEitherKindOfWeights(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        MultiHeadAttentionBuilder cross = MultiHeadAttention.builder()
                .width(WIDTH)
                .heads(HEADS)
                .cross(WIDTH)
                .attention(a -> a.batch(2).queryLength(5).keyLength(13));
        PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, false, offsets(2, 5), offsets(2, 13));
        try (Call call = new Call(engine, cross.plan(engine), 3)) {
            call.layer.enqueue(call.stream, call.tensors);
            assertArrayEquals(packed(plain, call, call.numbers.get(MEMORY)), call.download(OUT), 5e-6);
        }
        MultiHeadAttention other =
                cross.cross(10).separateWeights().withoutBias().plan(engine);
        try (Call call = new Call(engine, other, 4)) {
            other.enqueue(call.stream, call.tensors);
            assertArrayEquals(separate(plain, call, MEMORY), call.download(OUT), 5e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void typesOfSixteenBits(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            MultiHeadAttention layer = MultiHeadAttention.builder()
                    .width(WIDTH)
                    .heads(HEADS)
                    .types(type, type, DType.F32)
                    .attention(a -> a.sequenceLength(20))
                    .plan(engine);
            try (Call call = new Call(engine, layer, 5)) {
                layer.enqueue(call.stream, call.tensors);
                PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, false, offsets(1, 20), offsets(1, 20));
                double[] exact = packed(plain, call, call.numbers.get(INPUT));
                assertArrayEquals(exact, call.download(OUT), type == DType.F16 ? 4e-3 : 3e-2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void weightsOfEightBitsWithAScaleForEachRow(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        MultiHeadAttentionBuilder builder = MultiHeadAttention.builder()
                .width(WIDTH)
                .heads(HEADS)
                .types(DType.F32, DType.I8, DType.F32)
                .attention(a -> a.queryLength(5).keyLength(13));
        PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, false, offsets(1, 5), offsets(1, 13));
        try (Call call = new Call(engine, builder.cross(WIDTH).plan(engine), 12)) {
            call.layer.enqueue(call.stream, call.tensors);
            assertArrayEquals(packed(plain, call, call.numbers.get(MEMORY)), call.download(OUT), 5e-6);
        }
        try (Call call = new Call(engine, builder.cross(10).separateWeights().plan(engine), 13)) {
            call.layer.enqueue(call.stream, call.tensors);
            assertArrayEquals(separate(plain, call, MEMORY), call.download(OUT), 5e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void tokenByTokenWithACacheIsTheSameAsAllAtOnce(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        KvCacheSpec cacheSpec = KvCacheSpec.builder()
                .sequences(2)
                .maxLength(32)
                .kvHeads(2)
                .headDim(DIM)
                .order(Layout.Order.BATCH_ROW_HEAD)
                .build();
        int[] steps = {5, 1, 1, 3};
        try (KvCache cache = engine.newKvCache(cacheSpec)) {
            int[] sequences = {cache.newSequence(), cache.newSequence()};
            double[][] inputs = new double[2][0];
            for (int step = 0; step < steps.length; step++) {
                int rows = steps[step];
                MultiHeadAttention layer = MultiHeadAttention.builder()
                        .width(WIDTH)
                        .heads(HEADS)
                        .kvHeads(2)
                        .headDim(DIM)
                        .cache(cache)
                        .attention(a -> a.queryLength(rows).causal())
                        .plan(engine);
                try (Call call = new Call(engine, layer, 6)) { // the same weights each time, as the seed is
                    layer.enqueue(call.stream, call.tensors, sequences, new int[] {rows, rows});
                    double[] out = call.download(OUT);
                    double[] input = call.numbers.get(INPUT);
                    for (int entry = 0; entry < 2; entry++) {
                        int half = input.length / 2;
                        int before = inputs[entry].length;
                        inputs[entry] = Arrays.copyOf(inputs[entry], before + half);
                        System.arraycopy(input, entry * half, inputs[entry], before, half);
                        checkLast(call, inputs[entry], out, entry * half, half);
                    }
                }
            }
        }
    }

    private static void checkLast(Call call, double[] inputs, double[] out, int from, int count) {
        int rows = inputs.length / WIDTH;
        PlainMultiHead plain = new PlainMultiHead(HEADS, 2, DIM, true, offsets(1, rows), offsets(1, rows));
        double[] exact = plain.out(
                inputs,
                inputs,
                call.numbers.get(IN_WEIGHT),
                call.numbers.get(IN_BIAS),
                call.numbers.get(OUT_WEIGHT),
                call.numbers.get(OUT_BIAS));
        assertArrayEquals(
                Arrays.copyOfRange(exact, exact.length - count, exact.length),
                Arrays.copyOfRange(out, from, from + count),
                5e-6);
    }

    @ParameterizedTest
    @MethodSource("families")
    void gradientsAreTheDerivatives(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        MultiHeadAttentionBuilder builder = MultiHeadAttention.builder()
                .width(WIDTH)
                .heads(HEADS)
                .backward()
                .attention(a -> a.batch(2).sequenceLength(6).causal());
        try (Call call = new Call(engine, builder.plan(engine), 7)) {
            PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, true, offsets(2, 6), offsets(2, 6));
            checkGradients(call, () -> packed(plain, call, call.numbers.get(INPUT)));
        }
        builder.separateWeights();
        try (Call call = new Call(engine, builder.plan(engine), 8)) {
            PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, true, offsets(2, 6), offsets(2, 6));
            checkGradients(call, () -> separate(plain, call, INPUT));
        }
        builder.cross(10).attention(a -> a.queryLength(4).keyLength(7));
        try (Call call = new Call(engine, builder.plan(engine), 9)) {
            PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, false, offsets(1, 4), offsets(1, 7));
            checkGradients(call, () -> separate(plain, call, MEMORY));
        }
        MultiHeadAttentionBuilder packed = MultiHeadAttention.builder()
                .width(WIDTH)
                .heads(HEADS)
                .cross(WIDTH)
                .backward()
                .attention(a -> a.queryLength(4).keyLength(7));
        try (Call call = new Call(engine, packed.plan(engine), 11)) {
            PlainMultiHead plain = new PlainMultiHead(HEADS, HEADS, DIM, false, offsets(1, 4), offsets(1, 7));
            checkGradients(call, () -> packed(plain, call, call.numbers.get(MEMORY)));
        }
    }

    /** Central differences of Σ out · gradOut, at some elements of each input. */
    private static void checkGradients(Call call, java.util.function.Supplier<double[]> forward) {
        call.layer.enqueue(call.stream, call.tensors);
        call.layer.enqueueBackward(call.stream, call.tensors);
        double[] gradOut = call.numbers.get(GRAD_OUT);
        double step = 1e-5;
        for (MultiHeadOperand operand : MultiHeadOperand.values()) {
            if (!call.layer.has(operand) || operand.isOfBackward() || operand == OUT) {
                continue;
            }
            double[] gradient = call.download(operand.gradient());
            double[] numbers = call.numbers.get(operand);
            for (int i = 0; i < numbers.length; i += 1 + numbers.length / 40) {
                double before = numbers[i];
                numbers[i] = before + step;
                double above = dot(forward.get(), gradOut);
                numbers[i] = before - step;
                double below = dot(forward.get(), gradOut);
                numbers[i] = before;
                assertEquals((above - below) / (2 * step), gradient[i], 2e-5, operand + " element " + i);
            }
        }
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    @Test
    void wrongRequestsAndCallsAreRefused() {
        AttentionEngine engine = Engines.of(KernelFamily.JAVA);
        assertRefused(
                "width was not set", () -> MultiHeadAttention.builder().heads(1).plan(engine));
        assertRefused(
                "lengths were not set",
                () -> MultiHeadAttention.builder().width(4).heads(1).plan(engine));
        assertRefused("width must be a multiple of heads, but they are 5 and 2", () -> MultiHeadAttention.builder()
                .width(5)
                .heads(2)
                .attention(a -> a.sequenceLength(3))
                .plan(engine));
        assertRefused("no gradients of weights of I8", () -> MultiHeadAttention.builder()
                .width(4)
                .heads(2)
                .types(DType.F32, DType.I8, DType.F32)
                .backward()
                .attention(a -> a.sequenceLength(3))
                .plan(engine));
        assertRefused("rows of one width, but width is 4 and memoryWidth is 6", () -> MultiHeadAttention.builder()
                .width(4)
                .heads(2)
                .cross(6)
                .attention(a -> a.sequenceLength(3))
                .plan(engine));
        MultiHeadAttention layer = MultiHeadAttention.builder()
                .width(4)
                .heads(2)
                .attention(a -> a.sequenceLength(3))
                .plan(engine);
        try (Call call = new Call(engine, layer, 10);
                DeviceTensor small = engine.allocate(DType.F32, 1, 1, 1, 4)) {
            assertRefused("ask for backward()", () -> layer.enqueueBackward(call.stream, call.tensors));
            assertRefused("has no cache", () -> layer.enqueue(call.stream, call.tensors, new int[1], new int[] {1}));
            assertRefused("no tensor is given for it", () -> layer.enqueue(call.stream, new MultiHeadTensors()));
            call.tensors.with(MEMORY, small);
            assertRefused("a tensor for memory is given", () -> layer.enqueue(call.stream, call.tensors));
            MultiHeadTensors wrong = new MultiHeadTensors();
            call.numbers.keySet().forEach(operand -> wrong.with(operand, call.tensors.get(operand)));
            wrong.with(OUT_BIAS, small).with(INPUT, small);
            assertRefused("input must have 12 elements", () -> layer.enqueue(call.stream, wrong));
            layer.close();
            assertThrows(IllegalStateException.class, () -> layer.enqueue(call.stream, wrong));
        }
    }

    private static void assertRefused(String message, Executable request) {
        Exception e = assertThrows(IllegalArgumentException.class, request);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
