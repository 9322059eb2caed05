package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first device as if its driver were another one: wrong kernels are planted in it, found, explained and not used.
 */
@Tag("opencl")
class SelfCheckTest {
    private static final String POCL = "Portable Computing Language OpenCL 3.0 PoCL ";
    private static final EngineOptions NO_FOLDER = EngineOptions.defaults().withCacheDirectory(null);
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(2)
            .sequenceLength(40)
            .headDim(8)
            .causal()
            .returnLse()
            .build();

    @TempDir
    Path folder;

    private final AtomicInteger references = new AtomicInteger();
    private final JavaSide java = id -> {
        references.addAndGet(id.equals("reference") ? 1 : 0);
        return Backends.javaSide(EngineOptions.defaults()).open(id);
    };

    /** The first device with a driver that nobody has tested, or of a version that is known for something. */
    private static OpenCl.Found as(String platform) {
        OpenCl.Found found = DeviceSearch.run().found().get(0);
        Device d = found.device();
        Device other = new Device(
                d.id(),
                d.type(),
                d.name(),
                d.vendor(),
                platform,
                "",
                d.computeUnits(),
                d.vectorWidth(),
                d.maxWorkGroupSize(),
                d.localMemory(),
                d.globalMemory(),
                d.maxAllocation(),
                d.sharesHostMemory(),
                d.extensions(),
                Set.of());
        return new OpenCl.Found(other, found.platform(), found.handle());
    }

    static OpenCl.Found unknown() {
        return as("Some Driver OpenCL 3.0");
    }

