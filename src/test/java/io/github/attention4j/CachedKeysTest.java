package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.CachedKeys;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and values in pages and of few bits give what the same ones give as dense floats, on every kernel family. */
class CachedKeysTest {
    private static final int[] LENGTHS = {50, 0, 17};

    static java.util.stream.Stream<KernelFamily> families() {
        return Engines.families();
    }

    private static AttentionSpecBuilder base(int queries, int headDim, int valueDim) {
        return AttentionSpec.builder()
                .batch(3)
                .heads(4)
                .kvHeads(2)
                .queryLength(queries)
                .keyLength(50)
                .headDim(headDim)
                .valueDim(valueDim)
                .keyLengths()
                .returnLse();
    }

    private static AttentionSpec cached(AttentionSpec dense, DType key, DType value, boolean paged) {
        AttentionSpecBuilder builder = dense.toBuilder().type(Operand.KEY, key).type(Operand.VALUE, value);
        return (paged ? builder.paged(16, 9) : builder).build();
    }

    private static void check(KernelFamily family, AttentionSpec dense, DType key, DType value, boolean paged) {
        AttentionSpec cached = cached(dense, key, value, paged);
        CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
        AttentionArrays outputs = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (operand.isOutput() && cached.has(operand)) {
                HostArrays.put(outputs, operand, Elements.poisoned(cached.operand(operand)));
            }
        }
        Engines.of(family).attend(cached, HostArrays.all(keys.stored(), outputs));
        Budget.check(family + ", " + cached, dense, keys.dense(), outputs);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void pagesOfFloatsAreReadThroughTheTable(KernelFamily family) {
        check(family, base(5, 8, 8).causal().build(), DType.F32, DType.F32, true);
        check(family, base(37, 40, 24).mask(Mask.window(7, 2)).build(), DType.F16, DType.BF16, true);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void pagesMayHoldHeadsBesideOneAnother(KernelFamily family) {
        AttentionSpec dense =
                base(5, 8, 8).causal().order(Layout.Order.BATCH_ROW_HEAD).build();
        check(family, dense, DType.F32, DType.F32, true);
        check(family, dense, DType.I4, DType.I4, true);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void bytesAreMultipliedByTheScaleOfTheirRow(KernelFamily family) {
        check(family, base(37, 40, 24).causal().build(), DType.I8, DType.I8, true);
        check(family, base(5, 8, 8).build(), DType.I8, DType.F16, false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void fourBitsAreMultipliedByTheScaleOfTheirGroup(KernelFamily family) {
        check(family, base(37, 72, 40).causal().build(), DType.I4, DType.I4, true);
        check(family, base(5, 13, 7).build(), DType.I4, DType.I4, false); // rows that end within a byte
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void keysOfAPageAreRotatedToTheirPlaceInTheSequence(KernelFamily family) {
        check(family, base(37, 40, 24).rotary(new Rotary(32, false, 60)).build(), DType.F32, DType.F32, true);
        check(family, base(5, 40, 24).rotary(new Rotary(34, true, 60)).build(), DType.I4, DType.I8, true);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void theMatrixOfScoresReadsPagesToo(KernelFamily family) {
        check(family, base(5, 8, 8).returnScores(ScoreStage.MASKED).build(), DType.I8, DType.I8, true);
    }

    @Test
    void shapesFollowFromPagesAndTypes() {
        AttentionSpec spec = cached(base(5, 40, 24).build(), DType.I8, DType.I4, true);
        assertTrue(spec.isPaged());
        assertEquals(TensorSpec.dense(DType.I8, 9, 2, 16, 40), spec.operand(Operand.KEY));
        assertEquals(TensorSpec.dense(DType.I4, 9, 2, 16, 24), spec.operand(Operand.VALUE));
        assertEquals(12, spec.operand(Operand.VALUE).rowUnits());
        assertEquals(TensorSpec.dense(DType.I32, 3, 1, 4, 1), spec.operand(Operand.PAGE_TABLE));
        assertEquals(TensorSpec.dense(DType.F32, 9, 2, 16, 1), spec.operand(Operand.KEY_SCALES));
        assertEquals(
                TensorSpec.dense(DType.F32, 3, 2, 50, 2),
                cached(base(5, 40, 24).build(), DType.I4, DType.F32, false).operand(Operand.KEY_SCALES));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertEquals("pageSize must be a power of two from 16 to 32768, but is 24", refusal(() -> base(1, 8, 8)
                .paged(24, 2)));
        assertEquals("pages must be at least 1, but is 0", refusal(() -> base(1, 8, 8)
                .paged(16, 0)));
        assertEquals(
                "query must have type F32, F16 or BF16, but has I8",
                refusal(() -> base(1, 8, 8).types(DType.I8).build()));
        assertEquals(
                "keys are either paged or ragged, but both were asked for; key lengths say how many keys of its pages an entry has",
                refusal(() -> base(1, 8, 8).paged(16, 2).raggedKeys(9).build()));
        assertEquals(
                "PACKED_QKV has query, key and value in one array, but keys or values that are paged or quantised are in their own;"
                        + " use BATCH_ROW_HEAD",
                refusal(() -> base(50, 8, 8)
                        .paged(16, 2)
                        .order(Layout.Order.PACKED_QKV)
                        .build()));
    }

    @Test
    void aPageThatHoldsKeysMustExist() {
        AttentionSpec dense = base(5, 8, 8).build();
        AttentionSpec cached = cached(dense, DType.F32, DType.F32, true);
        AttentionArrays arrays = new CachedKeys(dense, cached, LENGTHS, 3).stored();
        int[] table = (int[]) arrays.get(Operand.PAGE_TABLE);
        table[9] = 9; // the third entry's second page, of four
        arrays.with(Operand.OUT, new float[3 * 4 * 5 * 8]).with(Operand.LSE, new float[3 * 4 * 5]);
        assertEquals(
                "page_table must be between 0 and 8, but is 9 at [2, 0, 1, 0]",
                refusal(() -> Engines.of(KernelFamily.REFERENCE).attend(cached, arrays)));
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
