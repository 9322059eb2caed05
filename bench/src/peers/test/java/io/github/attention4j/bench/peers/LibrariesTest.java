package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.peers.PeerRow.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The real libraries: {@code mvn -f bench/pom.xml -Ppeers test -Dtest=LibrariesTest}. */
class LibrariesTest {
    @Test
    void allAreRightWithGroupedHeadsUnderACausalMask() throws IOException {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .sequenceLength(77)
                .headDim(32)
                .causal()
                .build();
        assertEquals(List.of(), unlike(Status.TIMED, run(spec)));
    }

    @Test
    void allButTheDecodersOperatorAreRightWithoutAMask() throws IOException {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(3)
                .queryLength(50)
                .keyLength(17)
                .headDim(64)
                .build();
        List<PeerRow> rows = new ArrayList<>(run(spec).rows());
        assertEquals(List.of("onnx-gqa: not offered"), unlike(Status.TIMED, new PeerResult(rows)));
    }

    @Test
    void allAreRightWithGradientsOfGroupedHeadsUnderACausalMask() throws IOException {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .sequenceLength(77)
                .headDim(32)
                .causal()
                .build();
        for (boolean inBf16 : new boolean[] {false, true}) {
            assertEquals(
                    List.of(), unlike(Status.TIMED, run(PeerKind.allWithGradients(List.of("java"), inBf16), spec)));
        }
    }

    private static PeerResult run(AttentionSpec spec) throws IOException {
        return run(PeerKind.all(List.of("java")), spec);
    }

    private static PeerResult run(List<PeerKind> kinds, AttentionSpec spec) throws IOException {
        return new ShapeRun(new TimingRounds(1, 5, 0.1), () -> {}).run(kinds, spec);
    }

    private static List<String> unlike(Status status, PeerResult result) {
        List<String> others = new ArrayList<>();
        for (PeerRow row : result.rows()) {
            if (row.status() != status) {
                String why = row.status() == Status.NOT_OFFERED ? "" : ": " + row.reason();
                others.add(row.kind().name() + ": " + row.status() + why);
            }
        }
        return others;
    }
}
