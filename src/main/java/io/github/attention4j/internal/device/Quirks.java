package io.github.attention4j.internal.device;

import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import java.util.Optional;
import java.util.Set;

/**
 * What a driver may be asked, and what must be known about it. Pure data: {@link KnownDrivers} is the table, and
 * whatever is not in it gets the careful row.
 *
 * @param driver what messages call it: {@code "PoCL 6.0"}
 * @param binaries which compiled programs it may be asked for
 * @param runsHere whether its kernels run in this process, on this machine's processors
 * @param takesInstructions whether its kernels for processors may be written with instructions of the processor (inline
 *     assembly)
 * @param assemblyItems the most work-items of a group whose kernel has inline assembly for a processor
 * @param isNvidiaPtx whether its programs are PTX, which may be changed and handed back
 * @param takesSignals whether its compiler replaces a signal handler that the JVM needs
 * @param loopRounds after how many rounds it ends a work-item's loops without an error; 0 for never
 * @param compilesGroups whether its compiler for processors makes right code of kernels with barriers, each time
 * @param queueMillis how long a queue must be left alone after its last command before it may be released, because the
 *     driver goes on using it; 0 where it does not
 * @param sharesMemory whether host and kernels were seen to use its fine-grained shared virtual memory in turns and be
 *     right, where the device says that it has such memory
 * @param tested the kernel families that this project's tests were run with on this driver and kind of device, and were
 *     right
 */
public record Quirks(
        String driver,
        Binaries binaries,
        boolean runsHere,
        boolean takesInstructions,
        int assemblyItems,
        boolean isNvidiaPtx,
        boolean takesSignals,
        int loopRounds,
        boolean compilesGroups,
        int queueMillis,
        boolean sharesMemory,
        Set<KernelFamily> tested) {

    /** Which compiled programs a driver may be asked for. */
    public enum Binaries {
        /** None. */
        NONE,
        /** Those without inline assembly. */
        WITHOUT_ASSEMBLY,
        /** All. */
        ALL
    }

    /** Copies the set. */
    public Quirks {
        tested = Set.copyOf(tested);
    }

    /**
     * What the table says.
     *
     * @param platform the OpenCL platform's name and version
     * @param device the device's name
     * @param driver the driver's version
     */
    public static Quirks of(String platform, String device, String driver) {
        return KnownDrivers.find(platform, device, driver);
    }

    /** What the table says of a device's driver. */
    public static Quirks of(Device device) {
        return of(device.platform(), device.name(), device.driver());
    }

    /** Whether the driver may be asked for a compiled program. */
    public boolean givesBinary(boolean hasAssembly) {
        return binaries == Binaries.ALL || binaries == Binaries.WITHOUT_ASSEMBLY && !hasAssembly;
    }

    /** Why kernels are not written with instructions of the processor, or empty. */
    public String instructionsObstacle() {
        return takesInstructions || !runsHere
                ? ""
                : driver + " is not among the versions known to compile them right, " + KnownDrivers.TESTED_POCL;
    }

    /** Why a kernel that is written for work-groups of so many work-items is not used, or empty. */
    public Optional<String> groupsObstacle(int workItems) {
        return workItems == 1 || compilesGroups || !runsHere
                ? Optional.empty()
                : Optional.of("has work-groups of several work-items, of which the compiler of " + driver
                        + " makes wrong code now and then, or is not known not to");
    }

    /** For people: what applies, in one line; empty if nothing does. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        if (binaries == Binaries.NONE) {
            add(text, "compiled programs are not kept: " + driver + " can abort the process when asked for one");
        } else if (binaries == Binaries.WITHOUT_ASSEMBLY && takesInstructions) {
            add(text, "compiled programs with inline assembly are not kept: " + driver + " is unknown");
        }
        if (runsHere && !takesInstructions) {
            add(text, "instructions of the processor are not used: " + instructionsObstacle());
        }
        if (!compilesGroups && runsHere) {
            add(
                    text,
                    "kernels of work-groups of several work-items are not used: its compiler can make wrong code of them");
        }
        if (loopRounds > 0) {
            add(text, "loops end after " + loopRounds + " rounds without an error");
        }
        if (takesSignals) {
            add(text, "its compiler replaces the handler of SIGSEGV");
        }
        return text.toString();
    }

    private static void add(StringBuilder text, String sentence) {
        text.append(text.isEmpty() ? "" : "; ").append(sentence);
    }
}
