package io.github.attention4j.internal.device;

import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Which dot products a processor's kernels may be written with. */
public final class CpuInstructions {
    /**
     * A row.
     *
     * @param flags how Linux calls it, and what its kernels use beside it, in {@code /proc/cpuinfo}
     * @param floats how wide the vectors are that the kernels with it are written for
     */
    private record Row(Instruction instruction, String flags, int floats) {}

    private static final Row[] ROWS = {
        new Row(Instruction.VPDPBUSD, "avx512_vnni", 16),
        new Row(Instruction.VDPBF16PS, "avx512_bf16", 16),
        new Row(Instruction.TDPBF16PS, "avx512_bf16 amx_tile amx_bf16", 16),
        new Row(Instruction.TDPBSSD, "avx512_vnni amx_tile amx_bf16 amx_int8", 16)
    };

    private CpuInstructions() {}

    /**
     * The instructions. One that the processor lacks ends the JVM, so every condition must be known to hold: kernels
     * run in this process (PoCL's own processor drivers, on this very processor, which is part of the device's name),
     * compiled for vectors that wide, and on processors all of which have it. Whether the driver's version compiles
     * them right is not looked at: {@link Quirks#takesInstructions} says it; nor whether they are worth it, which
     * {@link UnitRates} says.
     *
     * @param system the name of the operating system, as Java says it
     * @param platform the OpenCL platform's name
     * @param device the device's name
     * @param vectorWidth the device's native vectors, in floats
     * @param cpuinfo Linux's account of the processors; empty where there is none
     */
    public static Set<Instruction> of(String system, String platform, String device, int vectorWidth, String cpuinfo) {
        EnumSet<Instruction> found = EnumSet.noneOf(Instruction.class);
        boolean runsHere = Quirks.of(platform, device, "").runsHere();
        if (!system.toLowerCase(Locale.ROOT).equals("linux") || !runsHere) {
            return found;
        }
        int processors = 0;
        int[] having = new int[ROWS.length];
        for (String line : cpuinfo.split("\n")) {
            String name = line.substring(0, Math.max(0, line.indexOf(':'))).trim();
            String content = line.substring(line.indexOf(':') + 1).trim();
            if (name.equals("processor")) {
                processors++;
            } else if (name.equals("model name") && !device.endsWith(content)) {
                return found;
            } else if (name.equals("flags")) {
                for (int i = 0; i < ROWS.length; i++) {
                    having[i] += hasAll(content, ROWS[i].flags()) ? 1 : 0;
                }
            }
        }
        for (int i = 0; i < ROWS.length; i++) {
            if (processors > 0 && having[i] == processors && vectorWidth >= ROWS[i].floats()) {
                found.add(ROWS[i].instruction());
            }
        }
        return found;
    }

    private static boolean hasAll(String flags, String wanted) {
        for (String flag : wanted.split(" ")) {
            if (!(" " + flags + " ").contains(" " + flag + " ")) {
                return false;
            }
        }
        return true;
    }

    /** Why a device is not known to have an instruction, or empty if it has it. */
    public static String obstacle(Instruction instruction, Device device) {
        if (device.instructions().contains(instruction)) {
            return "";
        }
        String name = instruction.name().toLowerCase(Locale.ROOT);
        String driver = Quirks.of(device).instructionsObstacle();
        Row row = row(instruction);
        return device.name() + " is not known to have " + name + ": that takes Linux, PoCL with vectors of "
                + row.floats() + " floats, and " + row.flags().replace(" ", ", ")
                + " among the flags of every processor in /proc/cpuinfo"
                + (driver.isEmpty() ? "" : "; " + driver);
    }

    private static Row row(Instruction instruction) {
        for (Row row : ROWS) {
            if (row.instruction() == instruction) {
                return row;
            }
        }
        throw new IllegalArgumentException(instruction + " is no processor's");
    }
}
