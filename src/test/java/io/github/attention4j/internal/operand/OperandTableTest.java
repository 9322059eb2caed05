package io.github.attention4j.internal.operand;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OperandTableTest {
    @Test
    void theBitsOfALongAreEnoughForAllOperands() {
        assertTrue(
                Operand.values().length <= Long.SIZE, "AttnParams.given and KernelParams have a bit for each operand");
    }

    @Test
    void onlyIntegersHaveContentsToCheck() {
        for (Operand operand : Operand.values()) {
            OperandRow row = OperandTable.of(operand);
            assertTrue(row.contents() == Contents.ANYTHING || row.types() == TypeRule.I32, operand.label());
        }
    }

    @Test
    void whatMayBeQuantisedHasScalesOfItsRows() {
        for (Operand operand : Operand.values()) {
            OperandRow row = OperandTable.of(operand);
            Operand scales = OperandTable.scalesOf(operand);
            assertEquals(row.types().allows(DType.I8), scales != null, operand.label());
            if (scales != null) {
                OperandRow ofScales = OperandTable.of(scales);
                assertEquals(row.batch(), ofScales.batch(), operand.label());
                assertEquals(row.heads(), ofScales.heads(), operand.label());
                assertEquals(row.rows(), ofScales.rows(), operand.label());
            }
        }
    }

    /** The file it writes is for people: {@code kernels/README.md} says so. */
    @Test
    void kernelsTakeEveryOperandInTheOrderOfTheirNumbers() throws IOException {
        String text = OperandText.text();
        Path file = Path.of("target", OperandText.FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        int before = text.indexOf("#define OPERAND_ARGUMENTS");
        for (Operand operand : Operand.values()) {
            assertTrue(
                    text.contains("  OPERAND_" + operand.name() + " = " + operand.ordinal() + ",\n"), operand.label());
            int at = text.indexOf(" *restrict " + operand.label());
            assertTrue(at > before, operand.label());
            before = at;
        }
        assertTrue(
                text.contains("#define OPERAND_TENSORS query, key, value, out, lse, scores, keep_mask, bias\n"), text);
        assertTrue(text.contains("  __global const key_t *restrict key, "), text);
        assertTrue(text.contains("  __global float *restrict lse, "), text);
        assertTrue(text.contains("  __global const uchar *restrict keep_mask, "), text);
    }
}
