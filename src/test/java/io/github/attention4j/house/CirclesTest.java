package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CirclesTest {
    @Test
    void aCircleThroughTwoPackagesIsFoundWithAllThatHangInIt() {
        Map<String, Set<String>> known = Map.of(
                "a.One", Set.of("b.Two"),
                "b.Two", Set.of("b.Three", "c.Outside"),
                "b.Three", Set.of("a.One", "b.Two"),
                "d.Above", Set.of("a.One"));
        assertEquals(Set.of(Set.of("a.One", "b.Two", "b.Three")), Circles.in(known));
    }

    @Test
    void classesOfOnePackageMayKnowEachOther() {
        assertEquals(Set.of(), Circles.in(Map.of("a.One", Set.of("a.Two"), "a.Two", Set.of("a.One"))));
    }

    @Test
    void aWayWithoutReturnIsNoCircle() {
        assertEquals(Set.of(), Circles.in(Map.of("a.One", Set.of("b.Two", "c.Three"), "b.Two", Set.of("c.Three"))));
    }
}
