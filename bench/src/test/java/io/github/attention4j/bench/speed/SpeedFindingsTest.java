package io.github.attention4j.bench.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.peers.Limits.Limit;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.PeerRow;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.peers.Samples;
import io.github.attention4j.bench.peers.Samples.Sample;
import io.github.attention4j.bench.peers.TimingRounds;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.testing.Verdict;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpeedFindingsTest {
    private static final List<String> DEVICES = List.of("cpu:0", "java");
    private static final Quiet QUIET = new Quiet(0.1, 0);
    /** 1 GFLOP in each call. */
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(1)
            .queryLength(1000)
            .keyLength(10_000)
            .headDim(25)
            .build();

    private final List<SpeedPart> parts = SpeedPart.all(DEVICES, false);
    private final SpeedFindings findings = new SpeedFindings(DEVICES, parts, limits(), QUIET);

    private static Limits limits() {
        Limits limits = new Limits();
        limits.add("cpu:0", new Limit(200, 100, 20, "tdpbf16ps", 4000));
        return limits;
    }

    private static PeerRow timed(PeerKind kind, String way, double millis, int starved) {
        Samples samples = new Samples();
        samples.add(new Sample(millis, 2));
        for (int i = 0; i < starved; i++) {
            samples.add(new Sample(9 * millis, 1));
        }
        return new PeerRow(kind, SPEC, "v1", way, Status.TIMED, "", new Verdict(3e-7, 1e-6), 0, samples);
    }

    private static PeerRow without(PeerKind kind) {
        return PeerRow.without(kind, SPEC, Status.NOT_OFFERED, "no such mask");
    }

    private void addBf16() {
        List<PeerKind> kinds = parts.get(1).kinds();
        findings.add(
                parts.get(1),
                new PeerResult(List.of(
                        timed(kinds.get(0), "lanes, tdpbf16ps", 1, 0),
                        without(kinds.get(1)),
                        timed(kinds.get(2), "sdpa", 40, 0),
                        timed(kinds.get(3), "matmul", 2, 0))));
    }

    private Report report(Quiet after) {
        Machine machine = new Machine(
                List.of(new Device(
                        "cpu:0", Device.Type.CPU, "A CPU", "", "OpenCL", "7", 2, 8, 64, 1, 1, 1, true, "", Set.of())),
                "abc");
        return findings.report(machine, after, new TimingRounds(5, 400, 1), false, "cpu:0", List.of("All right."));
    }

    @Test
    void aRowIsHeldAgainstTheBestLibraryAgainstFloatsAndAgainstTheInstructionOfItsPlan() {
        addBf16();
        assertEquals("""
                Forward, bf16
                  shape             cpu:0 by           ms GFLOP/s of multiply-adds of its unit x best java by ms GFLOP/s of multiply-adds of its unit x best best library        by     GFLOP/s
                  1x1x1000x10000x25 lanes, tdpbf16ps 1.00  1000.0             5.00        0.25   2.00          -       -                -           -      - pytorch-matmul bf16 matmul   500.0 java not offered: no such mask

                """, findings.text());
        JsonNode row = report(QUIET).json().at("/forwardBf16/0");
        assertEquals(0.25, row.get("cpu:0 shareOfUnit").asDouble());
        assertEquals(2, row.get("cpu:0 overBest").asDouble());
        assertFalse(row.has("java overBest"));
    }

    @Test
    void whoTookNoInstructionIsHeldAgainstFloats() {
        List<PeerKind> kinds = parts.get(0).kinds();
        findings.add(parts.get(0), new PeerResult(List.of(timed(kinds.get(0), "lanes", 10, 0), without(kinds.get(1)))));
        JsonNode row = report(QUIET).json().at("/forward/0");
        assertEquals(0.5, row.get("cpu:0 shareOfPeak").asDouble());
        assertEquals(0.5, row.get("cpu:0 shareOfUnit").asDouble());
        assertFalse(row.has("cpu:0 overBest"), "nobody to be beside: " + row);
    }

    @Test
    void eachPassOfGradientsHasItsRow() {
        List<PeerKind> kinds = parts.get(2).kinds();
        findings.add(
                parts.get(2),
                new PeerResult(
                        kinds.stream().map(kind -> timed(kind, "w", 35, 0)).toList()));
        JsonNode rows = report(QUIET).json().get("gradients");
        assertEquals(2, rows.size());
        assertEquals("forward + backward", rows.at("/0/pass").asText());
        assertEquals(1, rows.at("/0/java overBest").asDouble());
        assertFalse(rows.get(1).has("cpu:0 overBest"), "no library is asked for backward alone");
    }

    @Test
    void aMachineThatWasNotQuietIsTheFirstThingSaid() {
        addBf16();
        assertFalse(findings.sentences(QUIET).get(0).startsWith("WARNING"));
        assertTrue(findings.sentences(new Quiet(3, 1.5)).get(0).startsWith("WARNING: the machine was not quiet"));
        List<PeerKind> kinds = parts.get(0).kinds();
        findings.add(parts.get(0), new PeerResult(List.of(timed(kinds.get(0), "lanes", 10, 2))));
        List<String> starved = findings.sentences(QUIET);
        assertTrue(starved.get(0).startsWith("WARNING: the machine was not quiet"), starved.toString());
        assertTrue(starved.get(1).endsWith("2 of 6 measurements were starved."), starved.toString());
    }

    @Test
    void whatIsMissingIsSaid() {
        findings.leaveOut("Steps on java");
        List<String> said = findings.sentences(null);
        assertTrue(said.get(0).startsWith("WARNING: the run was interrupted"), said.toString());
        assertFalse(said.toString().contains("No plan of bf16"), said.toString());
        SpeedFindings elsewhere = new SpeedFindings(DEVICES, parts, new Limits(), QUIET);
        assertTrue(elsewhere.sentences(QUIET).toString().contains("No plan of bf16"));
        assertEquals("WARNING: there was no time for Steps on java.", said.get(1));
        assertTrue(report(null).markdown().contains("no time for Steps on java"), "with nothing measured, too");
        assertTrue(report(null).page().contains("nothing was measured"));
    }

    @Test
    void thePartsHaveSmallAndLongShapesAndNoPlainLoops() {
        List<AttentionSpec> forward = parts.get(0).specs();
        for (int length : new int[] {64, 128, 512, 2048, 4096, 16_384}) {
            assertTrue(forward.stream().anyMatch(spec -> spec.queryLength() == length), "length " + length);
        }
        assertTrue(forward.stream().anyMatch(spec -> spec.batch() == 32));
        for (SpeedPart part : parts) {
            assertTrue(part.kinds().stream().noneMatch(kind -> kind.name().equals("loops")));
            assertTrue(part.kinds().stream().anyMatch(kind -> !kind.isEngine()), part.title());
        }
    }
}
