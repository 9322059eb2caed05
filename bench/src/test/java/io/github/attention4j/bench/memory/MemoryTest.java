package io.github.attention4j.bench.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MemoryTest {
    private static final int BYTES = 64 << 20;

    private static String text(double value, String unit) {
        return new Fact("cpu:0", "any", value, unit, "").text();
    }

    @Test
    void figuresAreInUnitsThatPeopleRead() {
        assertEquals("0 B", text(0, "bytes"));
        assertEquals("4096 B", text(4096, "bytes"));
        assertEquals("4096 KiB", text(4 << 20, "bytes"));
        assertEquals("128 MiB", text(128 << 20, "bytes"));
        assertEquals("12.5 ms", text(12.5, "ms"));
        assertEquals("1", text(1, ""));
        assertEquals("unknown", text(Double.NaN, "bytes"));
    }

    @Test
    void theTableHasALineForEachFact() {
        List<Fact> facts = List.of(new Fact("cpu:0", "a call", 3.5, "ms", "16,384 keys"));
        assertTrue(
                Fact.table(facts).text().contains("16,384 keys"),
                Fact.table(facts).text());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryThatIsTouchedIsSeen() {
        long before = Resident.now();
        byte[] touched = new byte[BYTES];
        Arrays.fill(touched, (byte) 1);
        assertTrue(Resident.peak() >= before, "the peak is never below what was there");
        assertTrue(touched[BYTES - 1] == 1 && Resident.now() > 0);
    }

    @Test
    void whatAThreadAllocatesIsCountedAndWhatIsDroppedIsNotKept() {
        long before = JavaHeap.collectAndResetPeak();
        long allocated = JavaHeap.allocated();
        byte[] dropped = new byte[BYTES];
        assertTrue(dropped.length == BYTES && JavaHeap.allocated() - allocated >= BYTES);
        dropped = null;
        assertTrue(JavaHeap.collectAndResetPeak() - before < BYTES / 2, "" + dropped);
    }
}
