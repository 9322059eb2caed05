package io.github.attention4j.internal.java;

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
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.MergeCall;
import io.github.attention4j.internal.RotateCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.java.memory.HostKvStore;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Owner;
import io.github.attention4j.internal.java.steps.BlockSearch;
import io.github.attention4j.internal.java.threads.Queue;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** This JVM as a device: {@code "java"} computes in tiles on all threads, {@code "reference"} in double precision. */
public final class JavaBackend implements Backend, Owner {
    private final Device device;
    private final KernelFamily family;
    private final Threads threads;
    private final RowKernels rowKernels;
    private final Set<JavaStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private JavaBackend(Device device, KernelFamily family) {
        this.device = device;
        this.family = family;
        threads = new Threads(device.computeUnits());
        rowKernels = new RowKernels(this, threads);
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
                HostTensor.MAX_ELEMENTS * Float.BYTES,
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
            return JavaPlan.reference(this, spec, threads);
        }
        if (family == KernelFamily.JAVA && !reference) {
            return JavaPlan.tiled(this, spec.withFunctionsAsOptions(), threads);
        }
        throw wrongFamily();
    }

    @Override
    public LayerPlan plan(LayerSpec spec) {
        requireOpen();
        if (family == KernelFamily.REFERENCE) {
            return JavaLayerPlan.reference(this, spec, threads);
        }
        if (family == KernelFamily.JAVA && !device.id().equals("reference")) {
            return JavaLayerPlan.tiled(this, spec, threads);
        }
        throw wrongFamily();
    }

    private UnsupportedByDeviceException wrongFamily() {
        boolean reference = device.id().equals("reference");
        String wayOut = family == KernelFamily.JAVA
                ? "AttentionEngine.open(\"java\", ...)"
                : "an OpenCL device such as AttentionEngine.open(\"cpu:0\", ...)";
        return new UnsupportedByDeviceException(
                "kernel family " + family + " cannot run on \"" + device.id() + "\", which runs "
                        + (reference ? "REFERENCE" : "JAVA and REFERENCE") + " only; open " + wayOut
                        + ", or leave the family to the planner",
                device.describe() + "\nkernel family " + family + " was asked for by EngineOptions");
    }

    @Override
    public void attend(AttentionPlan plan, AttentionArrays arrays) {
        requireOpen();
        ((JavaPlan) plan).attend(List.of(arrays));
    }

    @Override
    public void attend(AttentionPlan plan, List<AttentionArrays> calls) {
        requireOpen();
        ((JavaPlan) plan).attend(calls);
    }

    @Override
    public BlockMask blockMask(AttentionSpec spec, AttentionArrays arrays) {
        requireOpen();
        return BlockSearch.of(spec, Operands.of(spec, arrays), threads);
    }

    @Override
    public BlockMaskPlan planBlockMask(AttentionSpec spec) {
        requireOpen();
        return new JavaBlockMaskPlan(this, spec, threads);
    }

    @Override
    public void merge(Stream stream, MergeCall call) {
        requireOpen();
        JavaStream queue = JavaStream.of(stream, this);
        queue.submit(rowKernels.merge(call));
    }

    @Override
    public void rotate(Stream stream, RotateCall call) {
        requireOpen();
        JavaStream queue = JavaStream.of(stream, this);
        queue.submit(rowKernels.rotate(call));
    }

    @Override
    public KvStore newKvStore(KvCacheSpec spec, float[] cosines, float[] sines) {
        requireOpen();
        return new HostKvStore(spec, cosines, sines, this, threads);
    }

    @Override
    public synchronized Stream newStream() {
        requireOpen();
        JavaStream stream = new JavaStream(this);
        streams.add(stream);
        return stream;
    }

    @Override
    public Queue queue(Stream stream) {
        return JavaStream.of(stream, this);
    }

    @Override
    public String describe() {
        return device.describe();
    }

    void forget(JavaStream stream) {
        streams.remove(stream);
    }

    @Override
    public DeviceTensor allocate(DType dtype, int batch, int heads, int rows, int columns) {
        requireOpen();
        return HostTensor.allocate(this, dtype, batch, heads, rows, columns);
    }

    @Override
    public DeviceTensor wrap(ByteBuffer buffer, DType dtype, int batch, int heads, int rows, int columns) {
        requireOpen();
        return new HostTensor(this, dtype, buffer, batch, heads, rows, columns);
    }

    @Override
    public void requireOpen() {
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
        threads.close();
    }
}
