package io.github.attention4j.internal.device;

import io.github.attention4j.Instruction;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a processor's instructions for short numbers are worth, as measured when a plan would first take one: on one
 * maker's processors {@code vdpbf16ps} does twice as much as floats, on another's half as much. Asked only about those
 * that the device is known to have.
 */
public final class UnitRates {
    /** All are worth it: for plans of devices that are not here. */
    public static final UnitRates UNMEASURED = new UnitRates(instruction -> null);

    private final Function<Instruction, UnitRate> measured;
    private final Function<Instruction, Optional<String>> refused;

    /** @param measured the rate of an instruction; null for one that is taken without a measurement */
    public UnitRates(Function<Instruction, UnitRate> measured) {
        this(measured, instruction -> Optional.empty());
    }

    /**
     * Likewise, where some must be permitted.
     *
     * @param refused why the system does not let this process use an instruction, or empty; asked before it is measured
     */
    public UnitRates(Function<Instruction, UnitRate> measured, Function<Instruction, Optional<String>> refused) {
        this.measured = measured;
        this.refused = refused;
    }

    /** Why kernels with an instruction are not taken, or empty; of kernels with none, null, empty too. */
    public Optional<String> obstacle(Instruction instruction) {
        return obstacle(instruction, 1);
    }

    /**
     * Likewise, of kernels that want several products of the instruction where others want one of floats.
     *
     * @param each how many
     */
    public Optional<String> obstacle(Instruction instruction, int each) {
        if (instruction == null) {
            return Optional.empty();
        }
        Optional<String> refusal = refused.apply(instruction);
        if (refusal.isPresent()) {
            return refusal;
        }
        UnitRate rate = measured.apply(instruction);
        return rate == null ? Optional.empty() : rate.obstacle(instruction, each);
    }

    /** For {@code explain()}: what was measured of the instruction of a kernel; empty where nothing was. */
    public Optional<String> describe(Instruction instruction) {
        UnitRate rate = instruction == null ? null : measured.apply(instruction);
        return rate == null ? Optional.empty() : Optional.of(rate.describe(instruction));
    }
}
