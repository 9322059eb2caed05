package io.github.attention4j.internal.device;

import static io.github.attention4j.KernelFamily.DECODE;
import static io.github.attention4j.KernelFamily.LANES;
import static io.github.attention4j.KernelFamily.MATRIX;
import static io.github.attention4j.KernelFamily.TILES;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.device.Quirks.Binaries;
import java.util.Set;

/**
 * The table of drivers. The first row that fits counts; the rows at the end fit what nobody has tried, and are careful.
 */
final class KnownDrivers {
    /** For messages: PoCL's versions with which instructions of the processor are used. */
    static final String TESTED_POCL = "3.1 and 4.0 to 7.1";

    private static final String POCL = "Portable Computing Language";
    private static final String NVIDIA = "NVIDIA CUDA";
    private static final String ANY = "";
    /**
     * PoCL's drivers for the processor that it runs on; the target of its compiler follows, and then the processor's
     * name.
     */
    private static final String[] PROCESSOR = {"pthread-", "cpu-", "basic-"};
    /** What the tests were run on: code for other targets is other code. */
    private static final String[] AVX_512 = {"pthread-skylake-avx512-", "cpu-skylake-avx512-"};

    private static final String[] HOPPER = {"NVIDIA H100"};
    private static final String[] ALL = {ANY};

    private static final Set<KernelFamily> ON_CPU = Set.of(LANES, DECODE, TILES);
    private static final Set<KernelFamily> ON_GPU = Set.of(MATRIX, DECODE, TILES);
    private static final Set<KernelFamily> OF_ONE_ITEM = Set.of(LANES, DECODE);
    private static final Set<KernelFamily> NONE = Set.of();

    private static final int NO_LIMIT = Integer.MAX_VALUE;
    /**
     * The thread of PoCL 6.0 that ends a command may lock the command's queue once more after it gave up what keeps the
     * queue, if somebody waited in {@code clFinish} or a blocking read; it takes microseconds. Waiting for events
     * instead would avoid it, but JOCL reads into Java's arrays, and writes from them, only by calls that block.
     */
    private static final int PAUSE = 50;
    /**
     * Groups that PoCL compiles by repeating the kernel, without the loop over work-items in which it falls over inline
     * assembly.
     */
    private static final int REPEATED = 2;

    private KnownDrivers() {}

    /**
     * A row.
     *
     * @param platform how the platform's name begins
     * @param devices how the device's name begins, one of them
     * @param from the first version, or null for any, also one that is not said
     * @param to the last version
     * @param testedOn devices on which {@code tested} holds; on others nothing is tested
     */
    private record Row(
            String platform,
            String[] devices,
            String from,
            String to,
            Binaries binaries,
            boolean takesInstructions,
            int assemblyItems,
            int loopRounds,
            boolean compilesGroups,
            int queueMillis,
            boolean sharesMemory,
            String[] testedOn,
            Set<KernelFamily> tested) {}

