package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The programs in which every call of the driver is made to fail. Together they make every call that the library makes.
 */
final class FaultScripts {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(2).sequenceLength(5).headDim(4).build();
    private static final AttentionSpec WITH_SCORES = AttentionSpec.builder()
            .heads(2)
            .sequenceLength(5)
            .headDim(4)
            .returnScores(ScoreStage.WEIGHTS)
            .build();
    private static final LinearSpec LINEAR =
            LinearSpec.builder().rows(10).inFeatures(4).outFeatures(4).build();
    private static final Rotary ROTARY = new Rotary(4, false, 8);
    private static final KvCacheSpec CACHE = KvCacheSpec.builder()
            .sequences(2)
            .maxLength(8)
            .kvHeads(2)
            .headDim(4)
            .rotary(ROTARY, ROTARY.cosines(10_000), ROTARY.sines(10_000))
            .build();

    /** Which calls find devices. A driver that fails there is left out, with the reason. */
    private static final Set<String> SEARCHING =
            Set.of("clGetPlatformIDs", "clGetPlatformInfo", "clGetDeviceIDs", "clGetDeviceInfo");
    /** What the library does without: compiled programs of earlier runs, and giving out those of this one. */
    private static final Set<String> CACHING =
            Set.of("clGetProgramInfo", "clCreateProgramWithBinary", "clBuildProgram", "clReleaseProgram");

    /** Without shared memory there is that of the device. */
    private static final Set<String> SHARING = Set.of("clSVMAlloc");

    /** What builds a program, and asks why it could not be built; JOCL asks more when its exceptions are on. */
    private static final Set<String> TELLING_WHY =
            Set.of("clBuildProgram", "clGetProgramInfo", "clGetProgramBuildInfo");

    private final String device;
    private final Path folder;

    FaultScripts(String device, Path folder) {
        this.device = device;
        this.folder = folder;
    }

    /** What runs. */
    interface Body {
        void run(AttentionEngine engine) throws Exception;
    }

    /**
     * On what a program runs: an engine that it opens itself, or one that others opened, whose calls then all went
     * well.
     */
    enum On {
        ITS_OWN,
        /** With nothing compiled yet. */
        A_NEW_ONE,
        /**
         * One for all, so that only the program's calls count; keys are shared out, so that a step of decoding has two
         * kernels.
         */
        ONE_FOR_ALL
    }

    /**
     * A program.
     *
     * @param mayGoWell calls whose failure it need not tell
     */
    record Script(String name, On on, Set<String> mayGoWell, Body body) {}

    List<Script> all() {
        return List.of(
                new Script("list", On.ITS_OWN, SEARCHING, e -> list()),
                new Script("open", On.ITS_OWN, Set.of(), e -> open()),
                new Script("best", On.ITS_OWN, union(SEARCHING, Set.of("clCreateContext")), e -> best()),
                new Script("compile", On.ITS_OWN, Set.of("clGetProgramInfo"), e -> compile()),
                new Script("compiled before", On.ITS_OWN, CACHING, e -> compiledBefore()),
                new Script("broken", On.ITS_OWN, TELLING_WHY, e -> broken()),
                new Script("context of the caller's", On.ITS_OWN, union(SEARCHING, SHARING), e -> callersContext()),
                new Script("attend", On.A_NEW_ONE, SHARING, this::attend),
                new Script("new cache", On.A_NEW_ONE, Set.of(), engine -> engine.newKvCache(CACHE)
                        .close()),
                new Script("tensors", On.ONE_FOR_ALL, Set.of(), this::tensors),
                new Script("events", On.ONE_FOR_ALL, Set.of(), this::events),
                new Script("cache", On.ONE_FOR_ALL, Set.of(), this::cache),
                new Script("rows", On.ONE_FOR_ALL, Set.of(), this::rows),
                new Script("gradients", On.ONE_FOR_ALL, Set.of(), this::gradients),
                new Script("program of the caller's", On.ONE_FOR_ALL, Set.of(), engine -> CallersFaults.run()),
                new Script("layers", On.ONE_FOR_ALL, Set.of(), this::layers));
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }

