package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.DerivedConfig;
import io.github.attention4j.internal.plan.family.GradientScratch;
import io.github.attention4j.internal.plan.family.Launch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_backward_keys_matrix}, whose work-groups own keys and walk over queries, and of
 * {@code attn_backward_queries_matrix}, the other way round.
 *
 * @param products what multiplies, sub-groups of a work-group, and rows of a tile that it walks over
 * @param isOwnKept whether lanes keep the rows that the group owns in registers
 */
record MatrixBackwardConfig(MatrixConfig products, boolean isOwnKept) implements DerivedConfig {
    static final String KEPT = "IS_OWN_KEPT";

    private static final String KEYS = "attn_backward_keys_matrix";
    private static final String QUERIES = "attn_backward_queries_matrix";

    /** What {@link #macros()} gives. */
    static MatrixBackwardConfig of(Map<String, Integer> macros) {
        Map<String, Integer> products = new LinkedHashMap<>(macros);
        int kept = products.remove(KEPT);
        if (kept < 0 || kept > 1) {
            throw new IllegalArgumentException(KEPT + " must be 0 or 1, but is " + kept);
        }
        return new MatrixBackwardConfig(MatrixConfig.of(products), kept == 1);
    }

    /** The one that takes more registers. */
    @Override
    public String kernelName() {
        return KEYS;
    }

    @Override
    public boolean isRounding() {
        return true;
    }

    /** The arrays of the kernels, the larger of either. */
    @Override
    public long localBytes(AttentionSpec spec) {
        long stride = MatrixConfig.padded(Math.max(spec.headDim(), spec.valueDim())) + 8L;
        long own = tileQ();
        long walked = products.tileKv();
        long rows = isOwnKept ? Math.max(own, walked) : own + walked;
        long ofQueries = 4L * Integer.BYTES * Math.max(own, walked); // which keys each sees, lse and delta
        return 2L * Short.BYTES * rows * stride + ofQueries + Integer.BYTES + RANGE_PARTS + products.meetingBytes();
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>(products.macros());
        macros.put(KEPT, isOwnKept ? 1 : 0);
        return macros;
    }

    /** Rows may be as long as they like: no work-group has a share of them. */
    @Override
    public KernelOptions kernel(AttentionSpec spec) {
        return kernel(spec, false);
    }

    @Override
    public boolean isOfGradients() {
        return true;
    }

    @Override
    public GradientScratch scratch(AttentionSpec spec) {
        return spec.isBackward() ? new GradientScratch(0, 0, false) : null;
    }

    @Override
    public List<Launch> gradientLaunches(AttentionSpec spec, Device device) {
        List<Launch> launches = new ArrayList<>();
        if (spec.has(Operand.GRAD_KEY) || spec.has(Operand.GRAD_VALUE)) {
            launches.add(launch(KEYS, spec.keyLength(), spec.kvHeads(), spec));
        }
        if (spec.has(Operand.GRAD_QUERY) || spec.has(Operand.GRAD_ALIBI_SLOPES)) {
            launches.add(launch(QUERIES, spec.queryLength(), spec.heads(), spec));
        }
        return launches;
    }

    private Launch launch(String name, int rows, int heads, AttentionSpec spec) {
        KernelOptions kernel = KernelOptions.attention(name, spec, macros(), compilerFlags(), hasAssembly(), false);
        return new Launch(kernel, Sizes.ceilDiv(rows, tileQ()), heads, spec.batch(), workItems(), true);
    }

    @Override
    public Optional<String> misfit() {
        if (products.unit() == MatrixUnit.WGMMA) {
            return Optional.of("gradients are multiplied by units that read registers, but these are " + text());
        }
        return products.misfit();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> products = this.products.unitObstacle(spec, device);
        return products.isPresent() ? products : DerivedConfig.super.obstacle(spec, device);
    }

    @Override
    public Optional<String> obstacleAfterBuild(
            long kernelItems, long kernelLocalBytes, long kernelLanes, Device device) {
        return products.obstacleAfterBuild(kernelItems, kernelLocalBytes, kernelLanes, device);
    }

    /** Why no matrix unit can multiply the gradients of outputs, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        DType type = spec.operand(Operand.KEY).dtype();
        DType gradOut = spec.operand(Operand.GRAD_OUT).dtype();
        return gradOut == type
                ? Optional.empty()
                : Optional.of("matrix units multiply grad_out and value of one 16-bit type, but they are " + gradOut
                        + " and " + type);
    }
}
