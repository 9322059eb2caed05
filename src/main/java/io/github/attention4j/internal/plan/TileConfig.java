package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.device.Quirks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Tile sizes of one kernel. The only judge of what is legal: planner, tuner and tests all ask {@link #obstacle}.
 * In the tuning table a configuration is the text of {@link #text()}.
 */
public sealed interface TileConfig
        permits LaneTiles, DotTiles, GroupTiles, MatrixTiles, DecodeLanes, DecodeGroups, DecodeRows {
    /** Bytes of local memory in which a work-group finds out what its queries see, in {@code lib/common/mask.clh}. */
    int RANGE_PARTS = 8 * 4 * Integer.BYTES;

    /** The family of kernels these tiles are for. */
    KernelFamily family();

    /** Queries of a full work-group. */
    int tileQ();

    /** Work-groups must own a multiple of this many queries, except the last. */
    int queryStep();

    /** Work-items of a work-group. */
    int workItems();

    /** Local memory of a work-group, in bytes. */
    long localBytes(AttentionSpec spec);

    /** Local memory that the device has for a work-group of this kernel, in bytes. */
    default long localMemory(Device device) {
        return device.localMemory();
    }

    /** The numbers of the configuration by the name of their macro, in a fixed order. */
    Map<String, Integer> macros();

    /** What the driver's compiler is told beside macros. */
    default String compilerFlags() {
        return "-cl-std=CL1.2";
    }

    /** Whether the kernel is written in what drivers do not promise to take, instructions of the processor, which is inline assembly. */
    default boolean isDaring() {
        return false;
    }

    /** Whether there is inline assembly in the kernel, of a processor or a GPU. */
    default boolean hasAssembly() {
        return isDaring() || Objects.equals(macros().get("SHUFFLE"), Shuffle.NVIDIA.ordinal());
    }

    /** What is wrong with the numbers themselves, or empty. */
    Optional<String> misfit();

    /** Why this device cannot run this configuration, or empty if it can. */
    default Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> misfit = misfit();
        if (misfit.isPresent()) {
            return misfit;
        }
        if (workItems() > device.maxWorkGroupSize()) {
            return Optional.of(
                    "needs " + workItems() + " work-items in a group, device allows " + device.maxWorkGroupSize());
        }
        if (isDaring()) {
            Quirks driver = Quirks.of(device.platform(), device.name(), device.driver());
            if (workItems() > driver.assemblyItems()) {
                return Optional.of("has inline assembly and " + workItems() + " work-items in a group, more than the "
                        + driver.assemblyItems() + " that " + driver.driver() + " compiles without aborting");
            }
        }
        if (localBytes(spec) > localMemory(device)) {
            return Optional.of(
                    "needs " + localBytes(spec) + " bytes of local memory, device has " + localMemory(device));
        }
        return Optional.empty();
    }

    /**
     * Why the compiled kernel cannot run on the device although the numbers fit (registers, the compiler's own local memory), or empty.
     *
     * @param kernelItems the most work-items the driver can run this kernel with
     * @param kernelLocalBytes local memory the compiled kernel uses
     * @param kernelLanes what the driver says groups of this kernel should be a multiple of: on GPUs, work-items of a sub-group
     */
    default Optional<String> obstacleAfterBuild(
            long kernelItems, long kernelLocalBytes, long kernelLanes, Device device) {
        if (workItems() > kernelItems) {
            return Optional.of(
                    "needs " + workItems() + " work-items in a group, the compiled kernel allows " + kernelItems);
        }
        if (kernelLocalBytes > localMemory(device)) {
            return Optional.of("the compiled kernel uses " + kernelLocalBytes + " bytes of local memory, device has "
                    + localMemory(device));
        }
        return Optional.empty();
    }

    /** {@code "LANES=8 LANE_VECTORS=2 …"}: what {@link #parse} reads. */
    default String text() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Integer> macro : macros().entrySet()) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(macro.getKey())
                    .append('=')
                    .append(macro.getValue());
        }
        return text.toString();
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @throws IllegalArgumentException if a number is missing, unknown or not a number
     */
    static TileConfig parse(KernelFamily family, String text) {
        Map<String, Integer> macros = new LinkedHashMap<>();
        for (String part :
                text.trim().split(" ")) { // one character: no regular expression, which would slow a fresh JVM
            int equals = part.indexOf('=');
            try {
                macros.put(part.substring(0, equals), Integer.valueOf(part.substring(equals + 1)));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IllegalArgumentException("tiles must be NAME=number pairs, but one is \"" + part + "\"", e);
            }
        }
        return switch (family) {
            case LANES -> DotTiles.isMeant(macros) ? DotTiles.of(macros) : LaneTiles.of(macros);
            case TILES -> GroupTiles.of(macros);
            case MATRIX -> MatrixTiles.of(macros);
            case DECODE ->
                macros.containsKey("LANES")
                        ? DecodeLanes.of(macros)
                        : macros.containsKey("KEY_LANES")
                                ? DecodeRows.of(macros)
                                : new DecodeGroups(GroupTiles.of(macros));
            case JAVA, REFERENCE -> throw new IllegalArgumentException(family + " has no tiles to configure");
        };
    }

    /** The values of exactly these macros, in this order. */
    static int[] values(Map<String, Integer> macros, String... names) {
        if (macros.size() != names.length || !macros.keySet().containsAll(Arrays.asList(names))) {
            throw new IllegalArgumentException(
                    "tiles must give " + String.join(", ", names) + ", but give " + macros.keySet());
        }
        int[] values = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            values[i] = macros.get(names[i]);
        }
        return values;
    }
}
