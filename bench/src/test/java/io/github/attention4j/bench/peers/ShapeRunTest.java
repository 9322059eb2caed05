package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.peers.FakePeer.Behaviour;
import io.github.attention4j.bench.peers.PeerRow.Status;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.bench.run.Resident;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Real processes, of libraries that are not. */
class ShapeRunTest {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(2).sequenceLength(96).headDim(16).build();

    private int steps;

    @Test
    void whoIsRightIsTimedInEveryRound() throws IOException {
        PeerRow row = run(FakePeer.kind(Behaviour.RIGHT));
        assertEquals(Status.TIMED, row.status(), row.reason());
        assertEquals("fake 1", row.version());
        assertEquals("loops, of a kind", row.way());
        assertTrue(row.samples().all().size() >= 2, row.samples().all()::toString);
        assertTrue(row.gflops() > 0 && row.verdict().passed());
        assertEquals(ShapeRun.steps(1, 2), steps);
    }

    @Test
    void theEngineTakesPartLikeAllOthers() throws IOException {
        PeerKind java = PeerKind.all(List.of("java")).get(0);
        assertEquals(Status.TIMED, run(java).status());
    }

    @Test
    void whatALibraryPrintsDoesNotDisturb() throws IOException {
        assertEquals(Status.TIMED, run(FakePeer.kind(Behaviour.TALKATIVE)).status());
    }

    @Test
    void aWrongAnswerIsFoundAndNotTimed() throws IOException {
        for (Behaviour behaviour : List.of(Behaviour.WRONG, Behaviour.NOT_A_NUMBER)) {
            PeerRow row = run(FakePeer.kind(behaviour));
            assertEquals(Status.WRONG, row.status());
            assertTrue(row.samples().all().isEmpty());
            assertTrue(row.reason().contains("allowed"), row.reason());
        }
    }

    @Test
    void whatALibraryLacksIsSaid() throws IOException {
        PeerRow row = run(FakePeer.kind(Behaviour.LACKING));
        assertEquals(Status.NOT_OFFERED, row.status());
        assertEquals("it lacks a mask", row.reason());
    }

    @Test
    void whoCannotBeLoadedIsListedWithTheReason() throws IOException {
        PeerRow row = run(FakePeer.kind(Behaviour.UNLOADABLE));
        assertEquals(Status.FAILED, row.status());
        assertTrue(row.reason().contains("no such library"), row.reason());
        PeerKind absent = new PeerKind("absent", "no.such.Peer", "", Map.of(), 0, 1, 1e9, Pass.FORWARD);
        assertTrue(run(absent).reason().contains("no.such.Peer"));
    }

    @Test
    void anErrorOfALibraryIsItsInnermostReason() throws IOException {
        PeerRow row = run(FakePeer.kind(Behaviour.THROWING));
        assertEquals(Status.FAILED, row.status());
        assertTrue(row.reason().endsWith("no such kernel"), row.reason());
    }

    @Test
    void aCrashIsListedWithStatusAndLastWords() throws IOException {
        for (Behaviour behaviour : List.of(Behaviour.CRASHING, Behaviour.CRASHING_LATER)) {
            PeerRow row = run(FakePeer.kind(behaviour));
            assertEquals(Status.FAILED, row.status());
            assertTrue(
                    row.reason().contains(behaviour == Behaviour.CRASHING ? "status 134" : "status 139"), row.reason());
            assertTrue(row.reason().contains("terminate called"), row.reason());
        }
    }

    @Test
    void theMemoryOfACallIsSeen() throws IOException {
        assumeTrue(Resident.now() >= 0 && Resident.resetPeak(), "only Linux tells the resident set");
        long expected = (long) FakePeer.EXTRA_MEGABYTES << 20;
        long greedy = run(FakePeer.kind(Behaviour.GREEDY)).memory();
        long modest = run(FakePeer.kind(Behaviour.RIGHT)).memory();
        // The heap may still be shrinking after the collection before the call: some ten megabytes that the call does
        // not need.
        assertTrue(greedy > expected * 0.75, "the call takes " + expected + " bytes, but " + greedy + " were seen");
        assertTrue(modest >= 0 && modest < expected / 4, "the call takes little, but " + modest + " bytes were seen");
    }

    private PeerRow run(PeerKind kind) throws IOException {
        List<PeerKind> kinds = new ArrayList<>(List.of(kind));
        return new ShapeRun(new TimingRounds(2, 5, 0.1), () -> steps++)
                .run(kinds, SPEC)
                .rows()
                .get(0);
    }
}
