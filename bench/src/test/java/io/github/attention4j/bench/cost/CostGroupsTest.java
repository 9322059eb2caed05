package io.github.attention4j.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.testing.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CostGroupsTest {
    private static boolean isRight(CostCase each, double[] answer) {
        Case call = each.call();
        return new ExactAnswer(call, answer).check(call.budget()).passed();
    }

    @Test
    void anEngineThatIgnoresAnOptionIsFound() {
        Group group = CostGroups.all(32).get(0);
        double[] out = new ExactAnswer(group.plain().call()).answer;
        assertTrue(isRight(group.plain(), out));
        Set<String> same = new HashSet<>();
        for (CostCase option : group.options()) {
            if (isRight(option, out)) {
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
        Group group = CostGroups.all(64).get(2);
        assertFalse(
                isRight(group.options().get(0), new ExactAnswer(group.plain().call()).answer));
    }

    @Test
    void theShapesAreThoseThatTheGoalsAreAbout() {
        List<Group> groups = CostGroups.all(1);
        assertEquals(
                List.of("1x16x2048x2048x64", "1x8x4096x4096x128", "1x8x16384x16384x64", "1x16x2048x2048x64 causal"),
                groups.stream().map(group -> Case.shape(group.plain().spec())).toList());
        Case ragged = groups.get(3).options().get(0).call();
        assertEquals("8x16x2000x2000x64 causal ragged", ragged.shape());
        long pairs = 0;
        for (int n : new int[] {1186, 100, 2000, 643, 371, 1729, 914, 1457}) {
            pairs += n * (n + 1) / 2;
        }
        assertEquals(16 * pairs, ragged.pairs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "java"})
    void enginesAreRightOnEveryOption(String device) {
        Map<String, Verdict> wrong = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        int rows = 0;
        CostMeasurement measurement = new CostMeasurement(
                EngineContender::new,
                CostMeasurementTest::growing,
                new Pace(1),
                (what, verdict) -> {
                    if (!verdict.passed()) {
                        wrong.put(what, verdict);
                    }
                    return verdict.passed();
                },
                notes::add);
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            for (Group group : CostGroups.all(32)) {
                rows += measurement.run(engine, group, () -> {}).size();
            }
        }
        assertEquals(Map.of(), wrong);
        assertEquals(List.of(), notes);
        assertEquals(14 + 14 + 2 + 2, rows);
    }
}
