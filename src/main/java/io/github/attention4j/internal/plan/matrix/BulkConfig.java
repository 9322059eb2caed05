package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.DerivedConfig;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.Launch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_forward_bulk}: those of {@link MatrixUnit#WGMMA}, brought by Hopper's copy engine from what
 * {@code attn_swizzle} has laid out for it. Each of its steps can be left out, so that a card says what each is worth.
 *
 * @param products what multiplies
 * @param stages tiles of keys, and of values, that local memory has room for
 * @param hasProducer whether a warpgroup of its own asks for copies, and gives its registers to the others
 * @param doTakeTurns whether those begin their products in turns, so that one makes weights while another multiplies
 */
record BulkConfig(MatrixConfig products, int stages, boolean hasProducer, boolean doTakeTurns)
        implements DerivedConfig {
    static final String STAGES = "STAGES";
    private static final String PRODUCER = "PRODUCER";
    private static final String PING_PONG = "PING_PONG";

    private static final int WARPGROUP = 4; // sub-groups
    private static final int WARPGROUP_ITEMS = 128;
    private static final int MOST_STAGES = 4;
    /** Rows of a work-group of {@code attn_swizzle}, and of zeros behind all, as in {@code swizzled.clh}. */
    private static final int ROWS = 64;

    private static final int ROWS_BEHIND = 128;
    /** Each place for a tile has two barriers. */
    private static final long STAGE_BARRIERS = 4L * Long.BYTES;

    /** What {@link #macros()} gives. */
    static BulkConfig of(Map<String, Integer> macros) {
        Map<String, Integer> products = new LinkedHashMap<>(macros);
        int[] own = new int[3];
        String[] names = {STAGES, PRODUCER, PING_PONG};
        for (int i = 0; i < own.length; i++) {
            Integer number = products.remove(names[i]);
            if (number == null || i > 0 && (number < 0 || number > 1)) {
                throw new IllegalArgumentException(STAGES + " needs " + PRODUCER + " and " + PING_PONG
                        + ", both 0 or 1, beside it, but tiles are " + macros);
            }
            own[i] = number;
        }
        return new BulkConfig(MatrixConfig.of(products), own[0], own[1] == 1, own[2] == 1);
    }

    @Override
    public String kernelName() {
        return "attn_forward_bulk";
    }

    @Override
    public boolean canHeadsTakeTurns() {
        return true;
    }

    @Override
    public boolean mayRoundWeights() {
        return true;
    }

    @Override
    public boolean isRounding() {
        return true;
    }

    /** Emulated, nobody but those who multiply is there. */
    @Override
    public int workItems() {
        return products.workItems() + (hasProducer && !products.emulated() ? WARPGROUP_ITEMS : 0);
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        long flags = 2L * products.workItems(); // which are not in local memory here
        return products.warpgroupBytes(spec, 1, stages) - flags + stages * STAGE_BARRIERS;
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>(products.macros());
        macros.put(STAGES, stages);
        macros.put(PRODUCER, hasProducer ? 1 : 0);
        macros.put(PING_PONG, doTakeTurns ? 1 : 0);
        return macros;
    }

    @Override
    public List<Launch> launchesBefore(AttentionSpec spec) {
        // Without the marks of a unit that works by itself: nothing is multiplied.
        KernelOptions kernel =
                KernelOptions.attention("attn_swizzle", spec, macros(), compilerFlags(), hasAssembly(), false);
        return List.of(
                new Launch(kernel, rows(spec) / ROWS, 2L * spec.kvHeads(), spec.batch(), products.workItems(), true));
    }

    /** Of a head, with those that do not exist. */
    private static long rows(AttentionSpec spec) {
        return Sizes.ceilDiv(spec.keyLength(), ROWS) * (long) ROWS + ROWS_BEHIND;
    }

    /** Flags, then keys and values as tiles. */
    @Override
    public long scratchBytes(AttentionSpec spec) {
        long heads = Sizes.times(spec.batch(), spec.kvHeads());
        long flags = Sizes.times(heads, (rows(spec) / ROWS + 15) / 16 * 16);
        long columns = products.paddedColumns(spec.headDim()) + products.paddedColumns(spec.valueDim());
        return Sizes.plus(flags, Sizes.times(heads, rows(spec), columns, Short.BYTES));
    }

    @Override
    public Optional<String> misfit() {
        Optional<String> unfit = products.misfit();
        if (unfit.isPresent()) {
            return unfit;
        }
        int warpgroups = products.subGroups() / WARPGROUP;
        if (products.unit() != MatrixUnit.WGMMA || stages < 2 || stages > MOST_STAGES) {
            return Optional.of(STAGES + " must be 2 to " + MOST_STAGES + ", and tiles those of " + MatrixUnit.WGMMA
                    + ", but they are " + text());
        }
        if (hasProducer && warpgroups != 2 && warpgroups != 3) {
            return Optional.of(PRODUCER + "=1 needs two or three warpgroups of " + WARPGROUP
                    + " SUB_GROUPS that multiply, but tiles are " + text());
        }
        return doTakeTurns && !hasProducer
                ? Optional.of(PING_PONG + "=1 needs " + PRODUCER + "=1, but tiles are " + text())
                : Optional.empty();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> request = requestObstacle(spec).or(() -> products.unitObstacle(device));
        if (request.isPresent()) {
            return request;
        }
        if (scratchBytes(spec) > device.maxAllocation()) {
            return Optional.of("keys and values as tiles need " + scratchBytes(spec)
                    + " bytes in one buffer, device allows " + device.maxAllocation());
        }
        return DerivedConfig.super.obstacle(spec, device);
    }

    @Override
    public Optional<String> obstacleAfterBuild(
            long kernelItems, long kernelLocalBytes, long kernelLanes, Device device) {
        Optional<String> lanes = products.obstacleAfterBuild(kernelItems, kernelLocalBytes, kernelLanes, device);
        return lanes.isPresent()
                ? lanes
                : DerivedConfig.super.obstacleAfterBuild(kernelItems, kernelLocalBytes, kernelLanes, device);
    }

    /** Why tiles cannot be copied as they are, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        if (spec.isBackward()) {
            return Optional.of("gradients are not computed on tiles that are copied as they are");
        }
        if (KeySplit.areRowsLong(spec)) {
            return Optional.of("tiles that are copied as they are are not shared out, as " + spec.keyLength()
                    + " keys would have to be");
        }
        return MatrixConfig.requestObstacle(spec);
    }
}
