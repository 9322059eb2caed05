package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.attention4j.AttentionSpec;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerAnswerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aShapeArrivesAsItWasSent() throws JsonProcessingException {
        for (AttentionSpec spec : PeerShapes.of(List.of())) {
            PeerRequest request = PeerRequest.prepare(spec, 1.5, "/a file.f32");
            PeerRequest arrived = JSON.readValue(JSON.writeValueAsString(request), PeerRequest.class);
            assertEquals(spec, arrived.prepare().spec());
            assertEquals(request, arrived);
        }
    }

    @Test
    void aShapeThatIsCutShortIsRefused() throws JsonProcessingException {
        PeerRequest short3 =
                JSON.readValue("{\"prepare\": {\"batch\": 1, \"heads\": 2, \"kvHeads\": 3}}", PeerRequest.class);
        assertThrows(IllegalArgumentException.class, () -> short3.prepare().spec());
    }

    @Test
    void fewRowsKeepWhatACausalMaskDependsOn() {
        PeerRequest.Shape square = new PeerRequest.Shape(1, 8, 2, 512, 512, 64, 64, true);
        assertEquals(new PeerRequest.Shape(1, 8, 2, 64, 64, 64, 64, true), square.cut(64));
        PeerRequest.Shape wide = new PeerRequest.Shape(1, 8, 2, 4, 512, 64, 64, false);
        assertEquals(new PeerRequest.Shape(1, 8, 2, 4, 64, 64, 64, false), wide.cut(64));
    }

    @Test
    void anAnswerArrivesOnALineOfItsOwn() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        out.print("no end of line");
        PeerAnswer.print(out, Map.of(PeerAnswer.PREPARED, "matmul, softmax, matmul", "millis", 1.5, "bytes", -1L));
        String[] lines = printed.toString(StandardCharsets.UTF_8).split("\\R");
        PeerAnswer answer = PeerAnswer.of(lines[1]);
        assertTrue(answer.has(PeerAnswer.PREPARED) && !answer.has(PeerAnswer.FAILED));
        assertEquals("matmul, softmax, matmul", answer.text(PeerAnswer.PREPARED));
        assertEquals(1.5, answer.number("millis"));
        assertEquals(-1, answer.number("bytes"));
        assertEquals("a b", PeerAnswer.failed("a b").text(PeerAnswer.FAILED));
    }

    @Test
    void whatIsNoNumberIsShown() {
        PeerAnswer answer = PeerAnswer.of("@peer {\"nanos\": 5}");
        Exception e = assertThrows(IllegalStateException.class, () -> answer.number("cpuNanos"));
        assertTrue(e.getMessage().contains("{\"nanos\":5}") && e.getMessage().contains("\"cpuNanos\""), e.getMessage());
    }

    @Test
    void whatALibraryPrintsIsNoAnswer() {
        assertFalse(PeerAnswer.is("W0000 op_level_cost_estimator.cc:699] @peer ran 1 2"));
        assertTrue(PeerAnswer.is("@peer {}"));
    }
}
