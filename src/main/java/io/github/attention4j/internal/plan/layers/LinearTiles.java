package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.Map;
import java.util.Optional;

/** Tile sizes of a kernel of linear layers, and what follows from them. */
interface LinearTiles {
    /** The family of kernels these tiles are for. */
    KernelFamily family();

    /** The kernel function. */
    String kernelName();

    /** Rows of a work-group. */
    int tileRows();

    /** Columns of a work-group. */
    int tileColumns();

    /** Work-items of a work-group. */
    int workItems();

    /** Local memory of a work-group, in bytes. */
    long localBytes(LinearProduct product);

    /** The numbers of the configuration by the name of their macro. */
    Map<String, Integer> macros();

    /** Likewise with what follows from the product. */
    default Map<String, Integer> macros(LinearProduct product) {
        return macros();
    }

    /** What the compiler is told beside macros. */
    default String compilerFlags() {
        return KernelOptions.LANGUAGE;
    }

    /** The instruction of a processor that the kernel is written with, as inline assembly; null for none. */
    default Instruction instruction() {
        return null;
    }

    /** Whether the kernel is written with instructions of the device, which drivers do not promise to take. */
    default boolean hasAssembly() {
        return instruction() != null;
    }

    /** Why this kernel cannot compute a product whatever the device, or empty. */
    default Optional<String> misfit(LinearProduct product) {
        return Optional.empty();
    }

    /** Why this device cannot run this configuration, or empty if it can. */
    default Optional<String> obstacle(LinearProduct product, Device device) {
        Optional<String> misfit = misfit(product);
        if (misfit.isPresent()) {
            return misfit;
        }
        if (workItems() > device.maxWorkGroupSize()) {
            return Optional.of(
                    "needs " + workItems() + " work-items in a group, device allows " + device.maxWorkGroupSize());
        }
        Optional<String> groups = Quirks.of(device).groupsObstacle(workItems());
        if (groups.isPresent()) {
            return groups;
        }
        long bytes = localBytes(product);
        return bytes > device.localMemory()
                ? Optional.of("needs " + bytes + " bytes of local memory, device has " + device.localMemory())
                : Optional.empty();
    }

    /** Work-items that sub-groups of the compiled kernel must have; 0 where that need not be asked. */
    default int subGroup() {
        return 0;
    }

    /**
     * What {@link #text()} wrote.
     *
     * @throws IllegalArgumentException if it is not that of tiles of this family
     */
    static LinearTiles parse(KernelFamily family, String text) {
        Map<String, Integer> macros = TileConfig.macros(text);
        return switch (family) {
            case LANES -> LinearLanes.of(macros);
            case DECODE -> LinearFew.of(macros);
            case TILES -> LinearPieces.of(macros);
            case MATRIX -> LinearMatrix.of(macros);
            default ->
                throw new IllegalArgumentException("no kernel of " + family + " computes linear layers on a device");
        };
    }

    /** {@code "LANES=8 LANE_VECTORS=2 …"}. */
    default String text() {
        StringBuilder text = new StringBuilder();
        macros().forEach((name, value) ->
                text.append(text.isEmpty() ? "" : " ").append(name).append('=').append(value));
        return text.toString();
    }
}
