package io.github.attention4j.internal.plan.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.Tables;
import io.github.attention4j.testing.SomeDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables as people save them. */
class TuningTableTest {
    private static final List<TuningRow> ROWS = Tables.packaged().get(0).rows();

    @TempDir
    Path folder;

    private List<TuningRow> read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("tuning.csv"), text, StandardCharsets.UTF_8);
        return Tables.read(file).rows();
    }

    @Test
    void asASpreadsheetSavesIt() throws IOException {
        String row = ROWS.get(0).line();
        List<TuningRow> one = List.of(ROWS.get(0));
        assertEquals(one, read("\ufeff" + TuningTable.HEADER + "\r\n" + row + "\r\n"));
        assertEquals(one, read("\ufeff# by hand,,,,,,,,\r\n" + TuningTable.HEADER + "\r\n\r\n" + row + "\r\n"));
        assertEquals(one, read("\ufeff" + row));
        String quoted = "\"" + row.replace(",", "\",\"") + "\"";
        assertEquals(one, read("\ufeff\"# a, b\",,,\r\n" + quoted + "\r\n"));
        assertEquals(one, read(row + "  \r"));
    }

    @Test
    void whatIsWrongIsNamedWithItsLine() {
        String row = ROWS.get(0).line();
        assertTrue(refusal("\ufeff" + TuningTable.HEADER + "\r\n" + row.replace(',', ';') + "\r\n")
                .contains("tuning.csv, line 2: a row must have the columns"));
        assertTrue(refusal(row.replace(',', ';')).contains("separated by semicolons: save the file with commas"));
        assertTrue(refusal(row.replace(ROWS.get(0).family().name(), "LANE")).contains("family must be one of [LANES"));
        assertTrue(refusal(row.replaceFirst("," + ROWS.get(0).headDim() + ",", ",many,"))
                .contains("headDim must be a whole number, but is \"many\""));
    }

    /** On NVIDIA's GPUs, the second best by the count of registers was 1.24 times as fast as the first. */
    @Test
    void whatWasMeasuredOnAGpuComesBeforeGuessesForItsVendor() {
        Device some =
                SomeDevice.of(Device.Type.GPU, "H100", 1024, 48 << 10, 1, "cl_nv_device_attribute_query", "WGMMA");
        Device nvidia = new Device(
                some.id(),
                some.type(),
                some.name(),
                "NVIDIA Corporation",
                some.platform(),
                some.driver(),
                some.computeUnits(),
                some.vectorWidth(),
                some.maxWorkGroupSize(),
                some.localMemory(),
                some.globalMemory(),
                some.maxAllocation(),
                some.sharesHostMemory(),
                some.extensions(),
                some.instructions());
        assertTiles("TILE_Q=64 TILE_KV=64 ITEMS_X=16 ITEMS_Y=8 ", 64, DType.F32, nvidia);
        assertTiles("UNIT=7 SUB_GROUPS=4 TILE_KV=128 ", 64, DType.F16, nvidia);
        assertTiles("UNIT=7 SUB_GROUPS=8 TILE_KV=128 ", 128, DType.BF16, nvidia);
        assertTiles("UNIT=7 SUB_GROUPS=8 TILE_KV=64 ", 160, DType.BF16, nvidia); // a guess
    }

    private static void assertTiles(String tiles, int headDim, DType type, Device device) {
        AttentionSpec spec = SomeDevice.spec(headDim).toBuilder().types(type).build();
        String explained = new Planner(device, EngineOptions.defaults().withCacheDirectory(null))
                .choose(spec, (kernel, any) -> Optional.empty())
                .explanation();
        assertTrue(explained.lines().findFirst().orElseThrow().contains(" with " + tiles), explained);
    }

    @Test
    void aRowSpeaksForUpToItsQueriesAndHeads() throws IOException {
        String row = "forward,LANES,*,F32,64,4,2,any,LANES=8 LANE_VECTORS=2 QUERY_BLOCKS=16 TILE_KV=126 KEY_BLOCK=6"
                + " VALUE_BLOCK=6,1,me,2026-01-01";
        TuningTable table = Tables.read(Files.writeString(folder.resolve("own.csv"), row));
        Device device = SomeDevice.of(Device.Type.CPU, "cpu", 256, 1 << 20, 8);
        for (int queries : new int[] {4, 5}) {
            for (int group : new int[] {2, 3}) {
                AttentionSpec spec = AttentionSpec.builder()
                        .heads(group)
                        .kvHeads(1)
                        .queryLength(queries)
                        .keyLength(9)
                        .headDim(64)
                        .build();
                assertEquals(
                        queries <= 4 && group <= 2,
                        table.find(KernelFamily.LANES, "F32", spec, device).isPresent(),
                        spec.toString());
            }
        }
        assertTrue(refusal(row.replace("forward", "backward")).contains("pass must be forward"));
        assertTrue(refusal(row.replace(",4,2,", ",few,2,")).contains("queries must be a whole number"));
    }

    private String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage();
    }
}
