package io.github.attention4j.internal.device;

import io.github.attention4j.Instruction;

/** On whose processors an instruction is not worth taking: what was measured, a row an instruction and vendor. */
public final class SlowInstructions {
    /**
     * A row.
     *
     * @param vendor {@code vendor_id} of Linux's {@code /proc/cpuinfo}
     * @param label how names of the vendor's devices and of the vendor itself are known, in texts for people
     * @param withIt GFLOP/s a core with it
     * @param withFloats GFLOP/s a core with multiply-adds of f32
     * @param where on what that was measured
     */
    private record Row(
            Instruction instruction, String vendor, String label, int withIt, int withFloats, String where) {}

    // On Zen 4 vdpbf16ps does twice as much as floats. Whether Intel's other processors, or vpdpbusd there, do better
    // is not measured; vpdpbusd is kept, for it reads a quarter of what floats read.
    private static final Row[] ROWS = {
        new Row(Instruction.VDPBF16PS, "GenuineIntel", "Intel", 89, 180, "family 6, model 207")
    };

    private SlowInstructions() {}

    /** Whether processors of a vendor, {@code vendor_id}, do less with it than without. */
    static boolean isSlow(Instruction instruction, String vendor) {
        for (Row row : ROWS) {
            if (instruction == row.instruction() && vendor.equals(row.vendor())) {
                return true;
            }
        }
        return false;
    }

    /** Why it is not taken on a device with these names, or empty. */
    static String obstacle(Instruction instruction, String deviceVendor, String deviceName) {
        for (Row row : ROWS) {
            if (instruction == row.instruction()
                    && (deviceVendor.contains(row.label()) || deviceName.contains(row.label()))) {
                return "on processors of " + row.label() + " it does less than floats: " + row.withIt()
                        + " GFLOP/s a core where they do " + row.withFloats() + " (" + row.where() + ")";
            }
        }
        return "";
    }
}
