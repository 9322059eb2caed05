package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.BlockMaskPlan;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.OpenClInterop;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.MergeCall;
import io.github.attention4j.internal.RotateCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.device.UnitRates;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.layers.LayerChoice;
import io.github.attention4j.internal.plan.layers.LayerPlanner;
import io.github.attention4j.internal.split.Part;
import io.github.attention4j.internal.split.Stack;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One OpenCL device: joins what decides (the planner) and what runs (plans, streams, tensors). */
public final class OpenClBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(OpenClBackend.class);

    /**
     * What is copied is still in the cache when it is read. Of 32 calls of 12 heads of 64 queries and keys, stacks of
     * half of this took 6% longer on PoCL, of twice this 18%; of 16 queries and keys from a quarter on all took about
     * as long (Zen 5).
     */
    private static final long STACK_BYTES_ON_CPU = 8 << 20;

    /** Elsewhere: a launch and a wait are little beside the copies of so much. Not measured. */
    private static final long STACK_BYTES = 64 << 20;

    private final ClContext context;
    private final Planner planner;
    private final LayerPlanner layerPlanner;
    private final ProgramCache programs;
    private final HostCalls hostCalls;
    private final RowKernels rowKernels;
    private final BlockMasks blockMasks;
    private final SelfCheck selfCheck;
    private final EngineOptions options;
    /** Null where no engine in Java can take over. */
    private final JavaSide javaSide;
    /** Null until something is computed there. */
    private Backend java;

    private boolean hasWarnedOfJava;
    private boolean closed;

    private final long maxAllocation;

    private OpenClBackend(
            ClContext context, Optional<ClStream> callersQueue, EngineOptions options, JavaSide javaSide) {
        LoopLimit.warnOf(context.device);
        this.context = context;
        this.programs = new ProgramCache(context, options.cacheDirectory());
        UnitRates rates =
                new UnitRates(new UnitProbe(context, programs)::rate, new AmxRequest(context, programs)::obstacle);
        this.planner = new Planner(context.device, options, rates);
        this.layerPlanner = new LayerPlanner(context.device, options, rates);
        this.hostCalls = new HostCalls(context, callersQueue);
        this.options = options;
        this.javaSide = javaSide;
        this.selfCheck = new SelfCheck(context, programs, options.selfCheck() ? javaSide : null);
        this.rowKernels = new RowKernels(context, programs);
        long limit = context.device.maxAllocation();
        this.maxAllocation = options.maxAllocation() == 0 ? limit : Math.min(limit, options.maxAllocation());
        this.blockMasks = new BlockMasks(context, programs, hostCalls, selfCheck, maxAllocation, this::java);
    }

    /** On a device that {@link OpenCl#discover()} found, without checks against Java. */
    static Backend open(OpenCl.Found found, EngineOptions options) {
        return open(found, options, null);
    }

    /** On a device that {@link OpenCl#discover()} found. */
    public static Backend open(OpenCl.Found found, EngineOptions options, JavaSide javaSide) {
        return open(ClContext.make(found), Optional.empty(), options, javaSide);
    }

    /** Over the caller's context and in-order queue. */
    public static Backend over(cl_context context, cl_command_queue queue, EngineOptions options, JavaSide javaSide) {
        CallersQueue given = CallersQueue.of(queue, context, "the context given");
        cl_device_id device = given.device();
        if (!given.isInOrder()) {
            throw new IllegalArgumentException(
                    "queue must be in-order, but has CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE; make one without it,"
                            + " and give this one to interop().stream(queue)");
        }
        Device known = OpenCl.discover().found().stream()
                .filter(found -> found.handle().equals(device))
                .findFirst()
                .map(OpenCl.Found::device)
                .orElseGet(() -> OpenCl.describe("opencl", Query.platformOf(device), device));
        return open(ClContext.share(known, device, context), Optional.of(queue), options, javaSide);
    }

    private static Backend open(
            ClContext context, Optional<cl_command_queue> callersQueue, EngineOptions options, JavaSide javaSide) {
        try {
            return new OpenClBackend(
                    context,
                    callersQueue.isPresent()
                            ? Optional.of(ClStream.share(context, callersQueue.get()))
                            : Optional.empty(),
                    options,
                    javaSide);
        } catch (RuntimeException | Error e) {
            Failures.closeAfter(e, context); // a tuning file that cannot be read, say
            throw e;
        }
    }

    @Override
    public Device device() {
        return context.device;
    }

    @Override
    public AttentionPlan plan(AttentionSpec asked) {
        AttentionSpec spec = asked.withFunctionsAsOptions();
        Trial trial = new Trial();
        while (true) {
            Choice choice;
            try {
                choice = planner.choose(spec, trial);
            } catch (UnsupportedByDeviceException e) {
                if (javaSide == null || options.family().isPresent() || !trial.hasRefused) {
                    throw e;
                }
                warnOfJava();
                return new HostPlan(spec, java(), context, e.explain());
            }
            if (selfCheck.passes(spec, choice)) {
                return new ClPlan(choice, context, programs);
            } // else the planner is told why when it asks again
        }
    }

    @Override
    public LayerPlan plan(LayerSpec spec) {
        while (true) {
            LayerChoice choice = layerPlanner.choose(spec, this::layerObstacle);
            if (selfCheck.passes(choice)) {
                return new ClLayerPlan(choice, context, programs);
            } // else the planner is told why when it asks again
        }
    }

    private Optional<String> layerObstacle(KernelOptions kernel, KernelFamily family, int items, int subGroup) {
        Optional<String> refusal = selfCheck.refusal(kernel, family);
        if (refusal.isPresent()) {
            return refusal;
        }
        ClProgram program = programs.get(kernel);
        if (subGroup != 0 && program.lanes(context) != subGroup) {
            return Optional.of("needs sub-groups of " + subGroup + " work-items, the compiled kernel's have "
                    + program.lanes(context));
        }
        if (items > program.maxItems(context)) {
            return Optional.of("needs " + items + " work-items in a group, the compiled kernel allows "
                    + program.maxItems(context));
        }
        long localBytes = program.localBytes(context);
        return localBytes > context.device.localMemory()
                ? Optional.of("the compiled kernel uses " + localBytes + " bytes of local memory, device has "
                        + context.device.localMemory())
                : Optional.empty();
    }

    private synchronized Backend java() {
        if (closed) {
            throw new IllegalStateException("engine is closed");
        }
        if (java == null) {
            java = javaSide.open("java");
        }
        return java;
    }

    private synchronized void warnOfJava() {
        if (!hasWarnedOfJava) {
            LOG.warn(
                    "Calls for which no kernel of {} may be used are computed in Java, which is exact but slower; AttentionPlan.explain() says why.",
                    context.device.name());
            hasWarnedOfJava = true;
        }
    }

    /** Builds a candidate and asks the compiled kernel. */
    private final class Trial implements Planner.Trial {
        /** Whether a candidate was refused because it gave wrong answers. */
        private boolean hasRefused;

        @Override
        public Optional<String> obstacle(KernelOptions options, TileConfig tiles) {
            Optional<String> refusal = selfCheck.refusal(options, tiles.family());
            if (refusal.isPresent()) {
                hasRefused = true;
                return refusal;
            }
            ClProgram program = programs.get(options);
            return tiles.obstacleAfterBuild(
                    program.maxItems(context), program.localBytes(context), program.lanes(context), context.device);
        }
    }

    @Override
    public void attend(AttentionPlan plan, AttentionArrays arrays) {
        attend(Part.whole(plan), arrays);
    }

    @Override
    public void attend(Part part, AttentionArrays arrays) {
        if (part.plan() instanceof HostPlan host) {
            host.attend(part, arrays);
        } else {
            hostCalls.run((ClPlan) part.plan(), part, List.of(arrays));
        }
    }

    @Override
    public void attend(AttentionPlan plan, List<AttentionArrays> calls) {
        if (plan instanceof HostPlan host) {
            host.attend(calls);
        } else {
            for (int i = 0; i < calls.size(); i++) {
                attend(plan, calls.get(i));
            }
        }
    }

    @Override
    public void attend(Stack stack, List<AttentionArrays> calls) {
        if (stack.one() instanceof ClPlan && stack.all() instanceof ClPlan all) {
            hostCalls.run(all, Part.whole(stack.one()), calls);
        } else {
            attend(stack.one(), calls);
        }
    }

    @Override
    public long stackBytes(AttentionPlan plan) {
        if (plan instanceof HostPlan) {
            return 0;
        }
        return context.device.type() == Device.Type.CPU ? STACK_BYTES_ON_CPU : STACK_BYTES;
    }

    @Override
    public long largestBuffer(AttentionPlan plan) {
        return plan instanceof HostPlan ? Long.MAX_VALUE : maxAllocation;
    }

    @Override
    public BlockMask blockMask(AttentionSpec spec, AttentionArrays arrays) {
        return blockMasks.make(spec, arrays);
    }

    @Override
    public BlockMaskPlan planBlockMask(AttentionSpec spec) {
        return blockMasks.plan(spec);
    }

    @Override
    public void merge(Stream stream, MergeCall call) {
        rowKernels.merge(stream, call);
    }

    @Override
    public void rotate(Stream stream, RotateCall call) {
        rowKernels.rotate(stream, call);
    }

    @Override
    public KvStore newKvStore(KvCacheSpec spec, float[] cosines, float[] sines) {
        return new ClKvStore(spec, cosines, sines, context, programs);
    }

    @Override
    public Stream newStream() {
        return ClStream.make(context);
    }

    @Override
    public DeviceTensor allocate(DType dtype, int batch, int heads, int rows, int columns) {
        return ClTensor.make(context, null, dtype, batch, heads, rows, columns);
    }

    @Override
    public DeviceTensor wrap(ByteBuffer buffer, DType dtype, int batch, int heads, int rows, int columns) {
        return ClTensor.make(context, buffer.slice(), dtype, batch, heads, rows, columns);
    }

    @Override
    public OpenClInterop interop() {
        return new ClInterop(context);
    }

    /** Programs in memory; for tests of what compiles and what does not. */
    int programCount() {
        return programs.size();
    }

    @Override
    public void close() {
        Failures failures = new Failures();
        synchronized (this) {
            closed = true;
            if (java != null) {
                failures.close(java);
            }
        }
        failures.close(programs);
        failures.close(context);
        failures.throwFirst();
    }
}
