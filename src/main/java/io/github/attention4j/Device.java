package io.github.attention4j;

import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.engine.Backends;
import java.util.List;

/**
 * A device an engine can run on, and the limits that decide which kernels fit. Sizes are in bytes.
 *
 * @param id what {@link AttentionEngine#open(String)} takes: {@code "gpu:0"}, {@code "cpu:0"}, {@code "java"}, {@code "reference"}
 * @param type the kind of device
 * @param name the device's own name
 * @param vendor the device's vendor
 * @param platform the OpenCL platform, or the JVM
 * @param driver the driver's version
 * @param computeUnits how many work-groups (on Java: threads) run side by side
 * @param vectorWidth how many floats the device's native vectors hold
 * @param maxWorkGroupSize the most work-items in a work-group
 * @param localMemory local memory of one work-group
 * @param globalMemory memory for buffers
 * @param maxAllocation the largest single buffer
 * @param sharesHostMemory whether host and device use the same memory, so that direct buffers need no copy
 * @param extensions the OpenCL extensions the device names, separated by spaces; empty on Java
 * @param matrixUnit what multiplies 16-bit numbers: of a GPU the kind of matrix unit that {@link KernelFamily#MATRIX} would use, such as
 *     {@code MMA}, of a processor the instruction that {@link KernelFamily#LANES} would use, {@code VDPBF16PS}, or if it has but that for keys of 8
 *     bits, {@code VPDPBUSD}; empty if none is known
 * @param note what its user should know, as half a sentence: of the Java engine that took the place of an OpenCL device, why there is none and what to
 *     do; mostly empty
 */
public record Device(
        String id,
        Type type,
        String name,
        String vendor,
        String platform,
        String driver,
        int computeUnits,
        int vectorWidth,
        long maxWorkGroupSize,
        long localMemory,
        long globalMemory,
        long maxAllocation,
        boolean sharesHostMemory,
        String extensions,
        String matrixUnit,
        String note) {

    /** A device of which there is nothing to note. */
    public Device(
            String id,
            Type type,
            String name,
            String vendor,
            String platform,
            String driver,
            int computeUnits,
            int vectorWidth,
            long maxWorkGroupSize,
            long localMemory,
            long globalMemory,
            long maxAllocation,
            boolean sharesHostMemory,
            String extensions,
            String matrixUnit) {
        this(
                id,
                type,
                name,
                vendor,
                platform,
                driver,
                computeUnits,
                vectorWidth,
                maxWorkGroupSize,
                localMemory,
                globalMemory,
                maxAllocation,
                sharesHostMemory,
                extensions,
                matrixUnit,
                "");
    }

    /** The kinds of device, best first. */
    public enum Type {
        /** An OpenCL GPU. */
        GPU,
        /** An OpenCL accelerator. */
        ACCELERATOR,
        /** A CPU driven through OpenCL. */
        CPU,
        /** This JVM, no OpenCL. */
        JAVA
    }

    /**
     * All devices of this machine, best first: OpenCL GPUs, accelerators, CPUs, then the two pure-Java engines. Without an OpenCL device, the Java engine's
     * {@link #note()} says why; {@link AttentionEngine#diagnose()} says more.
     */
    public static List<Device> list() {
        return Backends.devices();
    }

    /** This device under another id. */
    public Device withId(String id) {
        return with(id, note);
    }

    /** This device with another note. */
    public Device withNote(String note) {
        return with(id, note);
    }

    private Device with(String id, String note) {
        return new Device(
                id,
                type,
                name,
                vendor,
                platform,
                driver,
                computeUnits,
                vectorWidth,
                maxWorkGroupSize,
                localMemory,
                globalMemory,
                maxAllocation,
                sharesHostMemory,
                extensions,
                matrixUnit,
                note);
    }

    /** One line for people: id, name, compute units, memory and driver, what should be known about the driver, and the note if there is one. */
    public String describe() {
        String quirks = Quirks.of(platform, name, driver).describe();
        return "%-10s %s (%s, %s), %d compute units, %.1f GiB, local %d KiB, largest buffer %.1f GiB, driver %s"
                        .formatted(
                                id,
                                name,
                                vendor,
                                platform,
                                computeUnits,
                                globalMemory / (double) (1L << 30),
                                localMemory >> 10,
                                maxAllocation / (double) (1L << 30),
                                driver)
                + (quirks.isEmpty() ? "" : "; " + quirks)
                + (note.isEmpty() ? "" : "; " + note);
    }
}
