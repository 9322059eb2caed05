package io.github.attention4j.internal.cpu;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.MergeCall;
import io.github.attention4j.internal.RotateCall;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.cache.KvStore;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** This JVM as a device: {@code "java"} computes in tiles on all threads, {@code "reference"} in double precision. */
public final class JavaBackend implements Backend {
    /** The longest float array that every JVM can make. */
    private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private final Device device;
    private final KernelFamily family;
    private final Team team;
    private final Set<JavaStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private JavaBackend(Device device, KernelFamily family) {
        this.device = device;
        this.family = family;
        team = new Team(device.computeUnits());
    }

    /** The device called {@code "java"} or {@code "reference"}, with all processors. */
    public static Device device(String id) {
        return device(id, 0);
    }

    private static Device device(String id, int threads) {
        boolean reference = id.equals("reference");
        MicroKernels kernels = MicroKernels.best();
        return new Device(
                id,
                Device.Type.JAVA,
                "Java " + Runtime.version().feature() + " (" + (reference ? "double precision" : kernels.name()) + ")",
                System.getProperty("java.vendor"),
                System.getProperty("java.vm.name"),
                Runtime.version().toString(),
                threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
                reference ? 1 : kernels.vectorWidth(),
                1,
                0,
                Runtime.getRuntime().maxMemory(),
                MAX_ELEMENTS * Float.BYTES,
                true,
                "",
                Set.of());
    }

    /** Opens {@code "java"} or {@code "reference"}. */
    public static Backend open(String id, EngineOptions options) {
        return open(id, options, "");
    }

    /** Likewise, with a note of its device's. */
    public static Backend open(String id, EngineOptions options, String note) {
        KernelFamily own = id.equals("reference") ? KernelFamily.REFERENCE : KernelFamily.JAVA;
        return new JavaBackend(
                device(id, options.threads()).withNote(note), options.family().orElse(own));
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public AttentionPlan plan(AttentionSpec spec) {
        requireOpen();
        boolean reference = device.id().equals("reference");
        if (family == KernelFamily.REFERENCE) {
            return JavaPlan.reference(this, spec, team);
        }
        if (family == KernelFamily.JAVA && !reference) {
            return JavaPlan.tiled(this, spec, team);
        }
        String wayOut = family == KernelFamily.JAVA
                ? "AttentionEngine.open(\"java\", ...)"
                : "an OpenCL device such as AttentionEngine.open(\"cpu:0\", ...)";
        throw new UnsupportedByDeviceException(
                "kernel family " + family + " cannot run on \"" + device.id() + "\", which runs "
                        + (reference ? "REFERENCE" : "JAVA and REFERENCE") + " only; open " + wayOut
                        + ", or leave the family to the planner",
                device.describe() + "\nkernel family " + family + " was asked for by EngineOptions");
    }

    @Override
    public void attend(AttentionPlan plan, AttentionArrays arrays) {
        requireOpen();
        ((JavaPlan) plan).attend(arrays);
    }

    @Override
    public void merge(Stream stream, MergeCall call) {
        requireOpen();
        JavaStream queue = JavaStream.of(stream, this);
        queue.submit(TensorSteps.merge(
                HostTensor.of("first out", call.firstOut(), this),
                HostTensor.of("first lse", call.firstLse(), this),
                HostTensor.of("second out", call.secondOut(), this),
                HostTensor.of("second lse", call.secondLse(), this),
                HostTensor.of("out", call.out(), this),
                HostTensor.of("lse", call.lse(), this),
                team));
    }

    @Override
    public void rotate(Stream stream, RotateCall call) {
        requireOpen();
        JavaStream queue = JavaStream.of(stream, this);
        queue.submit(TensorSteps.rotate(
                call.rotary(),
                HostTensor.of("source", call.source(), this),
                HostTensor.of("cos", call.cos(), this),
                HostTensor.of("sin", call.sin(), this),
                call.positions() == null ? null : HostTensor.of("positions", call.positions(), this),
                HostTensor.of("target", call.target(), this),
                team));
    }

    @Override
    public KvStore newKvStore(KvCacheSpec spec, float[] cosines, float[] sines) {
        requireOpen();
        return new HostKvStore(spec, cosines, sines, this, team);
    }

    @Override
    public synchronized Stream newStream() {
        requireOpen();
        JavaStream stream = new JavaStream(this);
        streams.add(stream);
        return stream;
    }

    void forget(JavaStream stream) {
        streams.remove(stream);
    }

    @Override
    public DeviceTensor allocate(DType dtype, int batch, int heads, int rows, int columns) {
        requireOpen();
        long elements = (long) batch * heads * rows * columns;
        String shape = Shapes.shape(batch, heads, rows, columns);
        if (elements > MAX_ELEMENTS) {
            throw new UnsupportedByDeviceException(
                    "a tensor " + shape + " of " + elements
                            + " elements does not fit a Java array, which holds at most " + MAX_ELEMENTS
                            + "; split the batch into several tensors and calls",
                    device.describe());
        }
        try {
            Object array = HostMemory.allocate(dtype, (int) elements);
            return new HostTensor(this, dtype, array, batch, heads, rows, columns);
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "out of memory for a tensor " + shape + ": asked for " + elements * dtype.bytes()
                            + " bytes, the JVM's heap has at most "
                            + Runtime.getRuntime().maxMemory() + "; start the JVM with a larger -Xmx",
                    e);
        }
    }

    @Override
    public DeviceTensor wrap(ByteBuffer buffer, DType dtype, int batch, int heads, int rows, int columns) {
        requireOpen();
        return new HostTensor(this, dtype, buffer, batch, heads, rows, columns);
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("engine is closed");
        }
    }

    @Override
    public void close() {
        synchronized (this) { // no stream is made after the flag is seen
            closed = true;
        }
        streams.forEach(JavaStream::close);
        team.close();
    }
}
