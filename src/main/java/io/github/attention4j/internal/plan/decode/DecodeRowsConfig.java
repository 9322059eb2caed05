package io.github.attention4j.internal.plan.decode;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.family.RowLayout;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_decode_rows}: teams of neighbouring work-items have a key for themselves.
 *
 * @param items work-items of a group
 * @param keyLanes work-items of a team, a power of two; at most a sub-group
 * @param rowBlock query rows of a group, of all heads that read one key/value head
 * @param keySteps keys of a team a round
 * @param shuffle how a team exchanges numbers
 * @param loadFours fours that keys and values are read by: 1, or of 16-bit numbers 2, which are read a round ahead
 */
public record DecodeRowsConfig(int items, int keyLanes, int rowBlock, int keySteps, Shuffle shuffle, int loadFours)
        implements TileConfig {
    private static final String LOAD_FOURS = "LOAD_FOURS";

    /** Reads by fours. */
    public DecodeRowsConfig(int items, int keyLanes, int rowBlock, int keySteps, Shuffle shuffle) {
        this(items, keyLanes, rowBlock, keySteps, shuffle, 1);
    }

    /** What {@link #macros()} gives. */
    static DecodeRowsConfig of(Map<String, Integer> macros) {
        Map<String, Integer> others = new LinkedHashMap<>(macros);
        Integer loadFours = others.remove(LOAD_FOURS);
        int[] v = TileConfig.values(others, "ITEMS", "KEY_LANES", "ROW_BLOCK", "KEY_STEPS", "SHUFFLE");
        return new DecodeRowsConfig(v[0], v[1], v[2], v[3], Shuffle.of(v[4]), loadFours == null ? 1 : loadFours);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.DECODE;
    }

    @Override
    public String kernelName() {
        return "attn_decode_rows";
    }

    @Override
    public boolean areHeadsJoined() {
        return true;
    }

    @Override
    public int tileQ() {
        return rowBlock;
    }

    @Override
    public int queryStep() {
        return rowBlock;
    }

    @Override
    public int workItems() {
        return items;
    }

    /** The ranges, and where teams meet. */
    @Override
    public long localBytes(AttentionSpec spec) {
        long teams = items / keyLanes;
        long columns = 4L * keyLanes * Sizes.ceilDiv(Sizes.ceilDiv(spec.valueDim(), 4), keyLanes);
        return 2L * Integer.BYTES * rowBlock + Float.BYTES * Math.max(teams * (2 + columns), items);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("ITEMS", items);
        macros.put("KEY_LANES", keyLanes);
        macros.put("ROW_BLOCK", rowBlock);
        macros.put("KEY_STEPS", keySteps);
        macros.put("SHUFFLE", shuffle.ordinal());
        if (loadFours != 1) {
            macros.put(LOAD_FOURS, loadFours);
        }
        return macros;
    }

    @Override
    public Map<String, Integer> specMacros(AttentionSpec spec) {
        return Map.of("IS_ALIGNED", RowLayout.areFoursAligned(spec) ? 1 : 0);
    }

    @Override
    public String compilerFlags() {
        return shuffle.compilerFlags();
    }

    @Override
    public boolean hasAssembly() {
        return shuffle.isAssembly();
    }

    @Override
    public Optional<String> misfit() {
        if (Math.min(rowBlock, keySteps) < 1
                || Integer.bitCount(keyLanes) != 1
                || items < keyLanes
                || items % keyLanes != 0) {
            return Optional.of(
                    "KEY_LANES must be a power of two that divides ITEMS, and the others at least 1, but they are "
                            + text());
        }
        if (shuffle == Shuffle.NONE && keyLanes > 1) {
            return Optional.of("teams of " + keyLanes + " work-items need a SHUFFLE, but it is " + shuffle.ordinal());
        }
        return loadFours == 1 || loadFours == 2
                ? Optional.empty()
                : Optional.of(LOAD_FOURS + " must be 1 or 2, but they are " + text());
    }

    /** Why rows cannot be read by pairs of fours, or empty. */
    private Optional<String> pairsObstacle(AttentionSpec spec) {
        DType key = spec.operand(Operand.KEY).dtype();
        DType value = spec.operand(Operand.VALUE).dtype();
        if (!key.isFloat() || !value.isFloat() || key.bits() != Short.SIZE || value.bits() != Short.SIZE) {
            return Optional.of(
                    "16 bytes at once are read of 16-bit floats, but keys and values are " + key + " and " + value);
        }
        if (spec.rotary() != null) {
            return Optional.of("keys that are rotated are read element by element");
        }
        int run = 2 * 4 * keyLanes;
        if (spec.headDim() % run != 0 || spec.valueDim() % run != 0) {
            return Optional.of("rows of " + spec.headDim() + " and " + spec.valueDim() + " columns are not made of "
                    + run + ", eight for each of KEY_LANES");
        }
        return RowLayout.areEightsAligned(spec)
                ? Optional.empty()
                : Optional.of("keys and values do not begin at multiples of eight elements");
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> pairs = loadFours == 2 ? pairsObstacle(spec) : Optional.empty();
        if (pairs.isPresent()) {
            return pairs;
        }
        Optional<String> missing = shuffle.missingOn(device);
        return missing.isPresent() ? missing : TileConfig.super.obstacle(spec, device);
    }
}
