package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types, shapes and layouts of tensors. */
class TensorSpecTest {
    private static final TensorSpec DENSE = TensorSpec.dense(DType.F32, 2, 3, 4, 5);

    @Test
    void denseElementsLieSideBySide() {
        assertEquals(new Layout(0, 60, 20, 5), DENSE.layout());
        assertEquals(120, DENSE.elements());
        assertEquals(120, DENSE.extent());
        assertTrue(DENSE.isDense());
        assertEquals("[2, 3, 4, 5]", DENSE.shape());
    }

    @Test
    void rowsFirstPutsTheHeadsOfARowTogether() {
        TensorSpec tensor = DENSE.with(Layout.rowsFirst(3, 4, 5));
        assertEquals(new Layout(0, 60, 5, 15), tensor.layout());
        assertFalse(tensor.isDense());
        assertEquals(120, tensor.extent());
        assertEquals(60 + 2 * 5 + 3 * 15, tensor.layout().at(1, 2, 3));
    }

    @Test
    void theExtentReachesFromTheStartOfTheArrayToTheLastElement() {
        assertEquals(
                7 + 100 + 2 * 30 + 3 * 6 + 5,
                DENSE.with(new Layout(7, 100, 30, 6)).extent());
        assertEquals(5, DENSE.with(new Layout(0, 0, 0, 0)).extent());
    }

    @Test
    void bitsAreCountedInWholeBytesOfARow() {
        for (int columns = 1; columns <= 17; columns++) {
            TensorSpec bits = TensorSpec.dense(DType.BIT, 2, 3, 4, columns);
            int bytes = columns <= 8 ? 1 : columns <= 16 ? 2 : 3;
            assertEquals(bytes, bits.rowUnits());
            assertEquals(24 * bytes, bits.elements());
            assertEquals(new Layout(0, 12 * bytes, 4 * bytes, bytes), bits.layout());
        }
    }

    @Test
    void aDimensionOfSizeOneIsNotStepped() {
        TensorSpec one = new TensorSpec(DType.F32, 1, 1, 1, 1, new Layout(3, 40, 50, 60));
        for (int dimension = 0; dimension < 4; dimension++) {
            assertEquals(0, one.stride(dimension));
        }
        assertEquals(60, DENSE.stride(0));
        assertEquals(20, DENSE.stride(1));
        assertEquals(5, DENSE.stride(2));
        assertEquals(1, DENSE.stride(3));
        assertThrows(IndexOutOfBoundsException.class, () -> DENSE.stride(4));
        assertThrows(IndexOutOfBoundsException.class, () -> DENSE.stride(-1));
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1, 1", "1, 0, 1, 1", "1, 1, -1, 1", "1, 1, 1, 0"})
    void refusesSizesBelowOne(int batch, int heads, int rows, int columns) {
        assertEquals(
                "batch, heads, rows and columns must be at least 1, but are " + batch + ", " + heads + ", " + rows
                        + ", " + columns,
                refusal(() -> TensorSpec.dense(DType.F32, batch, heads, rows, columns)));
    }

    @Test
    void refusesWhatNoPositionReaches() {
        int most = Integer.MAX_VALUE;
        assertTrue(refusal(() -> new TensorSpec(DType.F32, most, most, 2, 1, new Layout(0, 0, 0, 0)))
                .contains("fewer than 2^60 elements"));
    }

    @Test
    void refusesNegativeStrides() {
        for (int wrong = 0; wrong < 4; wrong++) {
            long[] n = {1, 2, 3, 4};
            n[wrong] = -1;
            assertEquals(
                    "start and strides must be at least 0, but are " + n[0] + ", " + n[1] + ", " + n[2] + ", " + n[3],
                    refusal(() -> new Layout(n[0], n[1], n[2], n[3])));
        }
    }

    @Test
    void equalPartsMakeEqualTensors() {
        TensorSpec same = TensorSpec.dense(DType.F32, 2, 3, 4, 5);
        assertEquals(same, DENSE);
        assertEquals(same.hashCode(), DENSE.hashCode());
        assertNotEquals(DENSE.with(DType.F16), DENSE);
        assertNotEquals(DENSE.with(new Layout(1, 60, 20, 5)), DENSE);
        assertNotEquals(TensorSpec.dense(DType.F32, 2, 3, 5, 4), DENSE);
        assertEquals(DENSE.layout(), DENSE.with(DType.F16).layout());
    }

    @Test
    void labelsAreLowerCaseInAnyLanguage() {
        assertEquals("key_lengths", Operand.KEY_LENGTHS.label());
        assertEquals("alibi_slopes", Operand.ALIBI_SLOPES.label());
        assertTrue(Operand.OUT.isOutput() && Operand.LSE.isOutput() && Operand.SCORES.isOutput());
        assertFalse(Operand.QUERY.isOutput() || Operand.BIAS.isOutput());
    }

    private static String refusal(Executable make) {
        return assertThrows(IllegalArgumentException.class, make).getMessage();
    }
}
