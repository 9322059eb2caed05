package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.internal.Obstacle;
import io.github.attention4j.internal.disk.TempFolder;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_program;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Built programs by their options: in memory for this engine, on disk for the next process, built from source
 * otherwise.
 */
class ProgramCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgramCache.class);

    /** Those of these kernels have a few hundred thousand bytes; a driver that says more than this is not believed. */
    private static final long MOST_BINARY_BYTES = 1 << 28;

    private final ClContext context;
    private final BinaryCache binaries;
    private final ConcurrentHashMap<KernelOptions, ClProgram> programs = new ConcurrentHashMap<>();
    private final Owner owned = new Owner();

    ProgramCache(ClContext context, Optional<Path> folder) {
        this.context = context;
        this.binaries = new BinaryCache(folder);
    }

    /** The program with these options; built at most once, however many threads ask. */
    ClProgram get(KernelOptions options) {
        ClProgram known = programs.get(options);
        if (known != null) {
            return known;
        }
        synchronized (programs) { // builds are serialised, which drivers do anyway
            known = programs.get(options);
            if (known == null) {
                known = load(options);
                programs.put(options, known);
            }
            return known;
        }
    }

    /** How many programs there are in memory. */
    int size() {
        return programs.size();
    }

    private ClProgram load(KernelOptions options) {
        return load(options, source(options));
    }

    private String source(KernelOptions options) {
        return options.functions() + source(options.kernel());
    }

    /** The text of a kernel; tests have others. */
    String source(String kernel) {
        return KernelSource.of(kernel);
    }

    /** Whether {@link #remember} was told so, on this device and driver, in this process or another. */
    boolean remembers(String what) {
        return recall(what).isPresent();
    }

    /** What {@link #remember} was given, on this device and driver, in this process or another. */
    Optional<byte[]> recall(String what) {
        return binaries.load(key("", what));
    }

    /** Keeps a note beside the programs. */
    void remember(String what, byte[] note) {
        binaries.store(key("", what), note);
    }

    /** What stands for something on this device and driver alone. */
    String key(String options, String source) {
        Device device = context.device;
        return String.join("\n", device.name(), device.vendor(), device.platform(), device.driver(), options, source);
    }

    /** The program of a source without inline assembly that may come from anywhere. */
    ClProgram load(String kernel, String source, String options) {
        return load(new KernelOptions(kernel, options), source);
    }

    /**
     * What is specific to a driver is part of the key. What must not be asked for is not looked for either: it would be
     * somebody else's.
     */
    private ClProgram load(KernelOptions options, String source) {
        cl_context held = context.acquire();
        try {
            return load(held, options, source);
        } finally {
            context.release();
        }
    }

    private ClProgram load(cl_context held, KernelOptions wanted, String source) {
        String kernel = wanted.kernel();
        String options = wanted.text();
        Device device = context.device;
        String key = key(options, source);
        boolean isGiven = context.quirks.givesBinary(wanted.hasAssembly());
        Optional<byte[]> kept = isGiven ? binaries.load(key) : Optional.empty();
        if (kept.isPresent()) {
            cl_program program = fromBinary(held, key, kept.get(), options);
            if (program != null) {
                return ClProgram.of(kernel, options, device.name(), program, owned);
            }
        }
        cl_program program = build(held, wanted, source);
        boolean hasMarks = wanted.hasMarkedInstructions();
        // PoCL compiles a kernel a second time, for groups of any size, when it is asked for a binary.
        boolean isAsked = isGiven && (hasMarks || binaries.keeps());
        Optional<byte[]> binary = isAsked ? binary(program) : Optional.empty();
        if (hasMarks) {
            binary = context.quirks.isNvidiaPtx() ? binary.flatMap(Hopper::withInstructions) : Optional.empty();
            program = rebuild(held, program, binary, kernel, options);
        }
        ClProgram made = ClProgram.of(kernel, options, device.name(), program, owned);
        if (binary.isPresent()) {
            binaries.store(key, binary.get());
        }
        return made;
    }

    /** Null when the driver does not take the binary. */
    private cl_program fromBinary(cl_context held, String key, byte[] binary, String options) {
        cl_program program;
        try {
            program =
                    Cl.createProgram(held, context.deviceHandle, binary, "a kept program, on " + context.device.name());
        } catch (DeviceException e) {
            binaries.drop(key, "is not accepted by the driver (" + e.getMessage() + ")");
            return null;
        }
        int built = Cl.build(program, context.deviceHandle, options);
        if (built != CL.CL_SUCCESS) {
            DeviceException refusal = Cl.failure("clBuildProgram", built, "a kept program");
            Failures.closeAfter(refusal, () -> release(program));
            binaries.drop(key, "does not build on this driver (" + refusal.getMessage() + ")");
            return null;
        }
        return program;
    }

    private cl_program build(cl_context held, KernelOptions wanted, String source) {
        String kernel = wanted.kernel();
        String options = wanted.text();
        LOG.debug("building {} with {}", kernel, options);
        cl_program elsewhere = ChildPrograms.build(held, context, source, wanted);
        if (elsewhere != null) {
            return elsewhere;
        }
        cl_program program = Cl.createProgram(held, source, kernel + ", on " + context.device.name());
        SignalChaining.warnOfBuildingHere(context.quirks);
        return built(program, kernel, source, options);
    }

    /** The program when it is built; given back if it cannot be. */
    private cl_program built(cl_program program, String kernel, String source, String options) {
        try {
            int code = SignalChaining.build(context, program, options);
            if (code == CL.CL_SUCCESS) {
                return program;
            }
            throw buildFailure(kernel, source, options, code, log(program));
        } catch (RuntimeException | Error e) {
            Failures.closeAfter(e, () -> release(program));
            throw e;
        }
    }

    private void release(cl_program program) {
        Release.program(program, "a program, on " + context.device.name());
    }

    /**
     * Builds what {@link Hopper} made of a program, in place of it: without its instructions that would give wrong
     * answers.
     */
    private cl_program rebuild(
            cl_context held, cl_program first, Optional<byte[]> made, String kernel, String options) {
        release(first);
        if (made.isEmpty()) {
            throw new KernelBuildException(
                    "the driver gives out no PTX with the marked instructions of " + kernel + ", built with " + options
                            + " on " + context.device.name() + ", driver " + context.device.driver()
                            + "; EngineOptions.withFamily(KernelFamily.TILES) does without them",
                    "",
                    null);
        }
        byte[] ptx = made.get();
        cl_program program =
                Cl.createProgram(held, context.deviceHandle, ptx, kernel + ", on " + context.device.name());
        return built(program, kernel, Query.text(ptx), options);
    }

    private KernelBuildException buildFailure(String kernel, String source, String options, int code, String log) {
        String failure = "clBuildProgram failed with " + Cl.codeName(code) + " for " + kernel + " with " + options
                + " on " + context.device.name() + ", driver " + context.device.driver();
        if (code != CL.CL_BUILD_PROGRAM_FAILURE && !log.contains("error")) {
            // Not the source's fault: memory, options, a driver that lost its device.
            String complaint = log.isBlank() ? "" : "\n" + firstComplaint(log);
            return new KernelBuildException(failure + complaint, log, null);
        }
        Obstacle want = context.device.platform().startsWith(PoclNeeds.PLATFORM)
                ? PoclNeeds.obstacle(context.device.platform())
                : null;
        if (want != null) { // such as a disk that has become full, of which PoCL's log says nothing
            return new KernelBuildException(want.text() + "\n" + failure, log, null);
        }
        Path saved = save(kernel, source);
        return new KernelBuildException(
                firstComplaint(log) + "\n" + failure + (saved == null ? "" : "; the whole source is in " + saved),
                log,
                saved);
    }

    /** The first error the log places in a file of ours, else the first error, else the first line. */
    static String firstComplaint(String log) {
        Pattern place = Pattern.compile("[\\w./]+\\.clh?:\\d+.*"); // "lib/common/mask.clh:12:3: …"
        List<String> errors = log.lines().filter(line -> line.contains("error")).toList();
        return errors.stream()
                .map(place::matcher)
                .filter(Matcher::find)
                .map(Matcher::group)
                .findFirst()
                .or(() -> errors.stream().findFirst())
                .or(() -> log.lines().filter(line -> !line.isBlank()).findFirst())
                .map(String::strip)
                .orElse("the compiler gave no reason");
    }

    private static Path save(String kernel, String source) {
        try {
            return TempFolder.keep(kernel + "-", ".cl", source);
        } catch (IOException e) {
            return null; // the message then does without; the build failure matters more
        }
    }

    private String log(cl_program program) {
        try {
            return Query.buildLog(program, context.deviceHandle);
        } catch (DeviceException e) {
            return "the compiler's reason cannot be had (" + e.getMessage() + ")"; // that it failed matters more
        }
    }

    /** The compiled program, or empty where the driver does not give it out. */
    static Optional<byte[]> binary(cl_program program) {
        long[] size = new long[1];
        int code = Cl.programInfo(program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size));
        if (code != CL.CL_SUCCESS || size[0] <= 0 || size[0] > MOST_BINARY_BYTES) {
            return Optional.empty();
        }
        byte[] binary = new byte[(int) size[0]];
        code = Cl.programInfo(program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, Pointer.to(Pointer.to(binary)));
        return code == CL.CL_SUCCESS ? Optional.of(binary) : Optional.empty();
    }

    @Override
    public void close() {
        programs.clear();
        owned.close();
    }
}
