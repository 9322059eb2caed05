package io.github.attention4j.layers;

import static io.github.attention4j.layers.LayerOperand.GRAD_INPUT;
import static io.github.attention4j.layers.LayerOperand.GRAD_OUT;
import static io.github.attention4j.layers.LayerOperand.INPUT;
import static io.github.attention4j.layers.LayerOperand.OFFSETS;
import static io.github.attention4j.layers.LayerOperand.OUT;
import static io.github.attention4j.layers.LayerOperand.RESIDUAL;
import static io.github.attention4j.layers.LayerOperand.SUM;
import static io.github.attention4j.layers.LayerOperand.WEIGHT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.testing.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Norms, activations, embeddings and pooling: every family against their definition, and what is refused. */
class RowLayersTest {
    private static final DType[] FLOATS = {DType.F32, DType.F16, DType.BF16};
    /** Rows and columns. */
    private static final int[][] SIZES = {{1, 1}, {3, 17}, {17, 64}, {130, 33}, {5, 384}};

    static java.util.stream.Stream<KernelFamily> families() {
        return Engines.families().filter(family -> family != KernelFamily.DECODE);
    }

    @ParameterizedTest
    @MethodSource("families")
    void normsAreThoseOfTheDefinition(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (int[] size : SIZES) {
            NormSpec layerNorm = NormSpec.layerNorm(size[0], size[1], 1e-5);
            NormSpec rmsNorm = NormSpec.rmsNorm(size[0], size[1], 1e-6);
            new RowProblem(layerNorm, 1).check(engine);
            new RowProblem(rmsNorm, 2).check(engine);
            new RowProblem(layerNorm.withResidual().withSum(), 3).check(engine);
            new RowProblem(rmsNorm.withResidual().withSum(), 4).check(engine);
        }
        for (DType type : FLOATS) {
            NormSpec spec = NormSpec.layerNorm(9, 50, 1e-12).withTypes(type, type, type);
            new RowProblem(spec.withResidual().withSum(), 5).check(engine);
            new RowProblem(spec.withoutBias().withType(RESIDUAL, DType.F32).withResidual(), 6).check(engine);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void aNormMayTakeThePlaceOfWhatItIsOf(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        NormSpec spec = NormSpec.layerNorm(19, 70, 1e-5).withResidual();
        new RowProblem(spec, 7).check(engine, OUT, RESIDUAL);
        new RowProblem(spec, 8).check(engine, OUT, INPUT);
        new RowProblem(spec.withSum(), 9).check(engine, SUM, RESIDUAL);
    }

    @ParameterizedTest
    @MethodSource("families")
    void activationsAreThoseOfTheDefinition(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (Activation activation : Activation.values()) {
            ActivationSpec plain = ActivationSpec.of(activation, 7, 45);
            ActivationSpec gated = ActivationSpec.gated(activation, 20, 37);
            new RowProblem(plain, 10).check(engine);
            new RowProblem(plain, 11).check(engine, OUT, INPUT);
            new RowProblem(gated, 12).check(engine);
            new RowProblem(gated.withTypes(DType.BF16, DType.F16), 13).check(engine);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void gradientsOfActivationsAreTheDerivatives(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (Activation activation : Activation.values()) {
            ActivationSpec plain = ActivationSpec.of(activation, 7, 45);
            ActivationSpec gated = ActivationSpec.gated(activation, 20, 37);
            new RowProblem(plain.backward(), 32).check(engine);
            new RowProblem(plain.backward(), 33).check(engine, GRAD_INPUT, GRAD_OUT);
            new RowProblem(gated.backward(), 34).check(engine, GRAD_INPUT, INPUT);
            new RowProblem(gated.withTypes(DType.BF16, DType.F16).backward(), 35).check(engine);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> ActivationSpec.of(Activation.RELU, 1, 1).backward().backward());
    }

    @ParameterizedTest
    @MethodSource("families")
    void embeddingsAreThoseOfTheDefinition(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (int[] size : SIZES) {
            EmbeddingSpec spec = EmbeddingSpec.of(size[0], size[1], 23);
            new RowProblem(spec, 14).check(engine);
            new RowProblem(spec.withPositions(11).withBias(), 15).check(engine);
            for (DType type : FLOATS) {
                new RowProblem(spec.withTypes(type, type).withPositions(3), 16).check(engine);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void poolingIsThatOfTheDefinition(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (int[] size : SIZES) {
            for (int entries : new int[] {1, 4, 40}) {
                PoolingSpec mean = PoolingSpec.mean(entries, size[0], size[1]);
                PoolingSpec first = PoolingSpec.first(entries, size[0], size[1]);
                new RowProblem(mean, 17).check(engine);
                new RowProblem(mean.withNormalization(), 18).check(engine);
                new RowProblem(first, 19).check(engine);
                new RowProblem(first.withNormalization().withTypes(DType.F16, DType.BF16), 20).check(engine);
            }
        }
        new RowProblem(PoolingSpec.mean(5, 10, 20), 21)
                .integers(OFFSETS, -3, 4, 2, 8, 8, 99)
                .check(engine);
    }

    @ParameterizedTest
    @MethodSource("families")
    void rowsMayLieApartAndBeginAnywhere(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        Random random = new Random(22);
        for (int i = 0; i < 12; i++) {
            int rows = 1 + random.nextInt(40);
            int columns = 1 + random.nextInt(90);
            List<LayerSpec> specs = new ArrayList<>();
            long stride = columns + random.nextInt(9);
            long start = random.nextInt(5);
            specs.add(NormSpec.rmsNorm(rows, columns, 0)
                    .withSum()
                    .withRowStride(INPUT, stride)
                    .withStart(OUT, start)
                    .withRowStride(SUM, stride + 1)
                    .withRowStride(OUT, stride));
            specs.add(ActivationSpec.gated(Activation.SILU, rows, columns)
                    .withRowStride(INPUT, 2 * stride)
                    .withStart(INPUT, start)
                    .withRowStride(OUT, stride));
            specs.add(EmbeddingSpec.of(rows, columns, 7)
                    .withRowStride(WEIGHT, stride)
                    .withStart(WEIGHT, start)
                    .withRowStride(OUT, stride));
            specs.add(PoolingSpec.mean(3, rows, columns)
                    .withRowStride(INPUT, stride)
                    .withStart(OUT, start)
                    .withRowStride(OUT, stride));
            for (LayerSpec spec : specs) {
                new RowProblem(spec, i).check(engine);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void aNanStaysInItsRow(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        new RowProblem(NormSpec.layerNorm(20, 30, 1e-5), 23)
                .set(INPUT, 7, 11, Float.NaN)
                .check(engine);
        new RowProblem(NormSpec.rmsNorm(20, 30, 1e-5), 24)
                .set(INPUT, 7, 11, Float.NaN)
                .check(engine);
        for (Activation activation : Activation.values()) {
            new RowProblem(ActivationSpec.of(activation, 3, 30), 25)
                    .set(INPUT, 1, 11, Float.NaN)
                    .set(INPUT, 1, 12, Float.POSITIVE_INFINITY)
                    .check(engine);
        }
        new RowProblem(PoolingSpec.mean(4, 20, 30), 26)
                .set(INPUT, 7, 11, Float.NaN)
                .check(engine);
    }

    /** Tiny, for a device that looks for races between the work-items of a row. */
    @Test
    @Tag("oclgrind")
    void workItemsThatShareARowWaitForEachOther() {
        AttentionEngine engine = Engines.of(KernelFamily.TILES);
        NormSpec norm = NormSpec.layerNorm(3, 70, 1e-5).withResidual();
        new RowProblem(norm.withSum(), 27).check(engine);
        new RowProblem(norm, 28).check(engine, OUT, RESIDUAL);
        new RowProblem(PoolingSpec.mean(2, 5, 70).withNormalization(), 29).check(engine);
        new RowProblem(ActivationSpec.gated(Activation.GELU, 2, 70), 30).check(engine);
        new RowProblem(EmbeddingSpec.of(3, 70, 4).withPositions(2).withBias(), 31).check(engine);
    }

    @Test
    void wrongRequestsAreRefused() {
        assertRefused("rows must be at least 1, but is 0", () -> NormSpec.layerNorm(0, 1, 1));
        assertRefused("epsilon must be a number of at least 0, but is NaN", () -> NormSpec.rmsNorm(1, 1, Double.NaN));
        assertRefused("columns must be at least 1", () -> ActivationSpec.of(Activation.GELU, 1, -1));
        assertRefused("vocabulary must be at least 1", () -> EmbeddingSpec.of(1, 1, 0));
        assertRefused("entries must be at least 1", () -> PoolingSpec.mean(0, 1, 1));
        assertRefused("weight must be F32, F16 or BF16, but is I8", () -> EmbeddingSpec.of(1, 1, 1)
                .withTypes(DType.I8, DType.F32));
        assertRefused("must be at least its columns, 4, but is 3", () -> PoolingSpec.mean(1, 2, 4)
                .withRowStride(INPUT, 3));
        assertRefused("but not for weight", () -> NormSpec.rmsNorm(1, 4, 1).withRowStride(WEIGHT, 4));
        assertRefused(
                "this spec has no residual", () -> NormSpec.rmsNorm(1, 4, 1).operand(RESIDUAL));
    }

    private static void assertRefused(String message, Executable request) {
        Exception e = assertThrows(IllegalArgumentException.class, request);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("families")
    void equalSpecsShareAPlan(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        NormSpec spec = NormSpec.layerNorm(4, 8, 1e-5);
        assertSame(engine.plan(spec), engine.plan(NormSpec.layerNorm(4, 8, 1e-5)));
        assertNotEquals(spec, NormSpec.layerNorm(4, 8, 1e-6));
        assertNotEquals(spec.withoutBias(), NormSpec.rmsNorm(4, 8, 1e-5));
        assertEquals(ActivationSpec.of(Activation.SILU, 2, 3), ActivationSpec.of(Activation.SILU, 2, 3));
        assertNotEquals(ActivationSpec.of(Activation.SILU, 2, 3), ActivationSpec.gated(Activation.SILU, 2, 3));
        assertNotEquals(PoolingSpec.mean(1, 2, 3), PoolingSpec.first(1, 2, 3));
        assertTrue(engine.plan(spec).explain().contains("layer norm: 4 rows of 8"));
        assertEquals(family, engine.plan(spec).family());
    }
}
