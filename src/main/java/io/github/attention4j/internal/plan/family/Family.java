package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A family of kernels: when it is meant, and with which tiles. What each configuration can do is its
 * {@link TileConfig}. The planner knows families by a list and nothing else of them; a new one is a folder with an
 * implementation of this, and a place in that list.
 */
public interface Family {
    /** What callers and tuning tables call it. */
    KernelFamily name();

    /** Why it is not tried for a spec on a device unless somebody asks for it, or empty. */
    Optional<String> unwanted(AttentionSpec spec, Device device);

    /**
     * What {@code explain()} says about it where it is tried: why it comes before others, which of its ways are closed
     * and why.
     */
    default List<String> remarks(AttentionSpec spec, Device device) {
        return List.of();
    }

    /** Configurations to try, in groups of those that are measured alike, best group first. */
    List<Variant> variants(AttentionSpec spec, Device device);

    /**
     * The configuration with these macros.
     *
     * @throws IllegalArgumentException if a macro is missing or unknown, or its number stands for nothing
     */
    TileConfig config(Map<String, Integer> macros);

    /**
     * Whether its kernels are written in what drivers do not promise to build, so that a build that fails is an
     * obstacle and not a fault.
     */
    default boolean mayFailToBuild() {
        return false;
    }

    /**
     * Configurations that compute in the same type.
     *
     * @param measuredType the type that a row of a tuning table must have been measured with to speak for them
     * @param guesses for a device that nobody has tuned, best first; {@link TileConfig#obstacle} judges them
     */
    record Variant(String measuredType, List<Guess> guesses) {}

    /**
     * A guess.
     *
     * @param tiles the configuration
     * @param reason what it follows from
     */
    record Guess(TileConfig tiles, String reason) {}
}
