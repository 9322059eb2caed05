package io.github.attention4j;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A device an engine can run on, and the limits that decide which kernels fit. Sizes are in bytes.
 *
 * @param id what {@link AttentionEngine#open(String)} takes: {@code "gpu:0"}, {@code "cpu:0"}, {@code "java"},
 *     {@code "reference"}
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
 * @param instructions what multiplies short numbers: of a GPU the matrix units that {@link KernelFamily#MATRIX} can
 *     use, of a processor the dot products that {@link KernelFamily#LANES} and {@link KernelFamily#DECODE} can; empty
 *     if none is known
 * @param note what its user should know, as half a sentence: what its driver must not be trusted with, or of the Java
 *     engine that took the place of an OpenCL device, why there is none and what to do; mostly empty
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
        Set<Instruction> instructions,
        String note) {

    /** Copies the set. */
    public Device {
        Objects.requireNonNull(instructions, "instructions");
        instructions = instructions.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(instructions));
    }

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
            Set<Instruction> instructions) {
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
                instructions,
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
                instructions,
                note);
    }

    /** One line for people: id, name, compute units, memory and driver, and the note if there is one. */
    public String describe() {
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
                + (note.isEmpty() ? "" : "; " + note);
    }
}
