package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.lanes.LanesConfig;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Jvm;
import io.github.attention4j.testing.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("opencl")
class ProgramCacheTest {
    /** More queries than are for DECODE on any device. */
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(2).sequenceLength(17).headDim(8).build();

    @TempDir
    Path folder;

    /** Another problem each time, whose answer is not what memory still holds of one before, by any of these tests. */
    private static long seed;

    private OpenClBackend open(Path cache) {
        return (OpenClBackend) OpenClBackend.open(
                DeviceSearch.run().found().get(0), EngineOptions.defaults().withCacheDirectory(cache));
    }

    private void computeWith(Path cache) {
        try (OpenClBackend backend = open(cache)) {
            compute(backend, SPEC);
        }
    }

    private void compute(OpenClBackend backend, AttentionSpec spec) {
        Problem problem = new Problem(spec, ++seed, 1);
        float[] out = new float[(int) spec.outElements()];
        backend.attend(backend.plan(spec), AttentionArrays.of(problem.query(), problem.key(), problem.value(), out));
        Budget.check(problem, out, null);
    }

    private static void assumeProgramsAreKept() {
        Device device = AttentionEngine.devices().get(0);
        assumeTrue(
                Quirks.of(device).givesBinary(false),
                "this driver is not asked for compiled programs, so none are kept");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void newLengthsHeadsScalesAndBatchesCompileNothing() {
        try (OpenClBackend backend = open(folder)) {
            compute(backend, SPEC);
            int programs = backend.programCount();
            for (int length = 17; length < 56; length += 3) { // fewer queries are for DECODE, below
                compute(
                        backend,
                        AttentionSpec.builder()
                                .batch(1 + length % 3)
                                .heads(4)
                                .kvHeads(1 + length % 2)
                                .queryLength(length)
                                .keyLength(57 - length)
                                .headDim(8)
                                .scale(0.1f * length)
                                .build());
            }
            assertEquals(programs, backend.programCount());
            compute(backend, token(1, 1000));
            programs = backend.programCount();
            for (int keys = 512; keys < 3000; keys += 500) {
                compute(backend, token(1 + keys % 2, keys));
            }
            assertEquals(programs, backend.programCount());
        }
    }

    /** Nor do new numbers and sizes of what functions read; another function does. */
    @Test
    void whatFunctionsReadCompilesNothing() {
        try (OpenClBackend backend = open(folder)) {
            backend.plan(withFunctions(20, 30, 5, 1));
            int programs = backend.programCount();
            for (int length = 21; length < 30; length++) {
                backend.plan(withFunctions(length, length + 20, 2 * length, 1));
            }
            assertEquals(programs, backend.programCount());
            backend.plan(withFunctions(20, 30, 5, 2));
            assertEquals(programs + 1, backend.programCount());
        }
    }

    private static AttentionSpec withFunctions(int queries, int keys, int size, float factor) {
        return AttentionSpec.builder()
                .heads(4)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(8)
                .score((score, place) -> score.plus(
                        place.tensor(2).at(place.key()).times(place.number(0)).times(factor)))
                .scoreTensor(2, DType.F32, size)
                .scoreNumbers(1)
                .build();
    }

    /** One query a head, whose keys are shared out to work-groups. */
    private static AttentionSpec token(int batch, int keys) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(2)
                .queryLength(1)
                .keyLength(keys)
                .headDim(8)
                .build();
    }

    @Test
    void aProgramIsKeptOnDiskAndTakenFromThere() throws Exception {
        assumeProgramsAreKept();
        computeWith(folder);
        List<Path> files = files();
        assertEquals(1, files.size());
        byte[] kept = Files.readAllBytes(files.get(0));
        FileTime modified = FileTime.from(Instant.parse("2020-02-20T20:20:20Z"));
        Files.setLastModifiedTime(files.get(0), modified);
        computeWith(folder);
        assertEquals(files, files());
        assertArrayEquals(kept, Files.readAllBytes(files.get(0)));
        assertEquals(modified, Files.getLastModifiedTime(files.get(0)), "not written again");
    }

    @Test
    void aDamagedProgramIsBuiltAnew() throws Exception {
        assumeProgramsAreKept();
        computeWith(folder);
        Path file = files().get(0);
        byte[] good = Files.readAllBytes(file);
        byte[] flipped = good.clone();
        flipped[good.length - 100] ^= 1;
        byte[] half = Arrays.copyOf(good, good.length / 2);
        for (byte[] bad : List.of(flipped, half, new byte[0], "something else".getBytes(StandardCharsets.UTF_8))) {
            Files.write(file, bad);
            computeWith(folder);
            assertTrue(Files.size(file) > good.length / 2, "rebuilt and kept again");
        }
    }

