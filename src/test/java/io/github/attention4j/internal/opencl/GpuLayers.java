package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.Precision;
import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/** The layers whose kernels the offline compilers of GPUs are given. */
final class GpuLayers {
    private GpuLayers() {}

    /** All of them, by label. */
    static Map<String, LayerSpec> all() {
        Map<String, LayerSpec> layers = byRow();
        LinearSpec linear = LinearSpec.builder()
                .rows(2048)
                .inFeatures(384)
                .outFeatures(1536)
                .bias()
                .activation(Activation.GELU)
                .build();
        layers.put("layer linear", linear);
        layers.put(
                "layer linear few rows",
                LinearSpec.builder().rows(16).inFeatures(384).outFeatures(1536).build());
        layers.put(
                "layer linear F32 I8",
                LinearSpec.builder()
                        .rows(2048)
                        .inFeatures(385)
                        .outFeatures(1537)
                        .types(DType.F32, DType.I8, DType.F32)
                        .build());
        layers.put(
                "layer linear F16 I8",
                LinearSpec.builder()
                        .rows(2048)
                        .inFeatures(385)
                        .outFeatures(1537)
                        .residual()
                        .types(DType.F16, DType.I8, DType.F16)
                        .build());
        layers.put(
                "layer linear F16 GELU",
                LinearSpec.builder()
                        .rows(8192)
                        .inFeatures(4096)
                        .outFeatures(4096)
                        .bias()
                        .activation(Activation.GELU)
                        .residual()
                        .types(DType.F16, DType.F16, DType.F16)
                        .build());
        layers.put(
                "layer linear BF16 few rows",
                LinearSpec.builder()
                        .rows(16)
                        .inFeatures(384)
                        .outFeatures(1536)
                        .types(DType.BF16, DType.BF16, DType.BF16)
                        .build());
        layers.put(
                "layer linear F32 as BF16 I8",
                LinearSpec.builder()
                        .rows(8192)
                        .inFeatures(4096)
                        .outFeatures(4096)
                        .types(DType.F32, DType.I8, DType.F32)
                        .precision(Precision.BF16)
                        .build());
        layers.put(
                "layer linear gradients",
                LinearSpec.builder()
                        .rows(8192)
                        .inFeatures(4096)
                        .outFeatures(4096)
                        .bias()
                        .types(DType.BF16, DType.BF16, DType.BF16)
                        .build()
                        .backward());
        return layers;
    }

    /** Layers that treat each row by itself, by label. */
    private static Map<String, LayerSpec> byRow() {
        DType half = DType.F16;
        Map<String, LayerSpec> layers = new LinkedHashMap<>();
        layers.put("layer norm", NormSpec.layerNorm(64, 384, 1e-5));
        layers.put(
                "layer RMS norm F16 sum",
                NormSpec.rmsNorm(64, 384, 1e-5)
                        .withTypes(half, half, half)
                        .withResidual()
                        .withSum());
        layers.put("layer GELU", ActivationSpec.of(Activation.GELU, 64, 384));
        layers.put(
                "layer gated SILU BF16",
                ActivationSpec.gated(Activation.SILU, 64, 384).withTypes(DType.BF16, DType.BF16));
        layers.put(
                "layer embedding",
                EmbeddingSpec.of(64, 384, 1000).withPositions(512).withBias());
        layers.put("layer pooling", PoolingSpec.mean(4, 64, 384).withNormalization());
        return layers;
    }
}