    /** Computes on arrays and checks. */
    private static void attend(Backend backend, AttentionPlan plan) {
        Problem problem = Problem.of(plan.spec());
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        AttentionArrays all = problem.inputs();
        for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
            all.with(operand, (float[]) outputs.get(operand));
        }
        backend.attend(plan, all);
        Budget.check("self-check", plan.spec(), inputs, outputs);
    }

    /** A kernel whose scores are a little small. */
    private static String wrong(String source) {
        String planted = source.replace("p->scale", "0.99f * p->scale");
        assertFalse(planted.equals(source), "there is nothing to plant in");
        return planted;
    }

    /** Puts the program that a spec takes, but wrong, where the next engine will find it. */
    private void plant(OpenCl.Found found, AttentionSpec spec, EngineOptions options) {
        Choice choice = new Planner(found.device(), NO_FOLDER).choose(spec, (ignored, tiles) -> Optional.empty());
        plant(found, choice.options(), SelfCheckTest::wrong, options);
    }

    /** Puts a program with these options, but of another source, where the next engine will find it. */
    static void plant(OpenCl.Found found, KernelOptions compiled, UnaryOperator<String> wrong, EngineOptions options) {
        try (ClContext context = ClContext.make(found);
                ProgramCache cache = new ProgramCache(context, options.cacheDirectory()) {
                    @Override
                    String source(String kernel) {
                        return wrong.apply(super.source(kernel));
                    }
                }) {
            cache.get(compiled);
            Device d = found.device();
            BinaryCache binaries = new BinaryCache(options.cacheDirectory());
            String source = KernelSource.of(compiled.kernel());
            String before = String.join("\n", d.name(), d.vendor(), d.platform(), d.driver(), compiled.text(), "");
            before += compiled.functions();
            binaries.store(
                    before + source, binaries.load(before + wrong.apply(source)).orElseThrow());
        }
    }

    @Test
    void anUntestedDriverThatIsRightIsCheckedOnceAndThatIsRemembered() throws Exception {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        for (int i = 0; i < 2; i++) {
            try (Backend backend = OpenClBackend.open(unknown(), options, java)) {
                AttentionPlan plan = backend.plan(SPEC);
                assertTrue(plan instanceof ClPlan, plan.explain());
                attend(backend, plan);
                int programs = ((OpenClBackend) backend).programCount();
                backend.plan(SPEC.toBuilder().queryLength(39).build());
                assertEquals(1, programs, "the program of the call is checked itself");
                assertEquals(1, ((OpenClBackend) backend).programCount());
                assertEquals(1, references.get(), "checked by the first engine, once");
            }
        }
        assertEquals(2, Files.list(folder).count(), "a program, and that it is right");
    }

    @Test
    void everyWayIsRightHere() {
        try (Backend backend = OpenClBackend.open(unknown(), NO_FOLDER, java)) {
            List<AttentionSpec> specs = new ArrayList<>();
            for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
                specs.add(SPEC.toBuilder().types(type).build());
            }
            AttentionSpec token =
                    SPEC.toBuilder().queryLength(1).keyLength(5000).build();
            specs.add(token);
            for (DType type : new DType[] {DType.I8, DType.I4}) {
                specs.add(token.toBuilder()
                        .headDim(64)
                        .type(Operand.KEY, type)
                        .type(Operand.VALUE, type)
                        .build());
            }
            specs.add(token.toBuilder()
                    .types(DType.F16)
                    .paged(16, 400)
                    .keyLengths()
                    .build());
            for (AttentionSpec spec : specs) {
                assertTrue(
                        backend.plan(spec) instanceof ClPlan, backend.plan(spec).explain());
                assertFalse(
                        backend.plan(spec).explain().contains("self-check of"),
                        backend.plan(spec).explain());
            }
            assertEquals(7, references.get(), "kernels and types of keys");
        }
    }

    @Test
    void aDriverThatWasTestedIsNotChecked() {
        OpenCl.Found found = DeviceSearch.run().found().get(0);
        boolean tested = Quirks.of(
                        found.device().platform(),
                        found.device().name(),
                        found.device().driver())
                .tested()
                .contains(KernelFamily.LANES);
        try (Backend backend = OpenClBackend.open(found, NO_FOLDER, java);
                Backend off = OpenClBackend.open(unknown(), NO_FOLDER.withSelfCheck(false), java)) {
            backend.plan(SPEC);
            int checks = references.get();
            assertTrue(!tested || checks == 0);
            off.plan(SPEC);
            assertEquals(checks, references.get(), "switched off");
        }
    }

    @Test
    void aWrongProgramIsFoundAndJavaComputesInstead() throws Exception {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        plant(unknown(), SPEC, options);
        try (Backend backend = OpenClBackend.open(unknown(), options, java)) {
            AttentionPlan plan = backend.plan(SPEC);
            assertEquals(KernelFamily.JAVA, plan.family());
            String explained = plan.explain();
            assertTrue(explained.contains("the self-check of "), explained);
            assertTrue(explained.contains(") failed, so it is not used on this engine: out of 2 heads"), explained);
            assertTrue(explained.contains("but should be "), explained);
            attend(backend, plan);
            attendOnTensors(backend, plan);
        }
    }

    @Test
    void gradientsAreCheckedToo() {
        AttentionSpec gradients = SPEC.toBuilder()
                .softcap(9)
                .alibi()
                .sink()
                .dropout(0.2f)
                .build()
                .backward(Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.ALIBI_SLOPES, Operand.SINK);
        try (Backend backend = OpenClBackend.open(unknown(), NO_FOLDER, java)) {
            AttentionPlan plan = backend.plan(gradients);
            assertTrue(plan instanceof ClPlan, plan.explain());
            assertEquals(1, references.get());
        }
        plant(unknown(), SPEC.backward(), EngineOptions.defaults().withCacheDirectory(folder));
        try (Backend backend =
                OpenClBackend.open(unknown(), EngineOptions.defaults().withCacheDirectory(folder), java)) {
            AttentionPlan plan = backend.plan(SPEC.backward());
            assertEquals(KernelFamily.JAVA, plan.family());
            assertTrue(plan.explain().contains("failed, so it is not used on this engine: grad_"), plan.explain());
        }
    }

    /** As a caller with tensors on the device has it; one tensor is key and value at once. */
    private static void attendOnTensors(Backend backend, AttentionPlan plan) {
        AttentionSpec spec = plan.spec();
        Problem problem = Problem.of(spec);
        AttentionTensors tensors = new AttentionTensors();
        float[] out = new float[(int) spec.outElements()];
        float[] lse = new float[(int) spec.lseElements()];
        try (Stream stream = backend.newStream()) {
            for (Operand operand : Operand.values()) {
                if (spec.has(operand) && operand != Operand.VALUE) {
                    TensorSpec t = spec.operand(operand);
                    tensors.with(operand, backend.allocate(t.dtype(), t.batch(), t.heads(), t.rows(), t.rowUnits()));
                }
            }
            tensors.with(Operand.VALUE, tensors.get(Operand.KEY));
            tensors.get(Operand.QUERY).upload(stream, problem.query());
            tensors.get(Operand.KEY).upload(stream, problem.key());
            plan.enqueue(stream, tensors);
            try (Event event = plan.enqueueWithEvent(stream, tensors)) {
                event.await();
                assertTrue(event.isDone() && event.deviceNanos() > 0);
            }
            tensors.get(Operand.OUT).download(stream, out);
            tensors.get(Operand.LSE).download(stream, lse);
        }
        AttentionArrays inputs = AttentionArrays.of(problem.query(), problem.key(), problem.key(), out);
        AttentionArrays outputs = new AttentionArrays().with(Operand.OUT, out).with(Operand.LSE, lse);
        Budget.check("on tensors", spec, inputs, outputs);
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.OUT, Operand.LSE}) {
            DeviceTensor tensor = tensors.get(operand);
            tensor.close();
        }
    }

    @Test
    void aFamilyThatWasAskedForIsRefusedWithTheReason() {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        plant(unknown(), SPEC, options);
        KernelFamily family = new Planner(unknown().device(), NO_FOLDER)
                .choose(SPEC, (ignored, tiles) -> Optional.empty())
                .tiles()
                .family();
        try (Backend backend = OpenClBackend.open(unknown(), options.withFamily(family), java)) {
            UnsupportedByDeviceException refusal =
                    assertThrows(UnsupportedByDeviceException.class, () -> backend.plan(SPEC));
            assertTrue(refusal.getMessage().contains("the self-check of " + family), refusal.getMessage());
            assertTrue(refusal.explain().contains("so it is not used on this engine"), refusal.explain());
        }
    }

    /** There wrong code can end the process, so nothing is tried. */
    @Test
    void kernelsOfGroupsAreNotBuiltWhereTheirCompilerIsNotTrusted() {
        for (String version : List.of("4.0", "6.0", "8.0")) {
            Device device = as(POCL + version).device();
            for (AttentionSpec spec : List.of(SPEC, SPEC.backward(Operand.QUERY))) {
                UnsupportedByDeviceException refusal =
                        assertThrows(UnsupportedByDeviceException.class, () -> new Planner(
                                        device, NO_FOLDER.withFamily(KernelFamily.TILES))
                                .choose(spec, (options, tiles) -> fail("built " + options)));
                assertTrue(refusal.getMessage().contains("the compiler of PoCL " + version), refusal.getMessage());
            }
            assertEquals(
                    1,
                    new Planner(device, NO_FOLDER)
                            .choose(SPEC, (options, tiles) -> Optional.empty())
                            .tiles()
                            .workItems());
        }
    }

    @Test
    void severalThreadsGetOneAnswer() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Backend backend = OpenClBackend.open(unknown(), NO_FOLDER, java)) {
            Callable<KernelFamily> task = () -> backend.plan(SPEC).family();
            List<Future<KernelFamily>> all = threads.invokeAll(List.of(task, task, task, task));
            for (Future<KernelFamily> one : all) {
                assertEquals(all.get(0).get(), one.get());
            }
            assertEquals(1, references.get());
        } finally {
            threads.shutdownNow();
        }
    }
}
