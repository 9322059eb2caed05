package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents as ranges of keys. */
class KeyRangesTest {
    private static final int HEAD_DIM = 8;

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    @Test
    void documentsSeeThemselvesOnly() {
        KeyRanges ranges = KeyRanges.ofDocuments(2, 0, 3);
        assertArrayEquals(new int[] {0, 0, 2, 2, 2}, ranges.begins());
        assertArrayEquals(new int[] {2, 2, 5, 5, 5}, ranges.ends());
        KeyRanges cross = KeyRanges.ofDocuments(new int[] {1, 2}, new int[] {3, 0});
        assertArrayEquals(new int[] {0, 3, 3}, cross.begins());
        assertArrayEquals(new int[] {3, 3, 3}, cross.ends());
    }

    @Test
    void numbersThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new KeyRanges(new int[1], new int[2]));
        assertThrows(IllegalArgumentException.class, () -> KeyRanges.ofDocuments(new int[1], new int[2]));
        String message = assertThrows(IllegalArgumentException.class, () -> KeyRanges.ofDocuments(3, -1))
                .getMessage();
        assertTrue(message.contains("number 1 has -1"), message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void aBlockDiagonalMaskIsEachDocumentByItself(KernelFamily family) {
        int[] lengths = {33, 1, 50};
        AttentionEngine engine = Engines.of(family);
        AttentionSpec packed = spec(84).keyRanges(1, 1).build();
        Problem problem = Problem.of(spec(84).build());
        KeyRanges ranges = KeyRanges.ofDocuments(lengths);
        float[] out = new float[84 * HEAD_DIM];
        engine.attend(
                packed,
                AttentionArrays.of(problem.query(), problem.key(), problem.value(), out)
                        .with(Operand.KEY_BEGINS, ranges.begins())
                        .with(Operand.KEY_ENDS, ranges.ends()));
        int from = 0;
        for (int length : lengths) {
            float[] alone = engine.attend(
                    spec(length).build(),
                    rows(problem.query(), from, length),
                    rows(problem.key(), from, length),
                    rows(problem.value(), from, length));
            assertArrayEquals(alone, rows(out, from, length), 2e-6f, "the document from row " + from + " on");
            from += length;
        }
    }

    private static AttentionSpecBuilder spec(int length) {
        return AttentionSpec.builder()
                .heads(1)
                .sequenceLength(length)
                .headDim(HEAD_DIM)
                .causal();
    }

    private static float[] rows(float[] array, int from, int count) {
        return Arrays.copyOfRange(array, from * HEAD_DIM, (from + count) * HEAD_DIM);
    }
}
