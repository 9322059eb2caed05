package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.peers.Limits.Limit;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.peers.Samples.Sample;
import io.github.attention4j.bench.report.Browser;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Telephone;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.testing.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerReportTest {
    private static final Machine MACHINE = new Machine(
            List.of(new Device(
                    "cpu:0", Device.Type.CPU, "A <CPU>", "", "OpenCL", "7.1", 2, 8, 64, 1, 1, 1, true, "", Set.of())),
            "abc");
    /** 1 GFLOP in each call. */
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(1)
            .queryLength(1000)
            .keyLength(10_000)
            .headDim(25)
            .build();

    private static final List<PeerKind> KINDS = PeerKind.all(List.of("cpu:0"));
    private static final PeerResult RESULT = new PeerResult(List.of(
            row(0, "lanes", 10, 0),
            row(1, "sdpa", 40, 2_500_000),
            row(3, "MHA", 20, -1),
            PeerRow.without(KINDS.get(4), SPEC, Status.NOT_OFFERED, "always causal | so it is"),
            PeerRow.without(KINDS.get(6), SPEC, Status.FAILED, "signal 11")));

    private static final List<String> CONDITIONS =
            PeerConditions.of(new TimingRounds(5, 400, 1), KINDS, List.of(RESULT), false);

    @TempDir
    Path folder;

    private static PeerRow row(int kind, String way, double millis, long memory) {
        Samples samples = new Samples();
        samples.add(new Sample(millis, 2));
        samples.add(new Sample(3 * millis, 1));
        Verdict verdict = new Verdict(3e-7, 1e-6);
        return new PeerRow(KINDS.get(kind), SPEC, "v1", way, Status.TIMED, "", verdict, memory, samples);
    }

    private static Limits limits() {
        Limits limits = new Limits();
        limits.add("cpu:0", new Limit(200, Double.NaN, 18));
        limits.add("cpu:0", new Limit(160, 100, 20));
        limits.addMissing("gpu:0", "no <such> device");
        return limits;
    }

    @Test
    void theTextShowsRateShareRatioMemoryAndWhatWasStarved() {
        assertEquals("""
                1x1x1000x10000x25
                  contender         what runs median ms GFLOP/s of peak x best peer added MB processors starved max error
                  attention4j cpu:0 lanes         10.00   100.0    50 %        2.00      0.0       2.00  1 of 2   3.0e-07
                  pytorch           sdpa          40.00    25.0    13 %        0.50      2.5       2.00  1 of 2   3.0e-07
                  onnx-mha          MHA           20.00    50.0    25 %        1.00        -       2.00  1 of 2   3.0e-07
                  onnx-gqa                            -       -       -           -        -          -       -         - not offered: always causal | so it is
                  loops                               -       -       -           -        -          -       -         - failed: signal 11
                """, PeerReport.text(RESULT, limits()));
        assertTrue(RESULT.line().contains("pytorch 25.0, onnx-mha 50.0, onnx-gqa not offered"));
    }

    @Test
    void theBestPeerIsTheFastestThatIsNotTheEngine() {
        assertEquals(50, RESULT.bestPeer(Pass.FORWARD), 1e-9);
        assertTrue(Double.isNaN(new PeerResult(RESULT.rows().subList(0, 1)).bestPeer(Pass.FORWARD)));
        assertTrue(Double.isNaN(RESULT.overBestPeer(RESULT.rows().get(3))));
    }

    @Test
    void theBestOfSeveralLimitsCounts() {
        assertEquals(Map.of("cpu:0", new Limit(200, 100, 20)), limits().byDevice());
        assertEquals(0.5, limits().share(RESULT.rows().get(0)), 1e-9);
        assertTrue(Double.isNaN(new Limits().share(RESULT.rows().get(0))));
        assertEquals(
                List.of(
                        "cpu:0: 200.0 GFLOP/s with multiply-adds alone (100.0 on one thread), reads 20.0 GB/s from memory",
                        "gpu:0: limits not measured: no <such> device"),
                limits().lines());
    }

    @Test
    void whatAnInstructionReachedIsAPartOfTheLimits() {
        Limits limits = new Limits();
        limits.add("cpu:0", new Limit(200, 100, 20, "tdpbf16ps", 3000));
        limits.add("cpu:0", new Limit(210, 100, 20, "tdpbf16ps", 4000));
        assertEquals(
                List.of(
                        "cpu:0: 210.0 GFLOP/s with multiply-adds alone (100.0 on one thread), 4000 with tdpbf16ps alone,"
                                + " reads 20.0 GB/s from memory"),
                limits.lines());
        assertEquals(4000.0, limits.json().get("cpu:0").get("unitGflops"));
        assertFalse(limits().json().get("cpu:0").containsKey("unit"), "where there is none");
    }

    @Test
    void thePageHasFourChartsForEachShapeAndEveryRow() throws Exception {
        String page = Files.readString(report().write(folder.resolve("new"), "peers.html"));
        assertEquals(4, page.split("<figure class=\"bars\">", -1).length - 1);
        for (String unit :
                List.of("<figcaption>Rate <", "Share of the device", "Times the best peer", "Memory added")) {
            assertTrue(page.contains(unit), unit);
        }
        assertTrue(page.contains("failed: signal 11") && page.contains("no &lt;such&gt; device"));
        assertTrue(page.contains("A &lt;CPU&gt;"));
        assertFalse(page.contains("{{"), "a part of the template is missing");
        assertFalse(page.contains("http"), "the page must need nothing else");
    }

    @Test
    void theMarkdownIsATableForEachShape() {
        String text = report().markdown();
        assertTrue(text.contains("| attention4j cpu:0 | lanes | 10.00 | 100.0 | 50 % | 2.00 |"), text);
        assertTrue(text.contains("always causal \\| so it is"), text);
        assertTrue(text.contains("- commit: abc"), text);
        assertTrue(text.contains("loops FAILED at one shape or more: signal 11"), text);
    }

    @Test
    void theJsonHasEveryMeasurement() {
        JsonNode json = report().json();
        assertEquals("abc", json.get("commit").asText());
        assertEquals(200, json.at("/limits/cpu:0/gflops").asDouble());
        assertEquals("no <such> device", json.at("/limits/gpu:0/missing").asText());
        assertEquals(5, json.get("results").size());
        JsonNode first = json.get("results").get(0);
        assertEquals(100, first.get("gflops").asDouble(), 1e-9);
        assertEquals(2, first.get("overBestPeer").asDouble(), 1e-9);
        assertTrue(first.at("/samples/1/starved").asBoolean());
        assertFalse(first.at("/samples/0/starved").asBoolean());
        assertEquals("not offered", json.at("/results/3/status").asText());
        assertFalse(json.get("results").get(2).has("addedBytes"), "what is not known must be missing");
    }

    @Test
    void theConditionsSayWhatDecidesAboutThreadsAndKernels() {
        assertEquals(
                Map.of("OMP_NUM_THREADS", "2", "OPENBLAS_CORETYPE", "Haswell"),
                PeerConditions.environment(Map.of(
                        "OMP_NUM_THREADS", "2",
                        "OPENBLAS_CORETYPE", "Haswell",
                        "POCL_CACHE_DIR", "/some/folder",
                        "HOME", "x")));
        String all = String.join("\n", CONDITIONS);
        assertTrue(all.contains("pytorch-1blas is the same library with {OPENBLAS_NUM_THREADS=1}."), all);
        assertTrue(all.contains("on all processors") && all.contains("5 turns"), all);
    }

    private static Report report() {
        return PeerReport.of(MACHINE, CONDITIONS, limits(), List.of(RESULT));
    }

    @Test
    void thePageFitsATelephone() {
        Telephone.assertFits(report().page());
    }

    @Test
    void aBrowserFindsThatThePageFitsATelephone(@TempDir Path folder) {
        Browser.assertFits(report().page(), folder);
    }
}
