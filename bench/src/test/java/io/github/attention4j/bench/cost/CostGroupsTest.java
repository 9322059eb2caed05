package io.github.attention4j.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.bench.option.Answers;
import io.github.attention4j.bench.option.OptionProblem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CostGroupsTest {
    @Test
    void anEngineThatIgnoresAnOptionIsFound() {
        CostGroup group = CostGroups.all(32).get(0);
        OptionProblem plain = CostMeasurement.problem(group.plain()).fill(1);
        float[] out = Answers.exact(plain);
        assertTrue(Answers.judge(plain, out).passed());
        Set<String> same = new HashSet<>();
        for (CostCase option : group.options()) {
            OptionProblem problem =
                    CostMeasurement.problem(option).withDataOf(plain).fill(1);
            if (Answers.judge(problem, out).passed()) {
                same.add(option.option());
            }
        }
        assertEquals(
                Set.of("key lengths (full)", "[batch, row, head]", "packed QKV"),
                same,
                "the options that change cost, but not the answer");
    }

    @Test
    void anEngineThatIgnoresAWindowIsFound() {
        CostGroup group = CostGroups.all(64).get(2);
        OptionProblem plain = CostMeasurement.problem(group.plain()).fill(1);
        OptionProblem window = CostMeasurement.problem(group.options().get(0)).withDataOf(plain);
        assertFalse(Answers.judge(window, Answers.exact(plain)).passed());
    }

    @Test
    void theShapesAreThoseThatTheGoalsAreAbout() {
        List<CostGroup> groups = CostGroups.all(1);
        assertEquals(
                List.of("1x16x2048x2048x64", "1x8x4096x4096x128", "1x8x16384x16384x64", "1x16x2048x2048x64 causal"),
                groups.stream()
                        .map(group -> CostMeasurement.problem(group.plain()).shape())
                        .toList());
        OptionProblem ragged = CostMeasurement.problem(groups.get(3).options().get(0));
        assertEquals("8x16x2000x2000x64 causal ragged", ragged.shape());
        long pairs = 0;
        for (int n : new int[] {1186, 100, 2000, 643, 371, 1729, 914, 1457}) {
            pairs += n * (n + 1) / 2;
        }
        assertEquals(16 * pairs, ragged.pairs());
    }
}
