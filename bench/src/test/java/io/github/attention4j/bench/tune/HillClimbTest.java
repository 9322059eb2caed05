package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HillClimbTest {
    private static final Tiles START =
            new Tiles(KernelFamily.LANES, "LANES=4 LANE_VECTORS=2 QUERY_BLOCKS=1 TILE_KV=12 KEY_BLOCK=6 VALUE_BLOCK=6");

    private long now;

    /** The product of two numbers, as long as it is not too large: the largest legal one is several steps away. */
    private static Candidate measured(Tiles tiles) {
        Map<String, Integer> macros = tiles.numbers();
        int product = macros.get("QUERY_BLOCKS") * macros.get("TILE_KV");
        return product <= 400 ? Candidate.timed(tiles, product, 0) : Candidate.refused(tiles, "too large");
    }

    @Test
    void theBestIsFoundStepByStep() {
        HillClimb climb = new HillClimb((tiles, best) -> measured(tiles), Deadline.inSeconds(1000, () -> now));
        Optional<Candidate> best = climb.from(Set.of(START));
        assertEquals(384, best.orElseThrow().gflops());
        assertEquals(
                climb.tried().size(),
                climb.tried().stream().map(Candidate::tiles).distinct().count());
    }

    @Test
    void whatIsTriedWhenTimeIsUpIsTheLast() {
        HillClimb climb = new HillClimb(
                (tiles, best) -> {
                    now += 400_000_000;
                    return measured(tiles);
                },
                Deadline.inSeconds(1, () -> now));
        assertTrue(climb.from(Set.of(START)).isPresent());
        assertEquals(3, climb.tried().size());
    }

    @Test
    void theFirstIsTriedEvenWithoutTime() {
        HillClimb climb = new HillClimb((tiles, best) -> measured(tiles), Deadline.inSeconds(0, () -> now));
        assertEquals(START, climb.from(Set.of(START)).orElseThrow().tiles());
        assertEquals(1, climb.tried().size());
    }

    @Test
    void wrongAnswersNeverWin() {
        HillClimb climb = new HillClimb(
                (tiles, best) -> tiles.equals(START) ? measured(tiles) : Candidate.failed(tiles, 1, "wrong"),
                Deadline.inSeconds(1000, () -> now));
        assertEquals(START, climb.from(Set.of(START)).orElseThrow().tiles());
        assertTrue(climb.tried().stream().anyMatch(Candidate::isFailure));
    }

    @Test
    void nothingWinsWhereNothingRuns() {
        HillClimb climb =
                new HillClimb((tiles, best) -> Candidate.refused(tiles, "no"), Deadline.inSeconds(1000, () -> now));
        assertTrue(climb.from(Set.of(START)).isEmpty());
    }
}
