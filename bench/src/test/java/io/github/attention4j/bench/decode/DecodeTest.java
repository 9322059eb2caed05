package io.github.attention4j.bench.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved.Pace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeTest {
    private static final int DIM = DecodeCase.HEAD_DIM;

    @Test
    void theTableHasEachTypeOnceForALongAndForManyShortTexts() {
        List<List<DecodeCase>> groups = DecodeCase.groups(1);
        assertEquals(
                List.of(1, 8, 1), groups.stream().map(g -> g.get(0).batch()).toList());
        assertEquals("8 x 4096 keys", groups.get(1).get(2).shape());
        assertEquals("32/8", groups.get(1).get(2).headCounts());
        assertEquals("8/8", groups.get(2).get(2).headCounts());
        assertEquals(
                List.of("f32", "f16", "bf16", "int8", "int4"),
                groups.get(0).stream().map(DecodeCase::typeName).toList());
        assertEquals(2.0 * 65_536 * 8 * 128 * 4, groups.get(0).get(0).bytes());
        assertEquals(2.0 * 65_536 * 8 * (128 + 4), groups.get(0).get(3).bytes());
        assertEquals(2.0 * 65_536 * 8 * (64 + 16), groups.get(0).get(4).bytes());
    }

    @Test
    void rowsAreTheSameWheneverTheyAreMadeAndAllDifferent() {
        float[] first = new float[3 * DIM];
        DecodeData.row(DecodeData.KEY, 1, 2, 3, first, 0);
        DecodeData.row(DecodeData.KEY, 1, 2, 3, first, DIM);
        DecodeData.row(DecodeData.VALUE, 1, 2, 3, first, 2 * DIM);
        double squares = 0;
        for (int i = 0; i < DIM; i++) {
            assertEquals(first[i], first[DIM + i]);
            assertFalse(first[i] == first[2 * DIM + i]);
            squares += first[i] * first[i];
        }
        assertEquals(1, squares / DIM, 0.5);
    }

    @Test
    void theLargestOfAScaleGetsTheLargestNumber() {
        float[] row = new float[64];
        row[0] = -254;
        row[1] = 3.1f;
        row[40] = 14;
        float[] ofBytes = row.clone();
        assertEquals(2, DecodeData.store(DType.I8, ofBytes));
        assertEquals(-254, ofBytes[0]);
        assertEquals(4, ofBytes[1]);
        assertEquals(14, ofBytes[40]);
        float[] ofNibbles = {-7, 3.4f, 0.2f};
        float[] whole = new float[64];
        System.arraycopy(ofNibbles, 0, whole, 0, 3);
        whole[40] = 14;
        assertEquals(2, DecodeData.store(DType.I4, whole));
        assertArrayEquals(new float[] {-7, 3, 0}, new float[] {whole[0], whole[1], whole[2]});
        assertEquals(14, whole[40]);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "I8", "I4"})
    void rightAnswersPassAndWrongOnesDoNot(DType type) {
        DecodeCase problem = new DecodeCase(32, 2, 300, type);
        try (AttentionEngine engine = AttentionEngine.open("java");
                EngineContender contender = FilledCache.open(engine, problem)) {
            assertTrue(
                    Double.isNaN(DecodeOracle.judge(problem, contender.output()).error()), "nothing ran yet");
            contender.run();
            float[] out = contender.output();
            assertTrue(
                    DecodeOracle.judge(problem, out).passed(),
                    DecodeOracle.judge(problem, out).toString());
            out[DIM * 13 + 5] += 0.1f;
            assertFalse(DecodeOracle.judge(problem, out).passed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "cpu:0"})
    void aSmallMeasurementIsCheckedAndReported(String device) {
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            List<String> checked = new ArrayList<>();
            List<DecodeCase> group =
                    List.of(new DecodeCase(32, 1, 128, DType.F32), new DecodeCase(8, 1, 128, DType.I8));
            List<DecodeRow> rows = DecodeMeasurement.run(engine, group, new Pace(1, 1, 1), (what, verdict) -> {
                assertTrue(verdict.passed(), what + " " + verdict);
                checked.add(what);
                return checked.size() == 1;
            });
            assertEquals(2, checked.size());
            assertEquals(1, rows.size(), "what is wrong is not timed");
            String text = DecodeRow.table(rows).text();
            assertTrue(text.contains("1 x 128 keys"), text);
            boolean reads = !device.equals("java");
            assertEquals(reads, rows.get(0).readGigabytes() > 0, "a kernel that only reads is timed beside");
            assertEquals(reads, text.contains("%"), text);
            JsonNode json = DecodeRow.of(Machine.here(List.of(engine.device())), List.of(), rows)
                    .json();
            assertEquals(128, json.at("/results/0/keys").asInt());
        }
    }
}
