package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.UnitProgram;
import io.github.attention4j.internal.plan.layers.LayerPlanner;
import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import io.github.attention4j.score.Functions;
import io.github.attention4j.testing.DeviceCondition;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The driver's compiler has nothing to say of the kernels: PoCL's counts its warnings on the standard error of the
 * user's own program.
 */
@Tag("opencl")
class BuildLogTest {
    private static RawDevice device;

    @BeforeAll
    static void open() {
        device = new RawDevice();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16", "I8", "I4"})
    void decodingGivesNoWarnings(DType cache) {
        for (int kvHeads : new int[] {1, 2, 8}) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(8)
                    .kvHeads(kvHeads)
                    .queryLength(1)
                    .keyLength(1024)
                    .headDim(64)
                    .type(Operand.KEY, cache)
                    .type(Operand.VALUE, cache)
                    .paged(64, 16)
                    .build();
            check(planned(spec, null));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16", "I8", "I4"})
    void appendingGivesNoWarnings(DType cache) {
        KvCacheSpec.Builder builder =
                KvCacheSpec.builder().kvHeads(2).headDim(64).maxLength(1024).type(cache);
        check(KernelOptions.append(builder.build(), DType.F32));
        check(KernelOptions.append(builder.paged(16, 64).build(), DType.F32));
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelFamily.class,
            names = {"LANES", "TILES"})
    void attentionGivesNoWarnings(KernelFamily family) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(8)
                .sequenceLength(512)
                .headDim(64)
                .causal()
                .build();
        check(planned(spec, family));
        check(planned(
                spec.toBuilder()
                        .score(Functions.t5(0, 32, 128, true))
                        .keep(Functions.tree(1))
                        .scoreTensor(0, DType.F32, 32, 8)
                        .scoreTensor(1, DType.I32, 512, 16)
                        .build(),
                family));
        for (DType type : new DType[] {DType.BF16, DType.F16}) {
            check(planned(spec.toBuilder().types(type).build(), family));
        }
    }

    @Test
    void whatComesAfterAttentionGivesNoWarnings() {
        Device first = AttentionEngine.devices().get(0);
        for (int valueDim : new int[] {24, 64}) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(8)
                    .queryLength(1)
                    .keyLength(4096)
                    .headDim(64)
                    .valueDim(valueDim)
                    .build();
            check(KernelOptions.combine(spec, false, first.type() == Device.Type.CPU ? 1 : 64));
            check(KernelOptions.merge(valueDim, DType.F32, DType.BF16));
        }
        check(KernelOptions.write());
    }

    @Test
    void measuringInstructionsGivesNoWarnings() {
        for (Instruction instruction :
                new Instruction[] {Instruction.VDPBF16PS, Instruction.VPDPBUSD, Instruction.TDPBSSD}) {
            if (AttentionEngine.devices().get(0).instructions().contains(instruction)) {
                check(UnitProgram.of(instruction).options());
            }
        }
    }

    /** All kernels of a backward call, those before and behind the family's too. */
    @ParameterizedTest
    @EnumSource(
            value = KernelFamily.class,
            names = {"LANES", "TILES"})
    void gradientsGiveNoWarnings(KernelFamily family) {
        for (String option :
                new String[] {"plain", "sink", "bias", "rotary", "bf16", "wide rows", "additive", "everything"}) {
            AttentionSpec forward = GradientSpace.small(option);
            chosen(forward.backward(GradientProblem.all(forward)), family)
                    .launches()
                    .forEach(launch -> check(launch.kernel()));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16"})
    void layersOfRowsGiveNoWarnings(DType type) {
        check(NormSpec.layerNorm(8, 40, 1e-5).withResidual().withSum().withTypes(type, type, type));
        check(ActivationSpec.gated(Activation.SILU, 8, 40).withTypes(type, type));
        check(EmbeddingSpec.of(8, 40, 9).withPositions(5).withTypes(type, type));
        check(PoolingSpec.mean(2, 8, 40).withNormalization().withTypes(type, type));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16"})
    void linearLayersGiveNoWarnings(DType type) {
        for (int rows : new int[] {1, 4, 16, 200}) {
            LinearSpec spec = LinearSpec.builder()
                    .rows(rows)
                    .inFeatures(100)
                    .outFeatures(130)
                    .bias()
                    .activation(Activation.GELU)
                    .residual()
                    .types(type, type, type)
                    .build();
            check(spec);
            check(LinearSpec.builder()
                    .rows(rows)
                    .inFeatures(100)
                    .outFeatures(130)
                    .types(type, DType.I8, type)
                    .build());
            check(LinearSpec.builder()
                    .rows(rows)
                    .inFeatures(100)
                    .outFeatures(130)
                    .bias()
                    .types(type, type, type)
                    .build()
                    .backward());
        }
    }

    private static void check(LayerSpec spec) {
        new LayerPlanner(AttentionEngine.devices().get(0), EngineOptions.defaults())
                .choose(spec, (ignored, family, items, subGroup) -> Optional.empty())
                .launches()
                .forEach(launch -> check(launch.kernel()));
    }

    private static KernelOptions planned(AttentionSpec spec, KernelFamily family) {
        return chosen(spec, family).options();
    }

    private static Choice chosen(AttentionSpec spec, KernelFamily family) {
        if (family == KernelFamily.TILES) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        EngineOptions options = family == null
                ? EngineOptions.defaults()
                : EngineOptions.defaults().withFamily(family);
        return new Planner(AttentionEngine.devices().get(0), options)
                .choose(spec, (ignored, tiles) -> Optional.empty());
    }

    private static void check(KernelOptions options) {
        String log = device.buildLog(options.functions() + KernelSource.of(options.kernel()), options.text());
        assertFalse(log.contains("warning"), () -> options.kernel() + " " + options.text() + "\n" + log);
    }
}
