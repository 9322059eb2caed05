package io.github.attention4j.internal.java;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Half;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.java.memory.HostMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operands of all types and layouts through the engines of this JVM, as arrays and as tensors. */
class JavaOperandsTest {
    private AttentionEngine engine;
    private Stream stream;

    private void open(String device) {
        engine = AttentionEngine.open(device);
        stream = engine.newStream();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void tensorsGiveWhatArraysGive(String device) {
        open(device);
        for (int seed = 1000; seed < 1060; seed++) {
            RandomCall call = new RandomCall(seed);
            AttentionTensors tensors = new AttentionTensors();
            for (Operand operand : Operand.values()) {
                if (call.spec.has(operand)) {
                    DeviceTensor tensor = engine.allocate(call.spec.operand(operand));
                    tensor.upload(stream, call.arrays.get(operand), 0);
                    tensors.with(operand, tensor);
                }
            }
            engine.plan(call.spec).enqueue(stream, tensors);
            engine.attend(call.spec, call.arrays);
            for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE, Operand.SCORES}) {
                if (call.spec.has(operand)) {
                    DType type = call.spec.operand(operand).dtype();
                    int length = (int) tensors.get(operand).elements();
                    Object fromTensor = HostMemory.allocate(type, length);
                    tensors.get(operand).download(stream, fromTensor, 0);
                    Object fromArray = HostMemory.allocate(type, length);
                    HostMemory.copy(type, call.arrays.get(operand), 0, fromArray, 0, length);
                    assertTrue(
                            Arrays.deepEquals(new Object[] {fromArray}, new Object[] {fromTensor}),
                            operand + " of seed " + seed);
                }
            }
            stream.finish();
        }
    }

    /**
     * What integer tensors hold is not checked: it must not lead outside the arrays, which would be an exception here.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void integersOutOfRangeDoNoHarm(String device) {
        open(device);
        SplittableRandom random = new SplittableRandom(5);
        for (int seed = 2000; seed < 2100; seed++) {
            RandomCall call = new RandomCall(seed);
            AttentionTensors tensors = new AttentionTensors();
            for (Operand operand : Operand.values()) {
                if (call.spec.has(operand)) {
                    DeviceTensor tensor = engine.allocate(call.spec.operand(operand));
                    if (tensor.dtype() == DType.I32) {
                        int[] integers = new int[(int) tensor.elements()];
                        Arrays.setAll(integers, i -> random.nextInt() >> random.nextInt(32)); // small ones too
                        tensor.upload(stream, integers);
                    }
                    tensors.with(operand, tensor);
                }
            }
            engine.plan(call.spec).enqueue(stream, tensors);
            stream.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void packedQueryKeyAndValueAreReadInPlace(String device) {
        open(device);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .kvHeads(1)
                .sequenceLength(2)
                .headDim(1)
                .causal()
                .order(Layout.Order.PACKED_QKV)
                .build();
        float[] packed = {0, 0, 0, 4, /* row 1: */ 0, (float) Math.log(3), 1, 8}; // queries of 2 heads, key, value
        float[] out = new float[4];
        engine.attend(spec, AttentionArrays.of(packed, packed, packed, out));
        assertArrayEquals(new float[] {4, 4, 6, 7}, out, 1e-6f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void theLargestValuesDoNotOverflow(String device) {
        open(device);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(20)
                .keyLength(700)
                .headDim(3)
                .build();
        float[] value = new float[700 * 3];
        Arrays.fill(value, 3e38f);
        float[] out = engine.attend(spec, new float[60], new float[2100], value);
        for (float x : out) {
            assertEquals(3e38f, x, 3e33f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void tensorsOfEveryTypeAreMappedAndWrapped(String device) {
        open(device);
        short[] halves = {1, 2, 3};
        try (DeviceTensor tensor = engine.allocate(DType.BF16, 1, 1, 1, 3)) {
            tensor.upload(stream, halves);
            try (DeviceTensor.Mapping mapping = tensor.map(stream)) {
                assertEquals(6, mapping.bytes().remaining());
                assertEquals(3, mapping.bytes().asShortBuffer().get(2));
                mapping.bytes().asShortBuffer().put(1, (short) 9);
            }
            tensor.download(stream, halves);
            assertArrayEquals(new short[] {1, 9, 3}, halves);
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        try (DeviceTensor tensor = engine.wrap(buffer, DType.I32, 1, 1, 2, 1)) {
            tensor.upload(stream, new int[] {5, -6});
            assertEquals(-6, buffer.asIntBuffer().get(1));
            byte[] bytes = {1, 0};
            try (DeviceTensor mask = engine.allocate(DType.U8, 1, 1, 1, 2)) {
                mask.upload(stream, bytes);
                mask.download(stream, new byte[2]);
            }
        }
    }

    private DeviceTensor tensor(int rows, int columns, float... numbers) {
        DeviceTensor tensor = engine.allocate(DType.F32, 1, 1, rows, columns);
        tensor.upload(stream, numbers);
        return tensor;
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void mergesTwoPartsInPlace(String device) {
        open(device);
        float none = Float.NEGATIVE_INFINITY;
        float[] out1 = {1, 2, Float.NaN, 4, Float.NaN, 6};
        float[] out2 = {3, 6, 5, 8, Float.NaN, 7};
        float[] lse1 = {0, none, none};
        float[] lse2 = {(float) Math.log(3), 2, none};
        AttentionResult wanted = new AttentionResult(out1, lse1).merge(new AttentionResult(out2, lse2));
        assertArrayEquals(new float[] {2.5f, 5, 5, 8, 0, 0}, wanted.out(), 1e-6f);
        DeviceTensor out = tensor(3, 2, out1);
        DeviceTensor lse = tensor(3, 1, lse1);
        engine.merge(stream, out, lse, tensor(3, 2, out2), tensor(3, 1, lse2), out, lse);
        float[] merged = new float[6];
        float[] logarithms = new float[3];
        out.download(stream, merged);
        lse.download(stream, logarithms);
        assertArrayEquals(wanted.out(), merged, 1e-6f);
        assertArrayEquals(new float[] {(float) Math.log(4), 2, none}, logarithms, 1e-6f);
        stream.finish();
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void rotatesRowsToTheirPositionsInPlace(String device) {
        open(device);
        Rotary rotary = new Rotary(2, true, 3);
        DeviceTensor cos = tensor(3, 1, 1, 0, -1);
        DeviceTensor sin = tensor(3, 1, 0, 1, 0);
        DeviceTensor rows = engine.allocate(DType.F16, 1, 1, 3, 3);
        rows.upload(stream, Half.encode(DType.F16, new float[] {1, 2, 3, 1, 2, 3, 1, 2, 3}));
        DeviceTensor target = engine.allocate(DType.F16, 1, 1, 3, 3);
        engine.rotate(stream, rotary, rows, cos, sin, null, target);
        assertArrayEquals(new float[] {1, 2, 3, -2, 1, 3, -1, -2, 3}, halves(target));
        DeviceTensor positions = engine.allocate(DType.I32, 1, 1, 3, 1);
        positions.upload(stream, new int[] {1, -5, 99});
        engine.rotate(stream, rotary, rows, cos, sin, positions, rows);
        assertArrayEquals(new float[] {-2, 1, 3, 1, 2, 3, -1, -2, 3}, halves(rows));
        stream.finish();
    }

    private float[] halves(DeviceTensor tensor) {
        short[] bits = new short[(int) tensor.elements()];
        tensor.download(stream, bits);
        return Half.decode(DType.F16, bits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void aPlanNamesWhatIsOn(String device) {
        open(device);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(8)
                .headDim(4)
                .causal()
                .softcap(30)
                .alibi()
                .sink()
                .keepMask(DType.BIT)
                .rotary(new Rotary(4, false, 8))
                .returnScores(ScoreStage.WEIGHTS)
                .build();
        String explanation = engine.plan(spec).explain();
        for (String part : new String[] {"window", "softcap 30", "alibi", "sink", "keep_mask", "rotary 4", "WEIGHTS"}) {
            assertTrue(explanation.contains(part), part + " in " + explanation);
        }
    }
}
