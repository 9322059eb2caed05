package io.github.attention4j.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.scale.ScaleRow.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScaleReportTest {
    @TempDir
    Path folder;

    private static List<ScaleRow> rows(Series series) {
        List<ScaleRow> rows = new ArrayList<>();
        int point = 1;
        for (AttentionSpec spec : ScaleCases.of(series, true, true, 100, 20)) {
            rows.add(new ScaleRow(
                    series, "cpu:0", spec, series == Series.THREADS ? point : 0, ScaleCases.millis(spec, 100), 1e-7));
            point++;
        }
        return rows;
    }

    @Test
    void everySeriesIsDrawnListedAndWritten() throws IOException {
        List<ScaleRow> all = new ArrayList<>();
        for (Series series : Series.values()) {
            all.addAll(rows(series));
        }
        ScaleReport report =
                new ScaleReport(new Machine(List.of(AttentionEngine.devices().get(0)), "abc"), all);
        assertEquals(all.size(), report.table().lines().size());
        String page = Files.readString(report.write(folder, List.of("a summary")));
        assertEquals(Series.values().length, page.split("<svg", -1).length - 1);
        assertTrue(page.contains("a summary") && !page.contains("{{"), "every part has its place");
        JsonNode json = report.json();
        assertEquals(all.size(), json.get("points").size());
        JsonNode law = json.get("laws").get(0);
        assertEquals("cpu:0 causal", law.get("curve").asText());
        assertEquals(4 / 100e6, law.get("msPerPairAndColumn").asDouble(), 1e-12);
        assertTrue(report.laws().get(0).contains("100.0 GFLOP/s"), report.laws().toString());
    }

    @Test
    void longCallsHaveFewerHeadsAndBothMasksHaveTheSame() {
        List<AttentionSpec> plain = ScaleCases.of(Series.LENGTH, false, false, 100, 50);
        List<AttentionSpec> causal = ScaleCases.of(Series.LENGTH, true, false, 100, 50);
        assertEquals(128, plain.get(0).keyLength());
        assertEquals(16, plain.get(0).heads());
        AttentionSpec longest = plain.get(plain.size() - 1);
        assertEquals(32_768, longest.keyLength());
        assertEquals(1, longest.heads());
        for (int i = 0; i < plain.size(); i++) {
            assertEquals(plain.get(i).heads(), causal.get(i).heads());
            assertTrue(plain.get(i).heads() == 1 || ScaleCases.millis(plain.get(i), 100) <= 50);
        }
    }

    @Test
    void headsGoFromOneTo64AndNothingElseChanges() {
        List<AttentionSpec> specs = ScaleCases.of(Series.HEADS, false, false, 100, 0);
        assertEquals(
                List.of(1, 2, 4, 8, 16, 32, 64),
                specs.stream().map(AttentionSpec::heads).toList());
        assertEquals(1, specs.stream().map(AttentionSpec::keyLength).distinct().count());
    }
}
