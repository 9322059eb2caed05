package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Shapes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerAnswerTest {
    @Test
    void aShapeArrivesAsItWasSent() {
        for (AttentionSpec spec : Shapes.of(List.of())) {
            List<String> sent = PeerMain.arguments(PeerKind.all(List.of()).get(0), spec, 1.5, Path.of("/a file.f32"));
            assertEquals(spec, Shapes.parse(sent.get(2)));
            assertEquals(List.of("1.5", "/a file.f32"), sent.subList(3, 5));
        }
    }

    @Test
    void aShapeThatIsCutShortIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Shapes.parse("1x2x3"));
    }

    @Test
    void fewRowsKeepWhatACausalMaskDependsOn() {
        AttentionSpec square = Shapes.parse("1x8/2x512x512x64 causal");
        assertEquals(Shapes.parse("1x8/2x64x64x64 causal"), PeerMain.cut(square, 64));
        AttentionSpec wide = Shapes.parse("1x8/2x4x512x64");
        assertEquals(Shapes.parse("1x8/2x4x64x64"), PeerMain.cut(wide, 64));
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
