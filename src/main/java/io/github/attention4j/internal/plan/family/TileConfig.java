package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.kernel.KernelOptions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tile sizes of one kernel, and what follows from them. The only judge of what is legal: planner, tuner and tests all
 * ask {@link #obstacle}. In the tuning table a configuration is the text of {@link #text()}.
 */
public interface TileConfig {
    /** Bytes of local memory in which a work-group finds out what its queries see, in {@code lib/common/mask.clh}. */
    int RANGE_PARTS = 8 * 4 * Integer.BYTES;

    /** The family of kernels these tiles are for. */
    KernelFamily family();

    /** The kernel function. */
    String kernelName();

    /** Queries of a full work-group; where {@link #areHeadsJoined}, query rows of all heads that share keys. */
    int tileQ();

    /** Work-groups must own a multiple of this many queries, except the last. */
    int queryStep();

    /** Work-items of a work-group. */
    int workItems();

    /**
     * Whether a work-group has the query rows of all heads that read one key/value head, and shares their keys out to
     * others where that helps.
     */
    default boolean areHeadsJoined() {
        return false;
    }

    /** Whether work-groups may come in the order of heads, so that those with most keys start first. */
    default boolean canHeadsTakeTurns() {
        return false;
    }

    /**
     * Whether the kernel may round weights to the type of the values, so that the sum of the rounded ones divides the
     * output.
     */
    default boolean mayRoundWeights() {
        return false;
    }

    /** Whether it computes on inputs or weights that it rounds to 16 bits. */
    default boolean isRounding() {
        return false;
    }

    /** Local memory of a work-group, in bytes. */
    long localBytes(AttentionSpec spec);

    /** Local memory that the device has for a work-group of this kernel, in bytes. */
    default long localMemory(Device device) {
        return device.localMemory();
    }

    /** The numbers of the configuration by the name of their macro, in a fixed order. */
    Map<String, Integer> macros();

    /** Macros beside them, which follow from the spec. */
    default Map<String, Integer> specMacros(AttentionSpec spec) {
        return Map.of();
    }

    /** What the driver's compiler is told beside macros. */
    default String compilerFlags() {
        return KernelOptions.LANGUAGE;
    }

    /** The instruction of a processor that the kernel is written with, as inline assembly; null for none. */
    default Instruction instruction() {
        return null;
    }

    /** How many products of that instruction must take no longer than one of floats, for the kernel to be sooner. */
    default int productsEach() {
        return 1;
    }

    /** Whether it is written with one, which drivers do not promise to take. */
    default boolean isDaring() {
        return instruction() != null;
    }

    /** Whether there is inline assembly in the kernel, of a processor or a GPU. */
    default boolean hasAssembly() {
        return isDaring();
    }

    /** Whether instructions in the kernel are marked comments, which become instructions in the built program. */
    default boolean hasMarkedInstructions() {
        return false;
    }

    /**
     * What kernels of gradients hand over to one another, if this is a configuration of theirs and the spec one of
     * gradients; else null.
     */
    default GradientScratch scratch(AttentionSpec spec) {
        return null;
    }

    /** Whether it computes gradients, and nothing else. */
    default boolean isOfGradients() {
        return false;
    }

    /** Whether it computes gradients of additive scores. */
    default boolean isOfAdditiveGradients() {
        return false;
    }

    /** Kernels that run before the one that computes attention and leave it something in the scratch. */
    default List<Launch> launchesBefore(AttentionSpec spec) {
        return List.of();
    }

    /** Bytes of scratch for what they leave; 0 for none. */
    default long scratchBytes(AttentionSpec spec) {
        return 0;
    }

    /**
     * Tiles of the kernel that computes, behind this one, the heads that this one says in the scratch it cannot; with
     * the same queries a work-group. Empty where there are no such heads, or nothing is legal.
     */
    default Optional<TileConfig> fallback(AttentionSpec spec, Device device) {
        return Optional.empty();
    }

    /** The kernel of these tiles as a fallback. */
    default KernelOptions kernelOfFallback(AttentionSpec spec) {
        Map<String, Integer> macros = new TreeMap<>(macros());
        macros.putAll(specMacros(spec));
        macros.put("IS_FALLBACK", 1);
        return KernelOptions.attention(kernelName(), spec, macros, compilerFlags(), hasAssembly(), false);
    }

    /** The kernels of gradients in their order, without those that all families share. */
    default List<Launch> gradientLaunches(AttentionSpec spec, Device device) {
        return List.of();
    }

    /** The kernel that computes this spec with these tiles. */
    default KernelOptions kernel(AttentionSpec spec) {
        return kernel(spec, KeySplit.areRowsLong(spec));
    }

    /**
     * The same for tests and checks of what kernels of long rows do with short ones.
     *
     * @param areRowsLong whether the kernel must be able to share keys out; where heads are joined it always is
     */
    default KernelOptions kernel(AttentionSpec spec, boolean areRowsLong) {
        Map<String, Integer> macros = new TreeMap<>(macros());
        macros.putAll(specMacros(spec));
        if (areRowsLong && !areHeadsJoined()) {
            macros.put("IS_SPLIT", 1);
        }
        return KernelOptions.attention(
                kernelName(), spec, macros, compilerFlags(), hasAssembly(), hasMarkedInstructions());
    }

    /** What is wrong with the numbers themselves, or empty. */
    Optional<String> misfit();

    /** Why this device cannot run this configuration, or empty if it can. */
    default Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> misfit = misfit();
        if (misfit.isPresent()) {
            return misfit;
        }
        if (spec.isBackward() != isOfGradients()) {
            return Optional.of(spec.isBackward() ? "computes no gradients" : "computes gradients only");
        }
        if (spec.has(Operand.ADDITIVE_VECTOR) && (spec.isBackward() ? !isOfAdditiveGradients() : areHeadsJoined())) {
            return Optional.of("computes no " + (spec.isBackward() ? "gradients of " : "") + "additive scores");
        }
        if (workItems() > device.maxWorkGroupSize()) {
            return Optional.of(
                    "needs " + workItems() + " work-items in a group, device allows " + device.maxWorkGroupSize());
        }
        Quirks driver = Quirks.of(device);
        Optional<String> groups = driver.groupsObstacle(workItems());
        if (groups.isPresent()) {
            return groups;
        }
        if (isDaring()) {
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
     * Why the compiled kernel cannot run on the device although the numbers fit (registers, the compiler's own local
     * memory), or empty.
     *
     * @param kernelItems the most work-items the driver can run this kernel with
     * @param kernelLocalBytes local memory the compiled kernel uses
     * @param kernelLanes what the driver says groups of this kernel should be a multiple of: on GPUs, work-items of a
     *     sub-group
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

    /** {@code "LANES=8 LANE_VECTORS=2 …"}: what {@link #macros(String)} reads. */
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
     * The macros of what {@link #text()} wrote.
     *
     * @throws IllegalArgumentException if it is not made of names and numbers
     */
    static Map<String, Integer> macros(String text) {
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
        return macros;
    }

    /**
     * The values of exactly these macros, in this order.
     *
     * @throws IllegalArgumentException if they are not these
     */
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
