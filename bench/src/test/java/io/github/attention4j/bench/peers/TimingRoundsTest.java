package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.bench.peers.Samples.Sample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimingRoundsTest {
    private final List<String> turns = new ArrayList<>();

    @Test
    void allTakeTurnsAndNobodyAlwaysFollowsTheSame() {
        new TimingRounds(3, 10, 1)
                .take(List.of(player("a", 1, 2), player("b", 1, 2), player("c", 1, 2)), () -> turns.add("|"));
        assertEquals(List.of("a10", "b10", "c10", "|", "b10", "c10", "a10", "|", "c10", "a10", "b10", "|"), turns);
    }

    @Test
    void aStarvedTurnIsRepeated() {
        Player starved = player("a", 1, 2, 1.2, 2, 2);
        new TimingRounds(3, 10, 1).take(List.of(starved, player("b", 1, 2)), () -> {});
        assertEquals(4, starved.samples().all().size());
        assertEquals(3, starved.samples().good());
        assertEquals("a10", turns.get(turns.size() - 1));
        assertEquals(7, turns.size());
    }

    @Test
    void repeatingEnds() {
        Player starved = player("a", 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        new TimingRounds(3, 10, 1).take(List.of(starved), () -> {});
        assertEquals(3 + 3, turns.size());
    }

    @Test
    void aSlowContenderHasFewerTurnsOfOneCall() {
        new TimingRounds(5, 10, 1).take(List.of(player("slow", 9000, 2)), () -> {});
        assertEquals(List.of("slow1", "slow1"), turns);
    }

    @Test
    void whoFailsIsAskedNoMore() {
        Player failing = player("a", 1);
        new TimingRounds(2, 10, 1).take(List.of(failing, player("b", 1, 2)), () -> {});
        assertEquals(List.of("a10", "b10", "b10"), turns);
    }

    private Player player(String name, double millis, double... processors) {
        return new Player(name, millis, processors);
    }

    /** Has as many processors as it is told, the last number for ever; fails if it is told none. */
    private final class Player implements TimingRounds.Timed {
        private final String name;
        private final double millis;
        private final double[] processors;
        private final Samples samples = new Samples();
        private boolean failed;

        Player(String name, double millis, double... processors) {
            this.name = name;
            this.millis = millis;
            this.processors = processors;
        }

        @Override
        public boolean isTimed() {
            return !failed;
        }

        @Override
        public double millis() {
            return millis;
        }

        @Override
        public Samples samples() {
            return samples;
        }

        @Override
        public void measure(int calls) {
            turns.add(name + calls);
            failed = processors.length == 0;
            if (!failed) {
                int turn = samples.all().size();
                samples.add(new Sample(millis, processors[Math.min(turn, processors.length - 1)]));
            }
        }
    }
}
