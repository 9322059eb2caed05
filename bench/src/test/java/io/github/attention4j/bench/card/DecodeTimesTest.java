package io.github.attention4j.bench.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.run.Deadline;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecodeTimesTest {
    @TempDir
    Path folder;

    @Test
    void theCasesAreALongTextAndSeveralAtATimeInBothTypes() {
        assertEquals(
                List.of("1 x 65536 keys f32", "1 x 65536 keys f16", "8 x 4096 keys f32", "8 x 4096 keys f16"),
                DecodeTimes.cases(false).stream()
                        .map(each -> each.shape() + " " + each.typeName())
                        .toList());
    }

    @Test
    void aStepIsCheckedTimedAndWrittenDownAndTimeThatIsUpIsSaid() throws Exception {
        Device device = AttentionEngine.devices().get(0);
        assumeTrue(device.type() != Device.Type.JAVA, "there is no OpenCL device");
        Path path = folder.resolve("card.json");
        CardFile file = new CardFile(path, new Machine(List.of(device), "abc"), device);
        DecodeTimes times = new DecodeTimes(device, 10, file);
        List<DecodeCase> cases = List.of(new DecodeCase(32, 1, 128, DType.F32), new DecodeCase(32, 1, 128, DType.F16));
        times.run(cases, Deadline.inSeconds(0), () -> {});
        assertEquals(List.of(), times.failures());
        assertEquals(List.of("one query over 1 x 128 keys f16: left out, time was up"), times.notes());
        assertTrue(
                times.table().text().lines().toList().get(1).matches(" +decode +1 x 128 +f32 .*[0-9]%.*"),
                times.table().text());
        JsonNode row = new ObjectMapper().readTree(path.toFile()).at("/decoding/0");
        double bytes = 2.0 * 8 * 128 * 128 * Float.BYTES;
        assertEquals(
                bytes / row.get("kernelMs").asDouble() * 1e-6,
                row.get("gbPerSecond").asDouble(),
                0.01 * row.get("gbPerSecond").asDouble());
        assertEquals(
                row.get("gbPerSecond").asDouble() / 10,
                row.get("shareOfReading").asDouble(),
                1e-2);
    }
}
