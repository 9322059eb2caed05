package io.github.attention4j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.KernelFamily;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the table says of drivers that were tried, of those in between, and of those that nobody has tried. */
class QuirksTest {
    private static final String POCL = "Portable Computing Language OpenCL 3.0 PoCL ";
    private static final String CPU = "cpu-skylake-avx512-AMD EPYC";

    private static Quirks pocl(String version) {
        return Quirks.of(POCL + version + "  Linux, Debian, RELOC, LLVM 18.1.8, POCL_DEBUG", CPU, version);
    }

    /** Versions as they are said, and what of them may be asked for. */
    @ParameterizedTest(name = "PoCL {0}")
    @CsvSource({
        "1.8, WITHOUT_ASSEMBLY, false",
        "3.0, WITHOUT_ASSEMBLY, false",
        "3.1-rc1, WITHOUT_ASSEMBLY, false",
        "3.1, ALL, true",
        "3.1+debian, ALL, true",
        "3.1.0, ALL, true",
        "3.1-2+b1, ALL, true",
        "3.2-pre, NONE, false",
        "4.0, NONE, true",
        "5.0, NONE, true",
        "5.0-2.1build3, NONE, true",
        "6.0, NONE, true",
        "6.0+debian, NONE, true",
        "6.0~rc2, NONE, true",
        "6.1-pre, NONE, true",
        "6.1-pre main-0-g1234567, NONE, true",
        "6.0-30-gabcdef1, NONE, true",
        "7.0-rc3, NONE, true",
        "7.0, ALL, true",
        "7.1+debian, ALL, true",
        "7.1.2, ALL, true",
        "7.1-12-g0123abc, WITHOUT_ASSEMBLY, false",
        "7.2-rc1, WITHOUT_ASSEMBLY, false",
        "7.2-RC1, WITHOUT_ASSEMBLY, false",
        "7.2, WITHOUT_ASSEMBLY, false",
        "8.0, WITHOUT_ASSEMBLY, false",
        "10.0, WITHOUT_ASSEMBLY, false",
        "unknown, WITHOUT_ASSEMBLY, false",
        "123456789012.0, WITHOUT_ASSEMBLY, false",
    })
    void poclIsAskedByItsVersion(String version, Quirks.Binaries binaries, boolean takesInstructions) {
        Quirks quirks = pocl(version);
        assertEquals(binaries, quirks.binaries());
        assertEquals(takesInstructions, quirks.takesInstructions(), "instructions");
        assertTrue(quirks.runsHere() && quirks.takesSignals());
        assertEquals(binaries == Quirks.Binaries.ALL, quirks.givesBinary(true));
        assertEquals(binaries != Quirks.Binaries.NONE, quirks.givesBinary(false));
        assertEquals(binaries == Quirks.Binaries.ALL ? Integer.MAX_VALUE : 2, quirks.assemblyItems());
    }

    @Test
    void whatWasTestedIsKnownByDriverAndDevice() {
        Set<KernelFamily> cpu = Set.of(KernelFamily.LANES, KernelFamily.DECODE, KernelFamily.TILES);
        assertEquals(cpu, pocl("3.1+debian").tested());
        assertEquals(
                Set.of(KernelFamily.LANES, KernelFamily.DECODE),
                pocl("6.0+debian").tested());
        assertEquals(cpu, pocl("7.1+debian").tested());
        for (String version : new String[] {"3.0", "4.0", "5.0", "6.1-pre", "7.0", "7.2-rc1", ""}) {
            assertEquals(Set.of(), pocl(version).tested(), version);
        }
        assertEquals(
                Set.of(), Quirks.of(POCL + "7.1", "cpu-haswell-AMD EPYC", "7.1").tested(), "other code");
        assertEquals(
                Set.of(KernelFamily.MATRIX, KernelFamily.DECODE, KernelFamily.TILES),
                Quirks.of("NVIDIA CUDA OpenCL 3.0 CUDA 13.0.97", "NVIDIA H100 80GB HBM3", "580.95.05")
                        .tested());
        for (String version : new String[] {"535.216.01", "581.29", "590.1", "58.0", ""}) {
            Quirks other = Quirks.of("NVIDIA CUDA OpenCL 3.0", "NVIDIA H100 80GB HBM3", version);
            assertEquals(Set.of(), other.tested(), version);
            assertTrue(other.givesBinary(true) && other.isNvidiaPtx() && other.takesSignals());
        }
    }

    @Test
    void memoryIsSharedWithVersionsItWasTriedOn() {
        for (String version : List.of("3.1+debian", "6.0+debian", "7.1+debian")) {
            assertTrue(pocl(version).sharesMemory(), version);
        }
        for (String version : List.of("3.0", "4.0", "5.0", "6.1-pre", "7.0", "7.2-rc1", "8.0", "")) {
            assertFalse(pocl(version).sharesMemory(), version);
        }
    }

