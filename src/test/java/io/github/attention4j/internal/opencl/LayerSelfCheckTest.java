package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.layers.LayerPlanner;
import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels of layers on a driver that nobody has tested: those that are right are used, planted wrong ones are not. */
@Tag("opencl")
class LayerSelfCheckTest {
    private static final EngineOptions NO_FOLDER = EngineOptions.defaults().withCacheDirectory(null);

    @TempDir
    Path folder;

    private final AtomicInteger references = new AtomicInteger();
    private final JavaSide java = id -> {
        references.incrementAndGet();
        return Backends.javaSide(EngineOptions.defaults()).open(id);
    };

    private static LinearSpec linear(int rows) {
        return LinearSpec.builder().rows(rows).inFeatures(50).outFeatures(33).build();
    }

    private static String wrong(String source) {
        String planted = source.replace("return activation_of(sum)", "return activation_of(0.99f * sum)");
        assertFalse(planted.equals(source), "there is nothing to plant in");
        return planted;
    }

    private EngineOptions planted(LinearSpec spec) {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        KernelOptions kernel = new LayerPlanner(SelfCheckTest.unknown().device(), NO_FOLDER)
                .choose(spec, (ignored, family, items, subGroup) -> Optional.empty())
                .launches()
                .get(0)
                .kernel();
        SelfCheckTest.plant(SelfCheckTest.unknown(), kernel, LayerSelfCheckTest::wrong, options);
        return options;
    }

    @Test
    void whatIsRightIsCheckedOnceAndUsed() {
        List<LayerSpec> specs = List.of(
                linear(20).backward(),
                NormSpec.layerNorm(3, 50, 1e-5).withResidual().withSum(),
                ActivationSpec.gated(Activation.SILU, 3, 50).withTypes(DType.F16, DType.BF16),
                ActivationSpec.of(Activation.GELU, 3, 50).backward(),
                EmbeddingSpec.of(3, 50, 9).withPositions(7).withBias(),
                PoolingSpec.mean(2, 3, 50).withNormalization());
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), NO_FOLDER, java)) {
            for (int i = 0; i < 2; i++) {
                for (LayerSpec spec : specs) {
                    LayerPlan plan = backend.plan(spec);
                    assertTrue(plan instanceof ClLayerPlan, plan.explain());
                    assertFalse(plan.explain().contains("self-check of"), plan.explain());
                }
                assertEquals(specs.size() + 1, references.get(), "each kernel once");
            }
        }
    }

    @Test
    void aWrongKernelGivesWayToTheNext() {
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), planted(linear(2)), java)) {
            LayerPlan plan = backend.plan(linear(2));
            assertEquals(KernelFamily.LANES, plan.family());
            assertTrue(
                    plan.explain().contains(": the self-check of DECODE (linear_few ")
                            && plan.explain().contains("failed, so it is not used on this engine: out of linear"),
                    plan.explain());
        }
    }

    @Test
    void whereThereIsNoOtherTheReasonIsSaid() {
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), planted(linear(20)), java)) {
            UnsupportedByDeviceException refusal =
                    assertThrows(UnsupportedByDeviceException.class, () -> backend.plan(linear(20)));
            assertTrue(
                    refusal.getMessage().contains("the self-check of LANES (linear_lanes ")
                            && refusal.getMessage().endsWith("use AttentionEngine.open(\"java\")"),
                    refusal.getMessage());
        }
    }
}
