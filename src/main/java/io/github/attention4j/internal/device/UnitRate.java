package io.github.attention4j.internal.device;

import io.github.attention4j.Instruction;
import java.util.Locale;
import java.util.Optional;

/**
 * What one instruction for short numbers is worth on a processor, beside multiply-adds of floats.
 *
 * @param products billions of products a second that it makes on a core
 * @param floats billions that multiply-adds make there
 * @param failure why nothing was measured; empty where it was
 */
public record UnitRate(double products, double floats, String failure) {
    /** Taken only if it is so much faster: it rounds, and two measurements differ by a few percent. */
    private static final double LEAST_GAIN = 1.1;

    /** Where keys are bytes, a query is three digits, of tiles four: see {@code kernels/lib/decode/bytes.clh}. */
    private static final int DIGITS = 3;

    private static final int TILE_DIGITS = 4;

    /** A measured one. */
    public UnitRate(double products, double floats) {
        this(products, floats, "");
    }

    /** One that could not be measured. */
    public static UnitRate failed(String why) {
        return new UnitRate(0, 0, why);
    }

    /** Whether kernels with the instruction are faster than those without. */
    public boolean isWorthIt(Instruction instruction) {
        return isWorthIt(instruction, 1);
    }

    private boolean isWorthIt(Instruction instruction, int each) {
        return products > LEAST_GAIN * floats * each * productsEach(instruction);
    }

    /** Why kernels with the instruction are not taken, or empty. */
    Optional<String> obstacle(Instruction instruction, int each) {
        if (!failure.isEmpty()) {
            return Optional.of("what " + name(instruction) + " is worth here could not be measured: " + failure);
        }
        return isWorthIt(instruction, each)
                ? Optional.empty()
                : Optional.of(describe(instruction) + (each == 1 ? "" : "; it should make " + each + " for one"));
    }

    /** For people: what was measured. */
    String describe(Instruction instruction) {
        int each = productsEach(instruction);
        return "%s makes %.1f billion products a second on a core%s, multiply-adds of floats %.1f, as measured here"
                .formatted(name(instruction), products, each == 1 ? "" : ", " + each + " for one", floats);
    }

    /** How many of its products take the place of one of floats. */
    private static int productsEach(Instruction instruction) {
        return switch (instruction) {
            case VPDPBUSD -> DIGITS;
            case TDPBSSD -> TILE_DIGITS;
            default -> 1;
        };
    }

    private static String name(Instruction instruction) {
        return instruction.name().toLowerCase(Locale.ROOT);
    }
}