    @Test
    void aCompilerThatIsNotKnownToCompileKernelsOfGroupsRightIsNotTrustedWithThem() {
        for (String version : List.of("3.1", "7.0", "7.1")) {
            assertEquals(Optional.empty(), pocl(version).groupsObstacle(64), version);
        }
        for (String version : List.of("4.0", "5.0", "6.0", "8.0")) {
            String reason = pocl(version).groupsObstacle(64).orElseThrow();
            assertTrue(reason.contains("the compiler of PoCL " + version), reason);
            assertEquals(Optional.empty(), pocl(version).groupsObstacle(1), version);
            assertTrue(pocl(version).describe().contains("kernels of work-groups of several work-items are not used"));
        }
        Quirks gpuOfPocl = Quirks.of("Portable Computing Language OpenCL 3.0 PoCL 6.0", "NVIDIA A100", "6.0");
        assertEquals(Optional.empty(), gpuOfPocl.groupsObstacle(64)); // its work-items are the GPU's own
    }

    /** A platform that does not say its version; then the driver's counts. */
    @ParameterizedTest
    @ValueSource(strings = {"", " OpenCL 3.0", " OpenCL 3.0 pocl", " OpenCL 6.0 PoCL  Linux"})
    void theDriverSaysTheVersionWhereThePlatformDoesNot(String rest) {
        String platform = "Portable Computing Language" + rest;
        assertEquals(Quirks.Binaries.ALL, Quirks.of(platform, CPU, "3.1+debian").binaries());
        assertEquals(Quirks.Binaries.NONE, Quirks.of(platform, CPU, "6.0").binaries());
        Quirks unknown = Quirks.of(platform, CPU, "");
        assertEquals(Quirks.Binaries.WITHOUT_ASSEMBLY, unknown.binaries());
        assertFalse(unknown.takesInstructions());
        assertTrue(unknown.describe().contains("PoCL of a version that it does not say"), unknown.describe());
    }

    @Test
    void olderSpellingsAreUnderstood() {
        String platform = "Portable Computing Language OpenCL 1.2 pocl v6.0, LLVM 3.1, POCL-HSTR";
        assertEquals(Quirks.Binaries.NONE, Quirks.of(platform, "pthread-x", "").binaries());
        assertEquals("PoCL 6.0", Quirks.of(platform, "pthread-x", "").driver());
    }

    @Test
    void poclOnOtherDevicesThanThisProcessorGetsTheCarefulRow() {
        for (String device : new String[] {"NVIDIA A100", "remote", "AMD EPYC", ""}) {
            Quirks quirks = Quirks.of(POCL + "3.1", device, "3.1");
            assertFalse(quirks.runsHere() || quirks.takesInstructions() || quirks.givesBinary(true), device);
            assertFalse(quirks.sharesMemory(), device);
            assertEquals(Set.of(), quirks.tested());
            assertEquals(
                    Quirks.Binaries.NONE, Quirks.of(POCL + "6.0", device, "6.0").binaries());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Intel(R) OpenCL OpenCL 3.0 LINUX, Intel(R) Xeon(R), 2025.1",
        "rusticl OpenCL 3.0, AMD Radeon, 25.0.7",
        "AMD Accelerated Parallel Processing OpenCL 2.1, gfx90a, 3635.0",
        "'', '', ''",
        "PoCL 3.1, cpu-skylake-avx512-, 3.1",
    })
    void everythingElseIsAskedForWhatOpenClPromisesAndNothingMore(String platform, String device, String driver) {
        Quirks quirks = Quirks.of(platform, device, driver);
        assertEquals(Quirks.Binaries.WITHOUT_ASSEMBLY, quirks.binaries());
        assertFalse(quirks.runsHere() || quirks.takesInstructions() || quirks.takesSignals() || quirks.isNvidiaPtx());
        assertFalse(quirks.sharesMemory());
        assertEquals(0, quirks.loopRounds());
        assertEquals(Set.of(), quirks.tested());
        assertEquals("", quirks.describe());
    }

    @Test
    void llvmpipeEndsLoopsWhateverItsPlatform() {
        String device = "llvmpipe (LLVM 19.1.7, 256 bits)";
        for (String platform : new String[] {"rusticl OpenCL 3.0", "Clover OpenCL 1.1 Mesa 22.3.6", ""}) {
            assertEquals(65_535, Quirks.of(platform, device, "").loopRounds());
        }
        assertTrue(Quirks.of("", device, "").describe().contains("65535 rounds"));
    }

    @Test
    void whatAppliesIsSaidInOneLine() {
        String said = pocl("6.0+debian").describe();
        assertTrue(said.contains("compiled programs are not kept: PoCL 6.0 can abort"), said);
        assertFalse(said.contains("\n"));
        String unknown = pocl("7.2-rc1").describe();
        assertTrue(unknown.contains("instructions of the processor are not used: PoCL 7.2 (an early state)"), unknown);
    }

    /** Until 7.0 a queue is used after it was given up; what is unknown gets the careful way. */
    @Test
    void queuesOfPocl6AreLeftAloneBeforeTheyAreReleased() {
        assertTrue(pocl("6.0+debian").queueMillis() > 0);
        assertTrue(pocl("9.9").queueMillis() > 0);
        assertEquals(0, pocl("3.1+debian").queueMillis());
        assertEquals(0, pocl("7.1").queueMillis());
    }
}
