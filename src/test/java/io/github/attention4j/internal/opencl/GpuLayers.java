package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/** The layers whose kernels the offline compilers of GPUs are given. */
final class GpuLayers {
    private GpuLayers() {}

    /** Layers that treat each row by itself, by label. */
    static Map<String, LayerSpec> byRow() {
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
