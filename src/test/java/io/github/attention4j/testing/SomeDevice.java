package io.github.attention4j.testing;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import java.util.EnumSet;
import java.util.Set;

/** Devices that need not be here, for tests of what is planned for them. */
public final class SomeDevice {
    private SomeDevice() {}

    /** A device without extensions. */
    public static Device of(Device.Type type, String name, int items, long localMemory, int vectorWidth) {
        return of(type, name, items, localMemory, vectorWidth, "");
    }

    /** A device without instructions for short numbers. */
    public static Device of(
            Device.Type type, String name, int items, long localMemory, int vectorWidth, String extensions) {
        return of(type, name, items, localMemory, vectorWidth, extensions, "");
    }

    /** @param best its best instruction; empty for none */
    public static Device of(
            Device.Type type,
            String name,
            int items,
            long localMemory,
            int vectorWidth,
            String extensions,
            String best) {
        return new Device(
                "x:0",
                type,
                name,
                "vendor",
                "platform",
                "1.0",
                2,
                vectorWidth,
                items,
                localMemory,
                1L << 30,
                1L << 28,
                true,
                extensions,
                instructions(best));
    }

    /**
     * What a device has whose best instruction is this: all processors and GPUs that have the better have the other,
     * too.
     */
    public static Set<Instruction> instructions(String best) {
        EnumSet<Instruction> all = EnumSet.noneOf(Instruction.class);
        if (!best.isEmpty()) {
            all.add(Instruction.valueOf(best));
        }
        if (best.equals("WGMMA")) {
            all.add(Instruction.MMA);
        }
        if (best.equals("TDPBF16PS")) {
            all.add(Instruction.VDPBF16PS);
        }
        if (all.contains(Instruction.VDPBF16PS)) {
            all.add(Instruction.VPDPBUSD);
        }
        return all;
    }

    /** Four heads of a hundred queries. */
    public static AttentionSpec spec(int headDim) {
        return AttentionSpec.builder()
                .heads(4)
                .sequenceLength(100)
                .headDim(headDim)
                .build();
    }
}
