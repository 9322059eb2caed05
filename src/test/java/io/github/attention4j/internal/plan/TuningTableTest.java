package io.github.attention4j.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables as people save them. */
class TuningTableTest {
    private static final List<TuningTable.Row> ROWS = TuningTable.packaged().rows();

    @TempDir
    Path folder;

    private static String cells(TuningTable.Row row) {
        return String.join(
                ",",
                row.family().name(),
                row.device(),
                row.dtype(),
                "" + row.headDim(),
                row.causal(),
                row.tiles().text(),
                "" + row.gflops(),
                row.measuredWith(),
                row.date());
    }

    private List<TuningTable.Row> read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("tuning.csv"), text, StandardCharsets.UTF_8);
        return TuningTable.read(file).rows();
    }

    @Test
    void asASpreadsheetSavesIt() throws IOException {
        String row = cells(ROWS.get(0));
        List<TuningTable.Row> one = List.of(ROWS.get(0));
        assertEquals(one, read("\ufeff" + TuningTable.HEADER + "\r\n" + row + "\r\n"));
        assertEquals(one, read("\ufeff# by hand,,,,,,,,\r\n" + TuningTable.HEADER + "\r\n\r\n" + row + "\r\n"));
        assertEquals(one, read("\ufeff" + row));
        String quoted = "\"" + row.replace(",", "\",\"") + "\"";
        assertEquals(one, read("\ufeff\"# a, b\",,,\r\n" + quoted + "\r\n"));
        assertEquals(one, read(row + "  \r"));
    }

    @Test
    void whatIsWrongIsNamedWithItsLine() {
        String row = cells(ROWS.get(0));
        assertTrue(refusal("\ufeff" + TuningTable.HEADER + "\r\n" + row.replace(',', ';') + "\r\n")
                .contains("tuning.csv, line 2: a row must have the columns"));
        assertTrue(refusal(row.replace(',', ';')).contains("separated by semicolons: save the file with commas"));
        assertTrue(refusal(row.replace(ROWS.get(0).family().name(), "LANE")).contains("family must be one of [LANES"));
        assertTrue(refusal(row.replaceFirst("," + ROWS.get(0).headDim() + ",", ",many,"))
                .contains("headDim must be a whole number, but is \"many\""));
    }

    private String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage();
    }
}
