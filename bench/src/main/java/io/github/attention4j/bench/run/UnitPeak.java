package io.github.attention4j.bench.run;

import io.github.attention4j.Instruction;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.UnitProgram;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/**
 * How much a processor's instruction for short numbers does on all cores when nothing else is done, by the kernel with
 * which the library measures it on one: what kernels with that instruction are a share of.
 */
public final class UnitPeak {
    private static final List<Instruction> OF_PROCESSORS =
            List.of(Instruction.TDPBF16PS, Instruction.VDPBF16PS, Instruction.VPDPBUSD);
    /** What a plan says of the instruction that it takes; what it says of others begins with "not". */
    private static final Pattern TAKEN =
            Pattern.compile("(?m)^(" + String.join("|", names()) + ") makes [0-9.]+ billion products");

    /** So many work-groups for each thread that none of them waits long for the last one. */
    private static final int GROUPS = 4;
    /** Sums of a round, in {@code unit_rate.cl}. */
    private static final int SUMS = 16;

    private static final double LONG_ENOUGH_MILLIS = 40;
    private static final int MOST_ROUNDS = 1 << 24;
    private static final int TRIES = 5;
    /** Two neighbouring bf16, 1.0 each. */
    private static final float ONES = Float.intBitsToFloat(0x3f803f80);

    private UnitPeak() {}

    /** As tables call it: {@code "tdpbf16ps"}. */
    public static String name(Instruction instruction) {
        return instruction.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> names() {
        return OF_PROCESSORS.stream().map(UnitPeak::name).toList();
    }

    /**
     * The instruction that a plan for a processor takes; empty for floats.
     *
     * @param explanation what the plan says of itself
     */
    public static Optional<Instruction> taken(String explanation) {
        Matcher taken = TAKEN.matcher(explanation);
        return taken.find()
                ? OF_PROCESSORS.stream()
                        .filter(each -> name(each).equals(taken.group(1)))
                        .findFirst()
                : Optional.empty();
    }

    /**
     * The best of some tries in GFLOP/s, a product and its sum counted as two.
     *
     * @param instruction one that a plan of this process takes: that asked for what permission it needs
     */
    public static double gflops(RawDevice device, Instruction instruction) {
        UnitProgram unit = UnitProgram.of(instruction);
        KernelOptions options = unit.options();
        cl_kernel kernel = device.kernel(KernelSource.of(options.kernel()), options.kernel(), options.text());
        cl_mem out = device.zeros(SUMS * UnitProgram.LANES); // of all work-groups alike
        int groups = GROUPS * Runtime.getRuntime().availableProcessors();
        int rounds = 1 << 12;
        device.run(kernel, groups, new long[] {1}, out, 0, 1, ONES, ONES); // some drivers compile at the first run
        double millis = device.run(kernel, groups, new long[] {1}, out, 0, rounds, ONES, ONES);
        while (millis < LONG_ENOUGH_MILLIS && rounds < MOST_ROUNDS) {
            rounds *= 2;
            millis = device.run(kernel, groups, new long[] {1}, out, 0, rounds, ONES, ONES);
        }
        for (int i = 1; i < TRIES; i++) {
            millis = Math.min(millis, device.run(kernel, groups, new long[] {1}, out, 0, rounds, ONES, ONES));
        }
        return 2.0 * unit.wordProducts() * SUMS * UnitProgram.LANES * groups * rounds / millis * 1e-6;
    }
}
