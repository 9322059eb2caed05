package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;
import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_WEIGHT;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Stream;
import io.github.attention4j.testing.Engines;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Linear layers: every family that computes them against their definition, and what is refused. */
class LinearTest {
    private static final int[][] SIZES = {{1, 1, 1}, {3, 17, 5}, {17, 130, 33}, {130, 65, 129}};

    static java.util.stream.Stream<KernelFamily> families() {
        return Engines.families().filter(family -> family != KernelFamily.DECODE);
    }

    private static LinearSpecBuilder sized(int rows, int in, int out) {
        return LinearSpec.builder().rows(rows).inFeatures(in).outFeatures(out);
    }

    @ParameterizedTest
    @MethodSource("families")
    void sumsAreThoseOfTheDefinition(KernelFamily family) {
        for (int[] size : SIZES) {
            new LinearProblem(sized(size[0], size[1], size[2]).build(), 1).check(Engines.of(family));
        }
    }

    @Test
    @Tag("opencl")
    void fewRowsOnAProcessorAreReadOnce() {
        try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice())) {
            Assumptions.assumeTrue(engine.device().type() == Device.Type.CPU, "this is of processors");
            for (int rows = 1; rows <= 4; rows++) {
                LinearSpec spec = sized(rows, 50 + rows, 37)
                        .bias()
                        .types(DType.BF16, rows % 2 == 0 ? DType.I8 : DType.F32, DType.F32)
                        .activation(Activation.SILU)
                        .residual()
                        .build();
                assertEquals(KernelFamily.DECODE, engine.plan(spec).family());
                new LinearProblem(spec, rows).check(engine);
            }
            String explanation =
                    engine.plan(sized(5, 50, 37).build().backward()).explain();
            assertTrue(explanation.startsWith("linear_lanes with") && explanation.contains("grad_weight"), explanation);
        }
    }

    @Tag("oclgrind")
    @ParameterizedTest
    @EnumSource(names = {"LANES", "TILES"})
    void hasNoRaceOnTinyLayers(KernelFamily family) {
        LinearSpecBuilder layer = sized(9, 10, 11).bias();
        new LinearProblem(layer.build().backward(), 9).check(Engines.of(family));
        new LinearProblem(layer.residual().build(), 9).check(Engines.of(family));
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyTypeIsComputed(KernelFamily family) {
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
            for (DType weight : new DType[] {DType.F32, DType.F16, DType.BF16, DType.I8}) {
                new LinearProblem(sized(19, 37, 21).types(type, weight, type).build(), 2).check(Engines.of(family));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyActivationWithBiasAndResidualIsComputed(KernelFamily family) {
        for (Activation activation : Activation.values()) {
            LinearSpec spec =
                    sized(20, 33, 35).bias().activation(activation).residual().build();
            new LinearProblem(spec, 3).check(Engines.of(family));
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void rowsMayLieApartAndBeginAnywhere(KernelFamily family) {
        LinearSpec spec = sized(18, 20, 22)
                .residual()
                .bias()
                .rowStride(INPUT, 27)
                .start(INPUT, 3)
                .rowStride(WEIGHT, 21)
                .rowStride(OUT, 40)
                .start(OUT, 9)
                .rowStride(RESIDUAL, 23)
                .build();
        new LinearProblem(spec, 4).check(Engines.of(family));
    }

    @ParameterizedTest
    @MethodSource("families")
    void aNanStaysInItsRow(KernelFamily family) {
        LinearProblem problem = new LinearProblem(sized(20, 30, 40).build(), 5);
        problem.set(INPUT, 7, 11, Float.NaN);
        problem.check(Engines.of(family));
    }

    @ParameterizedTest
    @MethodSource("families")
    void gradientsAreThoseOfTheDefinition(KernelFamily family) {
        for (int[] size : SIZES) {
            LinearSpec spec = sized(size[0], size[1], size[2]).bias().build();
            new LinearProblem(spec.backward(), 6).check(Engines.of(family));
            new LinearProblem(spec.backward().accumulating(), 7).check(Engines.of(family));
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void aFrozenWeightOfBytesPassesTheGradientOn(KernelFamily family) {
        LinearSpec spec =
                sized(20, 30, 40).types(DType.BF16, DType.I8, DType.BF16).build();
        new LinearProblem(spec.backward(GRAD_INPUT), 8).check(Engines.of(family));
        assertThrows(IllegalArgumentException.class, () -> spec.backward(GRAD_WEIGHT));
    }

    @ParameterizedTest
    @MethodSource("families")
    void aSumMayTakeThePlaceOfTheResidual(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        LinearSpec spec = sized(2, 1, 3).residual().build();
        try (Stream stream = engine.newStream();
                DeviceTensor input = engine.allocate(DType.F32, 1, 1, 2, 1);
                DeviceTensor weight = engine.allocate(DType.F32, 1, 1, 3, 1);
                DeviceTensor out = engine.allocate(DType.F32, 2, 1, 1, 3)) {
            input.upload(stream, new float[] {1, 2});
            weight.upload(stream, new float[] {1, 10, 100});
            out.upload(stream, new float[] {5, 5, 5, 6, 6, 6});
            LayerTensors call = new LayerTensors()
                    .with(INPUT, input)
                    .with(WEIGHT, weight)
                    .with(RESIDUAL, out)
                    .with(OUT, out);
            engine.plan(spec).enqueueWithEvent(stream, call).close();
            float[] sums = new float[6];
            out.download(stream, sums);
            assertArrayEquals(new float[] {6, 15, 105, 8, 26, 206}, sums);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void wrongCallsAreToldApart(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        LayerPlan plan = engine.plan(sized(2, 3, 4).build());
        try (Stream stream = engine.newStream();
                DeviceTensor six = engine.allocate(DType.F32, 1, 1, 2, 3);
                DeviceTensor twelve = engine.allocate(DType.F32, 1, 1, 4, 3);
                DeviceTensor eight = engine.allocate(DType.F32, 1, 1, 2, 4);
                DeviceTensor half = engine.allocate(DType.F16, 1, 1, 2, 4)) {
            LayerTensors call = new LayerTensors().with(INPUT, six).with(WEIGHT, twelve);
            assertRefused("no tensor is given for it", plan, stream, call);
            assertRefused("out must have type F32, but has F16", plan, stream, call.with(OUT, half));
            assertRefused("out must have 8 elements", plan, stream, call.with(OUT, six));
            assertRefused(
                    "a tensor for bias is given",
                    plan,
                    stream,
                    call.with(OUT, eight).with(BIAS, six));
        }
        try (Stream stream = engine.newStream();
                DeviceTensor square = engine.allocate(DType.F32, 1, 1, 2, 2);
                DeviceTensor other = engine.allocate(DType.F32, 1, 1, 2, 2)) {
            LayerTensors call =
                    new LayerTensors().with(INPUT, square).with(WEIGHT, other).with(OUT, square);
            assertRefused("is also given as input", engine.plan(sized(2, 2, 2).build()), stream, call);
        }
    }

    private static void assertRefused(String message, LayerPlan plan, Stream stream, LayerTensors call) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> plan.enqueue(stream, call));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void wrongRequestsAreRefused() {
        assertRefused(
                "rows was not set; call rows(..)", () -> LinearSpec.builder().build());
        assertRefused("inFeatures must be at least 1, but is 0", () -> sized(1, 0, 1));
        assertRefused("input must be F32, F16 or BF16, but is I8", () -> sized(1, 1, 1)
                .type(INPUT, DType.I8));
        assertRefused(
                "ask for bias() too", () -> sized(1, 1, 1).type(BIAS, DType.F16).build());
        assertRefused(
                "must be at least its columns, 4, but is 3",
                () -> sized(2, 4, 2).rowStride(INPUT, 3).build());
        assertRefused(
                "the activation GELU",
                () -> sized(1, 1, 1).activation(Activation.GELU).build().backward());
        assertRefused("the layer has no bias", () -> sized(1, 1, 1).build().backward(LayerOperand.GRAD_BIAS));
        assertRefused("only gradients", () -> sized(1, 1, 1).build().accumulating());
    }

    private static void assertRefused(String message, Executable request) {
        Exception e = assertThrows(IllegalArgumentException.class, request);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void equalSpecsShareAPlan() {
        AttentionEngine engine = Engines.of(KernelFamily.JAVA);
        LinearSpec spec = sized(4, 5, 6).bias().build();
        assertEquals(spec, sized(4, 5, 6).bias().build());
        assertNotEquals(spec, sized(4, 5, 6).build());
        assertSame(engine.plan(spec), engine.plan(sized(4, 5, 6).bias().build()));
        assertTrue(engine.plan(spec).explain().contains("4 rows of 5 -> 6"));
    }
}
