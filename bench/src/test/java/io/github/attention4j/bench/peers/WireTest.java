package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.peers.Wire.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {
    @Test
    void aShapeArrivesAsItWasSent() {
        for (AttentionSpec spec : PeerShapes.of(List.of())) {
            assertEquals(spec, Wire.shape(List.of(Wire.shape(spec).split(" "))));
        }
    }

    @Test
    void aShapeThatIsCutShortIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Wire.shape(List.of("1", "2", "3")));
    }

    @Test
    void anAnswerIsAWordAndWhatBelongsToIt() {
        Answer answer = Answer.of("@peer prepared 1.5 -1 matmul, softmax, matmul");
        assertEquals("prepared", answer.what());
        assertEquals(1.5, answer.number(0));
        assertEquals(-1, answer.number(1));
        assertEquals("matmul, softmax, matmul", answer.after(2));
        assertEquals(new Answer("ready", ""), Answer.of("@peer ready"));
    }

    @Test
    void whatIsNoNumberIsShown() {
        Exception e = assertThrows(
                IllegalStateException.class, () -> Answer.of("@peer ran 5").number(1));
        assertTrue(e.getMessage().contains("\"ran 5\""), e.getMessage());
    }

    @Test
    void whatALibraryPrintsIsNoAnswer() {
        assertFalse(Answer.is("W0000 op_level_cost_estimator.cc:699] @peer ran 1 2"));
        assertTrue(Answer.is("@peer ran 1 2"));
    }
}
