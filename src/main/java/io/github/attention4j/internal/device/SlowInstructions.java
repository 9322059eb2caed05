package io.github.attention4j.internal.device;

/** On whose processors {@code vdpbf16ps}, which multiplies pairs of bf16, is worth taking: what was measured, a row a vendor. */
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
    private record Row(String vendor, String label, int withIt, int withFloats, String where) {}

    // On Zen 4 it does twice as much as floats. Whether Intel's other processors, or vpdpbusd there, do better is not
    // measured; vpdpbusd is kept, for
    // it reads a quarter of what floats read.
    private static final Row[] SLOW = {new Row("GenuineIntel", "Intel", 89, 180, "family 6, model 207")};

    private SlowInstructions() {}

    /** Whether processors of a vendor, {@code vendor_id}, do less with it than without. */
    public static boolean areSlow(String vendor) {
        for (Row row : SLOW) {
            if (vendor.equals(row.vendor())) {
                return true;
            }
        }
        return false;
    }

    /** Why it is not taken on a device with these names, or empty. */
    public static String obstacle(String deviceVendor, String deviceName) {
        for (Row row : SLOW) {
            if (deviceVendor.contains(row.label()) || deviceName.contains(row.label())) {
                return "on processors of " + row.label() + " it does less than floats: " + row.withIt()
                        + " GFLOP/s a core where they do " + row.withFloats() + " (" + row.where() + ")";
            }
        }
        return "";
    }
}
