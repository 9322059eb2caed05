package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.plan.layers.LayerChoice;
import io.github.attention4j.internal.plan.layers.LayerPlanner;
import io.github.attention4j.internal.plan.layers.LayerTrial;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.LinearSpecBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which kernels linear layers get on GPUs, and what is said about it. */
class LinearPlanTest {
    private static final LayerTrial FINE = (kernel, family, items, subGroup) -> Optional.empty();
    private static final LayerTrial BROKEN = (kernel, family, items, subGroup) -> {
        if (family == KernelFamily.MATRIX) {
            throw new KernelBuildException("unknown instruction\nand more", "", null);
        }
        return Optional.empty();
    };

    private static LinearSpecBuilder layer(DType input, DType weight) {
        return LinearSpec.builder().rows(2048).inFeatures(384).outFeatures(1536).types(input, weight, input);
    }

    private static LayerChoice choose(GpuTarget target, LinearSpec spec, LayerTrial trial) {
        return new LayerPlanner(target.device(), EngineOptions.defaults()).choose(spec, trial);
    }

    private static void assertTiles(String reason, LayerChoice choice) {
        assertEquals(KernelFamily.TILES, choice.family());
        assertTrue(choice.explanation().contains(reason), choice.explanation());
    }

    @Test
    void factorsOf16BitsGoToTheMatrixUnit() {
        for (GpuTarget target :
                new GpuTarget[] {GpuTarget.SM_80, GpuTarget.SM_90, GpuTarget.GFX942, GpuTarget.GFX1200, GpuTarget.PVC
                }) {
            for (DType type : new DType[] {DType.F16, DType.BF16}) {
                LinearSpec spec = layer(type, type).build();
                assertEquals(KernelFamily.MATRIX, choose(target, spec, FINE).family());
                choose(target, spec.backward(), FINE)
                        .launches()
                        .forEach(launch -> assertEquals(KernelFamily.MATRIX, launch.family()));
                LinearSpec bytes = layer(type, DType.I8).build();
                assertEquals(KernelFamily.MATRIX, choose(target, bytes, FINE).family());
            }
            LinearSpec rounded =
                    layer(DType.F32, DType.F32).precision(Precision.BF16).build();
            assertEquals(KernelFamily.MATRIX, choose(target, rounded, FINE).family());
        }
    }

    @Test
    void othersGoToTilesAndTheReasonIsSaid() {
        LinearSpec exact = layer(DType.F32, DType.F32).build();
        LinearSpec half = layer(DType.F16, DType.F16).build();
        assertTiles("not MATRIX: input and weight are F32 and F32;", choose(GpuTarget.SM_80, exact, FINE));
        assertTiles("not MATRIX: Tesla T4 reports no matrix unit;", choose(GpuTarget.SM_75, half, FINE));
        assertTiles("the driver does not build it: unknown instruction", choose(GpuTarget.SM_80, half, BROKEN));
        assertThrows(KernelBuildException.class, () -> new LayerPlanner(
                        GpuTarget.SM_80.device(), EngineOptions.defaults().withFamily(KernelFamily.MATRIX))
                .choose(half, BROKEN));
    }

    @Test
    void largeGroupsAreForLayersThatHaveEnoughOfThem() {
        String few = choose(GpuTarget.SM_80, layer(DType.F16, DType.F16).build(), FINE)
                .explanation();
        LinearSpec large = LinearSpec.builder()
                .rows(8192)
                .inFeatures(4096)
                .outFeatures(4096)
                .types(DType.F16, DType.F16, DType.F16)
                .build();
        String many = choose(GpuTarget.SM_80, large, FINE).explanation();
        assertTrue(few.contains("128 rows and 64 columns a work-group"), few);
        assertTrue(many.contains("128 rows and 128 columns a work-group"), many);
    }
}
