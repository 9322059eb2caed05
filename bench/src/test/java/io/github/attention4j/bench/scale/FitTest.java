package io.github.attention4j.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.bench.scale.ScaleRow.Series;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FitTest {
    private static final double FIXED = 0.05;
    private static final double EACH = 3e-8;

    /** A call that follows the law but for a factor. */
    private static ScaleRow row(int heads, int length, boolean causal, double factor) {
        AttentionSpecBuilder builder =
                AttentionSpec.builder().heads(heads).sequenceLength(length).headDim(64);
        AttentionSpec spec = (causal ? builder.causal() : builder).build();
        double pairs = (double) heads * length * (causal ? (length + 1) / 2.0 : length);
        return new ScaleRow(Series.LENGTH, "any", spec, 0, factor * (FIXED + EACH * pairs * 64), 0);
    }

    private static List<ScaleRow> curve(boolean causal) {
        List<ScaleRow> rows = new ArrayList<>();
        for (int length = 128; length <= 32_768; length *= 2) {
            rows.add(row(length > 4096 ? 1 : 16, length, causal, 1));
        }
        return rows;
    }

    @Test
    void theLawIsFoundWhateverMaskAndHeads() {
        for (boolean causal : new boolean[] {false, true}) {
            Fit fit = Fit.of(curve(causal));
            assertEquals(FIXED, fit.fixed(), 1e-6);
            assertEquals(EACH, fit.each(), 1e-13);
            assertEquals(0, fit.deviation(curve(causal), 512), 1e-6);
            assertEquals(4 / EACH * 1e-6, fit.gflops(), 1e-3);
        }
    }

    @Test
    void shortCallsWeighAsMuchAsLongOnes() {
        List<ScaleRow> rows = curve(false);
        rows.set(0, row(16, 128, false, 2)); // a few microseconds beside seconds
        assertTrue(Fit.of(rows).fixed() > 1.2 * FIXED, "the fixed part must notice");
    }

    @Test
    void theDeviationIsTheWorstFromALengthOn() {
        List<ScaleRow> rows = curve(false);
        Fit fit = Fit.of(rows);
        rows.add(row(1, 1024, false, 1.1));
        rows.add(row(1, 256, false, 3));
        assertEquals(0.1, fit.deviation(rows, 512), 1e-6);
        assertEquals(2, fit.deviation(rows, 128), 1e-6);
        assertTrue(Double.isNaN(fit.deviation(rows, 1 << 20)));
    }

    @Test
    void oneSizeAloneHasNoLaw() {
        ScaleRow one = row(1, 128, false, 1);
        assertThrows(IllegalArgumentException.class, () -> Fit.of(List.of(one)));
        assertThrows(IllegalArgumentException.class, () -> Fit.of(List.of(one, one)));
    }
}