    /** Without programs on disk. */
    static EngineOptions options() {
        return EngineOptions.defaults().withCacheDirectory(null).withSelfCheck(false);
    }

    AttentionEngine newEngine() {
        return AttentionEngine.open(device, options());
    }

    AttentionEngine sharedEngine() {
        return AttentionEngine.open(device, options().withSplitSize(4));
    }

    /** Without its one device, the list says why. */
    private void list() {
        Device best = AttentionEngine.devices().get(0);
        if (best.type() == Device.Type.JAVA && !best.describe().contains("pure Java because ")) {
            throw new AssertionError(best.describe());
        }
    }

    private void open() {
        try (AttentionEngine engine = AttentionEngine.open(device, options())) {
            engine.plan(SPEC).explain();
        }
    }

    private void best() {
        try (AttentionEngine engine = AttentionEngine.open()) {
            engine.newStream().close();
        }
    }

    private void compile() throws IOException {
        Path cold = folder.resolve("cold");
        delete(cold);
        plan(cold);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (java.util.stream.Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void compiledBefore() {
        plan(folder.resolve("warm"));
    }

    /** On the device found before, with programs kept in a folder. */
    private static void plan(Path programs) {
        try (Backend backend =
                OpenClBackend.open(FOUND, EngineOptions.defaults().withCacheDirectory(programs))) {
            backend.plan(SPEC);
        }
    }

    private void broken() {
        try (ClContext context = ClContext.make(FOUND);
                ProgramCache programs = new ProgramCache(context, Optional.empty())) {
            programs.load("attn_broken", "kernel void attn_broken( {}", "-cl-std=CL1.2");
            throw new AssertionError("it was built");
        } catch (KernelBuildException e) {
            if (e.getSuppressed().length > 0) {
                throw (RuntimeException) e.getSuppressed()[0];
            }
        }
    }

    /** The device, found before anything fails. */
    private static final OpenCl.Found FOUND = DeviceSearch.run().found().get(0);

    private static final ClContext OWN = ClContext.make(FOUND);
    private static final ClStream OWN_STREAM = ClStream.make(OWN);

    private void callersContext() {
        try (AttentionEngine engine = AttentionEngine.open(OWN.acquire(), OWN_STREAM.acquire(), options())) {
            engine.attend(SPEC, new float[40], new float[40], new float[40]);
            engine.newStream().close();
        } finally {
            OWN_STREAM.release();
            OWN.release();
        }
    }

    private void attend(AttentionEngine engine) {
        engine.attend(SPEC, new float[40], new float[40], new float[40]);
    }

    private static DeviceTensor tensor(AttentionEngine engine, int rows, int columns) {
        return engine.allocate(DType.F32, 1, 2, rows, columns);
    }

    private void tensors(AttentionEngine engine) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(160).order(ByteOrder.nativeOrder());
        try (Stream stream = engine.newStream();
                DeviceTensor tensor = tensor(engine, 5, 4);
                DeviceTensor wrapped = engine.wrap(bytes, DType.F32, 1, 2, 5, 4)) {
            tensor.upload(stream, new float[40]);
            wrapped.download(stream, new float[40]);
            try (DeviceTensor.Mapping mapping = tensor.map(stream)) {
                mapping.bytes().putFloat(0, 1);
            }
            stream.flush();
            stream.finish();
        }
    }

    private void events(AttentionEngine engine) throws Exception {
        try (Stream stream = engine.newStream();
                DeviceTensor query = tensor(engine, 5, 4);
                DeviceTensor key = tensor(engine, 5, 4);
                DeviceTensor value = tensor(engine, 5, 4);
                DeviceTensor out = tensor(engine, 5, 4);
                DeviceTensor scores = tensor(engine, 5, 5)) {
            AttentionTensors given = AttentionTensors.of(query, key, value, out).with(Operand.SCORES, scores);
            try (Event event = engine.plan(WITH_SCORES).enqueueWithEvent(stream, given)) {
                get(event);
                event.isDone();
                event.await();
                event.deviceNanos();
            }
            engine.plan(SPEC).enqueue(stream, query, key, value, out);
        }
    }

    private static void get(Event event) throws Exception {
        try {
            event.toFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private void cache(AttentionEngine engine) throws Exception {
        try (Stream stream = engine.newStream();
                DeviceTensor token = tensor(engine, 1, 4);
                DeviceTensor query = engine.allocate(DType.F32, 2, 2, 1, 4);
                DeviceTensor out = engine.allocate(DType.F32, 2, 2, 1, 4);
                KvCache cache = engine.newKvCache(CACHE)) {
            int sequence = cache.newSequence();
            cache.append(stream, sequence, token, token);
            int copy = cache.fork(stream, sequence);
            cache.append(stream, copy, token, token);
            AttentionSpec decode = cache.applyTo(
                            AttentionSpec.builder().heads(2).queryLength(1))
                    .build();
            AttentionTensors given = cache.addTo(new AttentionTensors());
            given.with(Operand.QUERY, query).with(Operand.OUT, out);
            try (Event event = engine.plan(decode).enqueueWithEvent(stream, given)) {
                get(event);
            }
            cache.trim(stream, copy, 1);
            cache.free(stream, sequence);
            out.download(stream, new float[16]);
        }
    }

    private void rows(AttentionEngine engine) {
        try (Stream stream = engine.newStream();
                DeviceTensor one = tensor(engine, 5, 4);
                DeviceTensor other = tensor(engine, 5, 4);
                DeviceTensor lse = tensor(engine, 5, 1);
                DeviceTensor table = engine.allocate(DType.F32, 1, 1, 8, 2)) {
            engine.merge(stream, one, lse, other, lse, one, lse);
            engine.rotate(stream, ROTARY, one, table, table, null, other);
        }
    }

    private void gradients(AttentionEngine engine) {
        try (Stream stream = engine.newStream();
                DeviceTensor input = tensor(engine, 5, 4);
                DeviceTensor lse = tensor(engine, 5, 1);
                DeviceTensor gradQuery = tensor(engine, 5, 4);
                DeviceTensor gradKey = tensor(engine, 5, 4);
                DeviceTensor gradValue = tensor(engine, 5, 4)) {
            AttentionTensors given = AttentionTensors.of(input, input, input, input)
                    .with(Operand.LSE, lse)
                    .with(Operand.GRAD_OUT, input)
                    .with(Operand.GRAD_QUERY, gradQuery)
                    .with(Operand.GRAD_KEY, gradKey)
                    .with(Operand.GRAD_VALUE, gradValue);
            engine.plan(SPEC.backward()).enqueue(stream, given);
        }
    }

    private void layers(AttentionEngine engine) throws Exception {
        try (Stream stream = engine.newStream();
                DeviceTensor input = tensor(engine, 5, 4);
                DeviceTensor weight = engine.allocate(DType.F32, 1, 1, 4, 4);
                DeviceTensor out = tensor(engine, 5, 4)) {
            LayerTensors given = new LayerTensors()
                    .with(LayerOperand.INPUT, input)
                    .with(LayerOperand.WEIGHT, weight)
                    .with(LayerOperand.OUT, out);
            try (Event event = engine.plan(LINEAR).enqueueWithEvent(stream, given)) {
                get(event);
            }
            LayerTensors activated =
                    new LayerTensors().with(LayerOperand.INPUT, out).with(LayerOperand.OUT, input);
            engine.plan(ActivationSpec.of(Activation.GELU, 10, 4)).enqueue(stream, activated);
        }
    }
}
