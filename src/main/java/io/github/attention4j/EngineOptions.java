package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.disk.CacheFolder;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What an engine may be told beyond its device. Immutable; start from {@link #defaults()}.
 *
 * @param family the kernel family to use, or empty to let the planner choose
 * @param cacheDirectory where compiled programs, and the tuner's {@code tuning.csv}, are kept between processes, or
 *     empty to keep none; an absolute path that may not exist yet. Programs are native code, so nothing is read or
 *     written in a folder that others can write to, or replace: that costs one warning
 * @param tuningFile a tuning table that comes before the tuner's and the packaged one, or empty
 * @param threads threads of the pure-Java engines; 0 for all processors
 * @param maxAllocation bytes above which {@code attend} splits a call over heads, if below the device's own limit; 0
 *     for the device's limit
 * @param splitSize keys of a share where work-groups share the keys of a query, or 0 to let the planner choose; see
 *     {@link #withSplitSize}
 * @param selfCheck whether drivers and devices that were not tested are checked against Java; see
 *     {@link #withSelfCheck}
 * @param takeOver whether other devices compute the share of one that fails; see {@link #withTakeOver}
 * @param amx whether the matrix unit of Intel's processors may be used; see {@link #withAmx}
 */
public record EngineOptions(
        Optional<KernelFamily> family,
        Optional<Path> cacheDirectory,
        Optional<Path> tuningFile,
        int threads,
        long maxAllocation,
        int splitSize,
        boolean selfCheck,
        boolean takeOver,
        boolean amx) {
    private static final String AMX = "attention4j.amx";

    /** Checks the numbers. */
    public EngineOptions {
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(cacheDirectory, "cacheDirectory");
        Objects.requireNonNull(tuningFile, "tuningFile");
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "threads must be at least 1, or 0 for all processors, but is " + threads);
        }
        if (maxAllocation < 0) {
            throw new IllegalArgumentException(
                    "maxAllocation must be at least 1 byte, or 0 for the device's limit, but is " + maxAllocation);
        }
        if (splitSize < 0) {
            throw new IllegalArgumentException(
                    "splitSize must be at least 1 key, or 0 for the planner's choice, but is " + splitSize);
        }
        if (splitSize > Sizes.MOST_OF_SHARE) {
            throw new IllegalArgumentException(
                    "splitSize must be at most " + Sizes.MOST_OF_SHARE + " keys, but is " + splitSize
                            + ": a share is one sum of floats, which loses digits in longer ones; use 0 for the planner's choice");
        }
    }

    /** Without taking over. */
    public EngineOptions(
            Optional<KernelFamily> family,
            Optional<Path> cacheDirectory,
            Optional<Path> tuningFile,
            int threads,
            long maxAllocation,
            int splitSize,
            boolean selfCheck) {
        this(family, cacheDirectory, tuningFile, threads, maxAllocation, splitSize, selfCheck, false);
    }

    /** Without AMX. */
    public EngineOptions(
            Optional<KernelFamily> family,
            Optional<Path> cacheDirectory,
            Optional<Path> tuningFile,
            int threads,
            long maxAllocation,
            int splitSize,
            boolean selfCheck,
            boolean takeOver) {
        this(family, cacheDirectory, tuningFile, threads, maxAllocation, splitSize, selfCheck, takeOver, false);
    }

    /**
     * The planner chooses; programs are cached in the user's cache folder ({@code attention4j.cache} as a system
     * property names another, by its absolute path, empty for none). A user without a home folder, or a path that is
     * none in this locale, costs one warning and the cache. AMX is used, unless the system property
     * {@code attention4j.amx} is {@code false}: see {@link #withAmx}.
     */
    public static EngineOptions defaults() {
        return new EngineOptions(
                Optional.empty(),
                CacheFolder.byDefault(),
                Optional.empty(),
                0,
                0,
                0,
                true,
                false,
                !"false".equalsIgnoreCase(System.getProperty(AMX)));
    }

    /** With this kernel family instead of the planner's choice. */
    public EngineOptions withFamily(KernelFamily family) {
        return new EngineOptions(
                Optional.of(Objects.requireNonNull(family, "family")),
                cacheDirectory,
                tuningFile,
                threads,
                maxAllocation,
                splitSize,
                selfCheck,
                takeOver,
                amx);
    }

    /**
     * With compiled programs and the tuner's findings kept in this directory, see {@link #cacheDirectory()}; null keeps
     * none on disk.
     */
    public EngineOptions withCacheDirectory(Path directory) {
        return new EngineOptions(
                family,
                Optional.ofNullable(directory),
                tuningFile,
                threads,
                maxAllocation,
                splitSize,
                selfCheck,
                takeOver,
                amx);
    }

    /** With a tuning table that comes before the tuner's and the packaged one. */
    public EngineOptions withTuningFile(Path file) {
        return new EngineOptions(
                family,
                cacheDirectory,
                Optional.of(Objects.requireNonNull(file, "file")),
                threads,
                maxAllocation,
                splitSize,
                selfCheck,
                takeOver,
                amx);
    }

    /**
     * With this many threads in the pure-Java engines, or 0 for one a processor.
     *
     * @throws IllegalArgumentException if it is less than 0
     */
    public EngineOptions withThreads(int threads) {
        return new EngineOptions(
                family, cacheDirectory, tuningFile, threads, maxAllocation, splitSize, selfCheck, takeOver, amx);
    }

    /**
     * With this limit, in bytes, for a single buffer of a call on host arrays, if it is below the device's own; 0 for
     * the device's. Larger calls are computed in parts.
     *
     * @throws IllegalArgumentException if it is less than 0
     */
    public EngineOptions withMaxAllocation(long bytes) {
        return new EngineOptions(
                family, cacheDirectory, tuningFile, threads, bytes, splitSize, selfCheck, takeOver, amx);
    }

    /**
     * With keys shared out in pieces of this many, counted from key 0, by {@link KernelFamily#DECODE}, whatever the
     * device and the rest of the batch are. The bits of a sequence's result then depend neither on what else is in the
     * batch nor on how long that is, as long as device, {@code queryLength}, head sizes and options stay the same.
     * Small pieces cost time: each writes a partial result. At most 2<sup>22</sup> keys, for a piece is one sum of
     * floats.
     */
    public EngineOptions withSplitSize(int keys) {
        return new EngineOptions(
                family, cacheDirectory, tuningFile, threads, maxAllocation, keys, selfCheck, takeOver, amx);
    }

    /**
     * With or without the check of drivers and devices that were not tested. With it, as by default, the first use of a
     * kernel there computes a small problem too, which Java computes as well; a kernel that gives wrong answers is not
     * used, {@link AttentionPlan#explain()} says so, and where none is left Java computes. What passed is remembered in
     * {@link #cacheDirectory()}.
     */
    public EngineOptions withSelfCheck(boolean check) {
        return new EngineOptions(
                family, cacheDirectory, tuningFile, threads, maxAllocation, splitSize, check, takeOver, amx);
    }

    /**
     * For an engine over several devices ({@link AttentionEngine#open(java.util.List)}): whether the others compute the
     * share of a device that fails in a call, with a logged warning. Without it, as by default, the call fails and the
     * error names the device.
     */
    public EngineOptions withTakeOver(boolean takeOver) {
        return new EngineOptions(
                family, cacheDirectory, tuningFile, threads, maxAllocation, splitSize, selfCheck, takeOver, amx);
    }

    /**
     * With or without AMX, the matrix unit of Intel's server processors, for attention and its gradients in bf16 or by
     * {@link AttentionSpec#precision() Precision.BF16} on PoCL for Linux. With it, as by default, the first plan that
     * would use the unit, and no other, asks Linux for the permission, for the whole process. From then on
     * {@code sigaltstack} refuses stacks of 8 KB or less, so that a native library in the same process fails if it
     * still takes the old constant {@code SIGSTKSZ} for theirs; and the request itself is refused while a thread has
     * such a stack. A refusal, a wrong answer of a small problem, whatever the driver, or a unit that is not faster
     * than floats is a reason not to use it; {@link AttentionPlan#explain()} says which.
     */
    public EngineOptions withAmx(boolean amx) {
        return new EngineOptions(
                family, cacheDirectory, tuningFile, threads, maxAllocation, splitSize, selfCheck, takeOver, amx);
    }
}
