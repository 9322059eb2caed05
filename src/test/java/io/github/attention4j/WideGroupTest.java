package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The GPU kernels with work-groups as GPUs get them, all of whose rows and tiles are full, and one partly masked tile.
 * {@code native-test/run --stage banks} runs these in a simulator that counts bank conflicts and uncoalesced accesses.
 */
@Tag("opencl")
class WideGroupTest {
    private static final int ROWS = 128;
    private static final int COLUMNS = 64;

    static Stream<String> specs() {
        return SPECS.keySet().stream();
    }

    private static final Map<String, AttentionSpec> SPECS = new LinkedHashMap<>();

    static {
        SPECS.put("f32", spec(DType.F32, 64, ROWS).build());
        SPECS.put(
                "f32 causal with lse",
                spec(DType.F32, 64, 64).causal().returnLse().build());
        SPECS.put("f16", spec(DType.F16, 64, 64).build());
        SPECS.put("f32 headDim 128", spec(DType.F32, 128, 64).build());
        SPECS.put(
                "f32 with bias and keep-mask",
                spec(DType.F32, 64, 64).bias(DType.F32).keepMask(DType.U8).build());
    }

    private static AttentionSpecBuilder spec(DType type, int headDim, int keys) {
        return AttentionSpec.builder()
                .heads(1)
                .queryLength(ROWS)
                .keyLength(keys)
                .headDim(headDim)
                .types(type);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void agreesWithTheReference(String name) {
        AttentionSpec spec = SPECS.get(name);
        Problem problem = Problem.of(spec);
        AttentionEngine engine = Engines.opencl(KernelFamily.TILES);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(engine, spec, inputs, outputs);
        assertEquals(KernelFamily.TILES, engine.plan(spec).family());
        Budget.check(name, spec, inputs, outputs);
    }

    @Test
    void mergingWithAResultOverNoKeysChangesNothing() {
        AttentionEngine engine = Engines.opencl(KernelFamily.TILES);
        float[] numbers = numbers(ROWS * COLUMNS);
        float[] sums = numbers(ROWS);
        float[] nothing = new float[ROWS];
        Arrays.fill(nothing, Float.NEGATIVE_INFINITY);
        float[] merged = new float[ROWS * COLUMNS];
        try (io.github.attention4j.Stream stream = engine.newStream();
                DeviceTensor out = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
                DeviceTensor lse = engine.allocate(DType.F32, 1, 1, ROWS, 1);
                DeviceTensor noOut = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
                DeviceTensor noLse = engine.allocate(DType.F32, 1, 1, ROWS, 1)) {
            out.upload(stream, numbers);
            lse.upload(stream, sums);
            noOut.upload(stream, new float[ROWS * COLUMNS]);
            noLse.upload(stream, nothing);
            engine.merge(stream, out, lse, noOut, noLse, noOut, noLse);
            noOut.download(stream, merged);
        }
        assertArrayEquals(numbers, merged, 1e-6f);
    }

    @Test
    void rotatingByNoAngleChangesNothing() {
        AttentionEngine engine = Engines.opencl(KernelFamily.TILES);
        Rotary rotary = new Rotary(COLUMNS, false, ROWS);
        float[] ones = new float[ROWS * COLUMNS / 2];
        Arrays.fill(ones, 1);
        float[] numbers = numbers(ROWS * COLUMNS);
        float[] rotated = new float[ROWS * COLUMNS];
        try (io.github.attention4j.Stream stream = engine.newStream();
                DeviceTensor from = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
                DeviceTensor to = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS);
                DeviceTensor cos = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS / 2);
                DeviceTensor sin = engine.allocate(DType.F32, 1, 1, ROWS, COLUMNS / 2)) {
            from.upload(stream, numbers);
            cos.upload(stream, ones);
            sin.upload(stream, new float[ones.length]);
            engine.rotate(stream, rotary, from, cos, sin, null, to);
            to.download(stream, rotated);
        }
        assertArrayEquals(numbers, rotated);
    }

    private static float[] numbers(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return numbers;
    }
}
