package io.github.attention4j.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.SampledGradients;
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
    void gradientsOfAnEngineThatIgnoresDropoutAreFound() {
        for (Group group : CostGroups.dropout(32)) {
            CostCase dropout = group.options().get(0);
            assertEquals("dropout 0.1", dropout.option());
            assertEquals(dropout.pass().hasGradients() ? 1.12 : 1.15, dropout.goal());
        }
        Group group = CostGroups.dropout(32).get(1);
        Case call = group.options().get(0).call();
        assertFalse(SampledGradients.of(call)
                .judge(gradients(group.plain().call()), false)
                .passed());
        assertTrue(SampledGradients.of(call).judge(gradients(call), false).passed());
    }

    private static float[] gradients(Case call) {
        try (AttentionEngine engine = AttentionEngine.open("reference");
                Contender contender = CostMeasurement.contender(engine, call)) {
            contender.run();
            return contender.output();
        }
    }

    @Test
    void theShapesAreThoseThatTheGoalsAreAbout() {
        List<Group> groups = CostGroups.all(1);
        assertEquals(
                List.of(
                        "1x16x2048x2048x64",
                        "1x8x4096x4096x128",
                        "1x8x16384x16384x64",
                        "1x16x2048x2048x64 causal",
                        "1x16x2048x2048x64, backward",
                        "1x8x4096x4096x128, backward"),
                groups.stream().map(group -> group.plain().shape()).toList());
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
                CostMeasurement::contender,
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
        assertEquals(15 + 15 + 2 + 2 + 4 + 4, rows);
    }
}