    private static final Row[] ROWS = {
        // Mesa's llvmpipe counts the rounds of all loops of a work-item (its LP_MAX_TGSI_LOOP_ITERATIONS) and ends them
        // at 65,536, so a check of long problems would find what is known; the tests run small ones on Mesa 22.3.6.
        row(ANY, "llvmpipe", null, null, Binaries.ALL, false, NO_LIMIT, 65_535, true, 0, false, ALL, ON_CPU),

        // A simulator, for tests.
        row(
                "Oclgrind",
                ANY,
                null,
                null,
                Binaries.ALL,
                false,
                NO_LIMIT,
                0,
                true,
                0,
                false,
                ALL,
                Set.of(LANES, DECODE, TILES, MATRIX)),

        // Debian 12: PoCL 3.1 with LLVM 15. All tests, on Zen 4.
        row(POCL, PROCESSOR, "3.1", "3.1", Binaries.ALL, true, NO_LIMIT, 0, true, 0, true, AVX_512, ON_CPU),

        // Its pass WorkitemLoops takes the call of inline assembly for one of its own functions, and aborts: when such
        // a kernel is enqueued with groups of more than two items, and when any program with one is asked for its
        // binary, which it then compiles for groups of any size. Seen on 6.0 (Debian 13, LLVM 18); the same lines are
        // in 4.0 and 5.0 (Ubuntu 24.04), not in 3.1, and no more in 7.0. Its compiler made wrong code of a right kernel
        // of 64 work-items in 4 of 40 compilations (6.0), by what it remembers of addresses, also without optimisation,
        // and what it makes can end the process; kernels of one work-item do not ask for that. PoCL itself keeps
        // compiled kernels on disk, the wrong ones too.
        row(POCL, PROCESSOR, "6.0", "6.0", Binaries.NONE, true, REPEATED, 0, false, PAUSE, true, AVX_512, OF_ONE_ITEM),
        row(POCL, PROCESSOR, "4.0", "7.0-pre", Binaries.NONE, true, REPEATED, 0, false, PAUSE, false, ALL, NONE),
        row(POCL, ANY, "3.2-pre", "7.0-pre", Binaries.NONE, false, REPEATED, 0, false, PAUSE, false, ALL, NONE),

        // Debian sid: PoCL 7.1 with LLVM 21. All tests, on Zen 4; 7.0 by its source.
        row(POCL, PROCESSOR, "7.1", "7.1", Binaries.ALL, true, NO_LIMIT, 0, true, 0, true, AVX_512, ON_CPU),
        row(POCL, PROCESSOR, "7.0", "7.1", Binaries.ALL, true, NO_LIMIT, 0, true, 0, false, ALL, NONE),

        // Older than what was tried, newer, or of a version that it does not say.
        row(POCL, ANY, null, null, Binaries.WITHOUT_ASSEMBLY, false, REPEATED, 0, false, PAUSE, false, ALL, NONE),

        // NVIDIA's compiler takes PTX in kernels of every version that was met; 580 on an H100 had all tests for GPUs.
        row(NVIDIA, ANY, "580.0", "580.999999", Binaries.ALL, false, NO_LIMIT, 0, true, 0, false, HOPPER, ON_GPU),
        row(NVIDIA, ANY, null, null, Binaries.ALL, false, NO_LIMIT, 0, true, 0, false, ALL, NONE),

        // Everything else: what OpenCL itself promises, and nothing more.
        row(ANY, ANY, null, null, Binaries.WITHOUT_ASSEMBLY, false, NO_LIMIT, 0, true, 0, false, ALL, NONE)
    };

    private static Row row(
            String platform,
            Object devices,
            String from,
            String to,
            Binaries binaries,
            boolean takesInstructions,
            int assemblyItems,
            int loopRounds,
            boolean compilesGroups,
            int queueMillis,
            boolean sharesMemory,
            String[] testedOn,
            Set<KernelFamily> tested) {
        String[] names = devices instanceof String[] several ? several : new String[] {(String) devices};
        return new Row(
                platform,
                names,
                from,
                to,
                binaries,
                takesInstructions,
                assemblyItems,
                loopRounds,
                compilesGroups,
                queueMillis,
                sharesMemory,
                testedOn,
                tested);
    }

    static Quirks find(String platform, String device, String driver) {
        boolean pocl = platform.startsWith(POCL);
        Version version = pocl ? Version.ofPocl(platform) : Version.of(driver);
        if (pocl && version == null) {
            version = Version.of(driver);
        }
        for (Row row : ROWS) {
            if (platform.startsWith(row.platform()) && beginsWith(device, row.devices()) && isIn(version, row)) {
                return quirks(row, platform, device, version);
            }
        }
        throw new IllegalStateException("the table's last row fits everything");
    }

    private static Quirks quirks(Row row, String platform, String device, Version version) {
        boolean pocl = platform.startsWith(POCL);
        boolean nvidia = platform.startsWith(NVIDIA);
        String name = pocl ? "PoCL" : nvidia ? "NVIDIA's driver" : platform.isEmpty() ? device : platform;
        String said = version == null ? pocl ? " of a version that it does not say" : "" : " " + version;
        return new Quirks(
                pocl || nvidia ? name + said : name,
                row.binaries(),
                pocl && beginsWith(device, PROCESSOR),
                row.takesInstructions(),
                row.assemblyItems(),
                nvidia,
                pocl || nvidia,
                row.loopRounds(),
                row.compilesGroups(),
                row.queueMillis(),
                row.sharesMemory(),
                beginsWith(device, row.testedOn()) ? row.tested() : NONE);
    }

    private static boolean isIn(Version version, Row row) {
        return row.from() == null
                || version != null
                        && version.compareTo(Version.of(row.from())) >= 0
                        && version.compareTo(Version.of(row.to())) <= 0;
    }

    private static boolean beginsWith(String name, String[] beginnings) {
        for (String beginning : beginnings) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }
}
