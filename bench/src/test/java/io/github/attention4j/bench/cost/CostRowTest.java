package io.github.attention4j.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.Device;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.run.Interleaved.Timing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostRowTest {
    private static final Machine MACHINE = new Machine(
            List.of(new Device(
                    "cpu:0", Device.Type.CPU, "A <CPU>", "", "OpenCL", "7.1", 2, 8, 64, 1, 1, 1, true, "", Set.of())),
            "abc");
    private static final List<CostRow> ROWS = List.of(
            row("plain", 100, 1, Double.NaN), row("f16 bias", 118, 1.1801, 1.17), row("sink <1>", 107, 1.07, 1.08));

    @TempDir
    Path folder;

    private static CostRow row(String option, double millis, double ratio, double goal) {
        return new CostRow(
                "cpu:0", "lanes", "1x16x2048x2048x64", option, new Timing(millis, millis / 2, 7), ratio, goal, 3e-7);
    }

    @Test
    void theTextShowsRatioGoalAndWhetherItIsMet() {
        assertEquals("""
                1x16x2048x2048x64 on cpu:0 (lanes)
                  option   median ms min ms x plain    goal        max error
                  plain       100.00  50.00   1.000       -          3.0e-07
                  f16 bias    118.00  59.00   1.180 <= 1.17 MISSED   3.0e-07
                  sink <1>    107.00  53.50   1.070 <= 1.08    met   3.0e-07
                """, CostRow.text(ROWS));
        assertEquals("1 of 2 goals are met.", CostRow.summary(List.of(ROWS)));
    }

    @Test
    void aGoalIsMetByTheRatioAsMeasured() {
        assertTrue(row("", 1, 1.08, 1.08).isMet());
        assertFalse(row("", 1, 1.0800001, 1.08).isMet());
        assertTrue(row("", 1, 99, Double.NaN).isMet());
        assertFalse(row("", 1, 99, Double.NaN).hasGoal());
    }

    @Test
    void jsonHasAGoalOnlyWhereThereIsOne() {
        JsonNode root = CostRow.of(MACHINE, List.of(), List.of(ROWS)).json();
        assertEquals("abc", root.get("commit").asText());
        JsonNode costs = root.get("costs");
        assertEquals(3, costs.size());
        assertFalse(costs.get(0).has("goal"));
        assertEquals(1.17, costs.get(1).get("goal").asDouble());
        assertFalse(costs.get(1).get("met").asBoolean());
        assertEquals(118, costs.get(1).get("medianMs").asDouble());
    }

    @Test
    void thePageNeedsNothingFromElsewhere() throws Exception {
        Path file = CostRow.of(MACHINE, List.of("1 of 2 & so on."), List.of(ROWS))
                .write(folder.resolve("new"), "cost.html");
        String page = Files.readString(file);
        assertFalse(page.contains("{{"), "a part of the template is not filled in");
        assertFalse(page.contains("http") || page.contains("<link") || page.contains("<script"));
        assertTrue(page.contains("<td>MISSED</td>"));
        assertTrue(page.contains("sink &lt;1&gt;"));
        assertTrue(page.contains("1 of 2 &amp; so on."));
        assertTrue(page.contains("A &lt;CPU&gt;"));
        assertTrue(page.contains("border-collapse"), "the style");
    }
}