    @Test
    void damageIsFoundAndAForeignKeyToo() throws Exception {
        BinaryCache cache = new BinaryCache(Optional.of(folder));
        cache.store("key", new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, cache.load("key").orElseThrow());
        byte[] good = Files.readAllBytes(cache.file("key"));
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x40;
            Files.write(cache.file("key"), bad);
            assertTrue(cache.load("key").isEmpty(), "byte " + i);
            Files.write(cache.file("key"), Arrays.copyOf(good, i));
            assertTrue(cache.load("key").isEmpty(), "cut to " + i + " bytes");
        }
        Files.write(cache.file("other"), good); // as if both keys had the same file name
        assertTrue(cache.load("other").isEmpty());
    }

    @Test
    void aWholeFileThatTheDriverDoesNotAcceptIsBuiltAnew() throws Exception {
        assumeProgramsAreKept();
        computeWith(folder);
        Path file = files().get(0);
        String key = keyIn(file);
        byte[] foreign = "no program of this driver".getBytes(StandardCharsets.UTF_8);
        BinaryCache cache = new BinaryCache(Optional.of(folder));
        cache.store(key, foreign);
        assertArrayEquals(foreign, cache.load(key).orElseThrow());
        computeWith(folder);
        assertTrue(cache.load(key).orElseThrow().length > 1000, "rebuilt and kept again");
    }

    private static String keyIn(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).position(12);
        byte[] key = new byte[in.getInt()];
        in.get(key);
        return new String(key, StandardCharsets.UTF_8);
    }

    @Test
    void aProgramThatOthersCouldHavePlantedIsNotRun() throws Exception {
        assumeProgramsAreKept();
        computeWith(folder);
        Path file = files().get(0);
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        plantOneThatComputesNothing(keyIn(file));
        byte[] planted = Files.readAllBytes(file);
        assertThrows(AssertionError.class, () -> computeWith(folder), "in this user's own folder it runs");

        for (String permissions : List.of("rwxrwx---", "rwx----wx")) {
            allow(folder, permissions);
            computeWith(folder);
            assertEquals(List.of(file), files(), "nothing is kept there either");
            assertArrayEquals(planted, Files.readAllBytes(file));
        }
        allow(folder, "rwx------");
        allow(file, "rw-rw----");
        computeWith(folder);
        assertFalse(Arrays.equals(planted, Files.readAllBytes(file)), "replaced");
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    /** A whole program of this driver, kept for the source of one that does something. */
    private void plantOneThatComputesNothing(String key) throws IOException {
        String[] parts = key.split("\n", 6); // name, vendor, platform, driver, options, source
        String start = "if (queries <= 0) return;";
        assertTrue(parts[5].contains(start));
        Path aside = Files.createDirectory(folder.resolve("aside"));
        try (ClContext context = ClContext.make(DeviceSearch.run().found().get(0));
                ProgramCache programs = new ProgramCache(context, Optional.of(aside))) {
            programs.load("attn_forward_lanes", parts[5].replace(start, "return;"), parts[4]);
        }
        try (Stream<Path> files = Files.list(aside)) {
            for (Path file : files.toList()) {
                byte[] program =
                        new BinaryCache(Optional.of(aside)).load(keyIn(file)).orElseThrow();
                new BinaryCache(Optional.of(folder)).store(key, program);
                Files.delete(file);
            }
        }
        Files.delete(aside);
    }

    @Test
    void withoutAFolderNothingIsWritten() throws Exception {
        computeWith(null);
        assertTrue(files().isEmpty());
    }

    @Test
    void aFolderThatCannotBeWrittenCostsOnlyAWarning() throws Exception {
        Path file = Files.writeString(folder.resolve("a file"), "in the way");
        computeWith(file.resolve("below"));
    }

    /** Run in processes of its own by the next test. */
    public static final class Process {
        public static void main(String[] args) {
            new ProgramCacheTest().computeWith(Path.of(args[0]));
            System.out.println("fine");
        }
    }

    @Test
    void severalProcessesShareAFolder() throws Exception {
        assumeProgramsAreKept();
        for (Jvm.Result result : new Jvm().runAtOnce(3, Process.class, folder.toString())) {
            assertEquals("fine", result.out().strip(), result.toString());
        }
        assertEquals(1, files().size(), "one program, and no half-written file beside it");
    }

    @Test
    void aSourceThatDoesNotBuildIsNamedByOurFileAndLine() throws Exception {
        try (ClContext context = ClContext.make(DeviceSearch.run().found().get(0));
                ProgramCache cache = new ProgramCache(context, Optional.of(folder))) {
            String source = KernelSource.of("attn_forward_lanes")
                    .replace("const int queries =", "const int queries = nonsense +");
            String options = new LanesConfig(8, 2, 4, 60, 6, 6).kernel(SPEC).text();
            KernelBuildException failure =
                    assertThrows(KernelBuildException.class, () -> cache.load("attn_forward_lanes", source, options));
            String[] lines = failure.getMessage().split("\n");
            int line = 1
                    + (int) Files.readString(Path.of("kernels/attn_forward_lanes.cl"))
                            .lines()
                            .takeWhile(text -> !text.contains("const int queries ="))
                            .count();
            assertTrue(lines[0].startsWith("attn_forward_lanes.cl:" + line + ":"), failure.getMessage());
            assertTrue(lines[0].contains("nonsense"), failure.getMessage());
            assertTrue(lines[1].contains("-D HEAD_DIM=8") && lines[1].contains(context.device.driver()), lines[1]);
            assertTrue(failure.buildLog().contains("nonsense"));
            assertEquals(source, Files.readString(failure.savedSource()));
            Files.delete(failure.savedSource());
            assertTrue(files().isEmpty(), "a failed build is not kept");
        }
    }

    @Test
    void theFirstComplaintIsFoundInEveryDialect() {
        assertEquals(
                "lib/common/mask.clh:12:3: error: what",
                ProgramCache.firstComplaint("warning: x\nlib/common/mask.clh:12:3: error: what\n1 error generated."));
        assertEquals(
                "lib/common/mask.clh:12:3: what",
                ProgramCache.firstComplaint("noise\nerror: lib/common/mask.clh:12:3: what\nmore"));
        assertEquals("ptxas error: too big", ProgramCache.firstComplaint("hello\nptxas error: too big\n"));
        assertEquals("the compiler gave no reason", ProgramCache.firstComplaint(" \n"));
    }

    @Test
    void kernelsArePlainAscii() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("kernels"))) {
            for (Path file :
                    files.filter(path -> path.toString().matches(".*\\.clh?")).toList()) {
                assertFalse(
                        Files.readString(file).chars().anyMatch(c -> c > 126),
                        file + " holds a character some drivers refuse");
            }
        }
    }
}
