package io.github.attention4j;

import io.github.attention4j.internal.ArrayShapes;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.CallChecks;
import io.github.attention4j.internal.MergeCall;
import io.github.attention4j.internal.RotateCall;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.calls.PlannedCalls;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.engine.Diagnosis;
import io.github.attention4j.internal.opencl.OpenClBackend;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;

/**
 * Computes attention on one device. Any number of engines, streams and threads work side by side.
 *
 * <p>The short way is {@link #attend}: arrays in, array out. The fast way keeps tensors on the device:
 * {@link #allocate}, {@link #newStream}, {@link #plan}, {@link AttentionPlan#enqueue}. Closing an engine frees
 * everything made by it.
 */
public final class AttentionEngine implements AutoCloseable {
    private final Backend backend;
    private final PlannedCalls calls;
    private volatile boolean closed;

    AttentionEngine(Backend backend) {
        this.backend = backend;
        calls = new PlannedCalls(backend);
    }

    /**
     * Opens the best OpenCL device: GPU before accelerator before CPU. Without one, pure Java, with one logged warning
     * that says why and what to do; {@link Device#describe()} of {@link #device()} and {@link AttentionPlan#explain()}
     * say the same, {@link #diagnose()} more.
     */
    public static AttentionEngine open() {
        return open(EngineOptions.defaults());
    }

    /** Opens the best device, as {@link #open()} does, with these options. */
    public static AttentionEngine open(EngineOptions options) {
        Objects.requireNonNull(options, "options");
        return new AttentionEngine(Backends.best(options));
    }

    /**
     * Opens the device with this id: {@code "gpu:0"}, {@code "cpu:0"}, {@code "accelerator:0"}, {@code "java"} or
     * {@code "reference"}; {@link #devices()} tells which there are.
     *
     * @throws IllegalArgumentException if there is no such device
     */
    public static AttentionEngine open(String device) {
        return open(device, EngineOptions.defaults());
    }

    /**
     * Opens one engine over several devices, by their ids: OpenCL devices of any kind, and {@code "java"}. Batch
     * entries or heads of each call are shared out by what each device was measured to do, before the first call and
     * with every one since; {@link AttentionPlan#explain} says who computes what. Tensors of such an engine lie in this
     * JVM, and what a device needs is copied to it for each call. {@code open("cpu:0+java")} is the same in one word.
     *
     * <p>A call that cannot be cut, for it has one batch entry and one key/value head, or an output is a sum over them,
     * goes to the fastest. Caches and layers belong to one device and are refused.
     *
     * @throws IllegalArgumentException if there is no such device, or one is named twice
     */
    public static AttentionEngine open(List<String> devices) {
        return open(devices, EngineOptions.defaults());
    }

    /** Like {@link #open(List)}, with options, which are those of each device. */
    public static AttentionEngine open(List<String> devices, EngineOptions options) {
        Objects.requireNonNull(devices, "devices");
        Objects.requireNonNull(options, "options");
        return new AttentionEngine(Backends.open(List.copyOf(devices), options));
    }

    /** Like {@link #open(String)}, with options. */
    public static AttentionEngine open(String device, EngineOptions options) {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(options, "options");
        return new AttentionEngine(Backends.open(device, options));
    }

    /**
     * Opens an engine over a context and an in-order queue that the caller owns, keeps alive and frees after the engine
     * is closed. The engine's own calls ({@link #attend}) go to the caller's queue; {@link #newStream} makes further
     * queues in the context.
     */
    public static AttentionEngine open(cl_context context, cl_command_queue queue, EngineOptions options) {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(options, "options");
        return new AttentionEngine(OpenClBackend.over(context, queue, options, Backends.javaSide(options)));
    }

    /**
     * All devices of this machine, best first: OpenCL GPUs, accelerators, CPUs, then the two pure-Java engines. Without
     * an OpenCL device, the Java engine's {@link Device#note()} says why; {@link #diagnose()} says more.
     */
    public static List<Device> devices() {
        return Backends.devices();
    }

    /**
     * What this machine has for OpenCL, for people: versions of this library, the JVM and the system, folders that are
     * used, drivers and devices, and if no device can be used, why, and what to do. It needs no logger, never throws,
     * and takes as long as looking for devices. {@code java -jar} on the library's jar prints the same; see
     * {@link Diagnose}.
     */
    public static String diagnose() {
        return Diagnosis.make().text();
    }

    /** The device this engine runs on. */
    public Device device() {
        return backend.device();
    }

    /**
     * Computes attention on host arrays (shapes: {@link AttentionSpec}) and returns when done. Calls from several
     * threads run side by side. On OpenCL, buffers of the last few shapes are kept for the next call, and freed with
     * the engine.
     *
     * @return out [batch, heads, queryLength, valueDim]
     * @throws IllegalArgumentException if an array does not have the spec's length, or the spec asks for log-sum-exp
     *     (use {@link #attendWithLse})
     * @throws UnsupportedByDeviceException if no kernel fits this device
     */
    public float[] attend(AttentionSpec spec, float[] query, float[] key, float[] value) {
        requireOpen();
        FloatArrays.requireInputs(spec, query, key, value);
        FloatArrays.requireNoLse(spec);
        float[] out = FloatArrays.out(spec);
        attend(spec, query, key, value, out);
        return out;
    }

    /**
     * Like {@link #attend(AttentionSpec, float[], float[], float[])}, into an array of the caller's. On failure its
     * contents are undefined.
     */
    public void attend(AttentionSpec spec, float[] query, float[] key, float[] value, float[] out) {
        FloatArrays.requireNoLse(Objects.requireNonNull(spec, "spec"));
        attend(spec, query, key, value, out, null);
    }

    /**
     * Like {@link #attend(AttentionSpec, float[], float[], float[])}, with the log-sum-exp of each row, whether or not
     * the spec asks for it.
     *
     * @return out [batch, heads, queryLength, valueDim], and lse [batch, heads, queryLength] in natural logarithms
     * @throws IllegalArgumentException if an array does not have the spec's length, or the spec has operands beside
     *     query, key, value, out and lse
     * @throws UnsupportedByDeviceException if no kernel fits this device
     */
    public AttentionResult attendWithLse(AttentionSpec spec, float[] query, float[] key, float[] value) {
        requireOpen();
        FloatArrays.requireInputs(spec, query, key, value);
        float[] out = FloatArrays.out(spec);
        float[] lse = FloatArrays.lse(spec);
        attend(spec.withLse(true), query, key, value, out, lse);
        return new AttentionResult(out, lse);
    }

    /**
     * The gradients of a loss with respect to query, key and value, for a spec of floats that has no other inputs;
     * others go by {@link AttentionSpec#backward} and {@link #attend(AttentionSpec, AttentionArrays)}.
     *
     * @param spec the spec of the forward call
     * @param out what {@link #attendWithLse} gave
     * @param lse likewise
     * @param gradOut the loss's gradient with respect to out: [batch, heads, queryLength, valueDim]
     * @throws IllegalArgumentException if an array does not have the spec's length, or the spec has other inputs
     * @throws UnsupportedByDeviceException if no kernel fits this device
     */
    public AttentionGradients attendBackward(
            AttentionSpec spec, float[] query, float[] key, float[] value, float[] out, float[] lse, float[] gradOut) {
        requireOpen();
        FloatArrays.requireInputs(spec, query, key, value);
        AttentionGradients gradients =
                new AttentionGradients(new float[query.length], new float[key.length], new float[value.length]);
        AttentionArrays arrays = AttentionArrays.of(query, key, value, out)
                .with(Operand.LSE, lse)
                .with(Operand.GRAD_OUT, gradOut)
                .with(Operand.GRAD_QUERY, gradients.query())
                .with(Operand.GRAD_KEY, gradients.key())
                .with(Operand.GRAD_VALUE, gradients.value());
        attend(spec.backward(), arrays);
        return gradients;
    }

    /**
     * Computes attention on host arrays of any type and returns when done. Arrays are read and written in the layout
     * that the spec gives each operand; what of an output's array is not part of the operand keeps its contents. What
     * integer arrays hold is checked first.
     *
     * @param arrays exactly the operands of the spec
     * @throws IllegalArgumentException if an operand is missing, too many, too short, or holds a length or offset out
     *     of range; nothing was computed then
     * @throws UnsupportedByDeviceException if no kernel fits this device
     */
    public void attend(AttentionSpec spec, AttentionArrays arrays) {
        requireOpen();
        ArrayShapes.check(Objects.requireNonNull(spec, "spec"), Objects.requireNonNull(arrays, "arrays"));
        calls.attend(spec, arrays);
    }

    /**
     * Computes several calls of one spec on host arrays and returns when all are done; many small ones take less time
     * than one by one. In pure Java all threads share their heads. On OpenCL they are put one behind the other along
     * the batch and computed by one launch, or by a few where they are many, if the spec allows it: every operand is
     * dense and has an entry for each of the batch, or is an input that has one for all of it and is given as the same
     * array in all calls; without dropout, functions and ragged batches. Else they are computed one by one, as on
     * several devices. Calls of different lengths go as one ragged call: {@link AttentionSpecBuilder#raggedQueries},
     * {@link AttentionSpecBuilder#raggedKeys}.
     *
     * <p>Results are those of the single calls, bit for bit in pure Java, and on OpenCL where the larger batch gets the
     * same kernel and tiles ({@link AttentionPlan#explain} of both says so); else within rounding.
     *
     * @param calls for each exactly the operands of the spec; outputs of one must not overlap operands of another,
     *     inputs they may share; none does nothing
     * @throws NullPointerException if {@code calls} or one of them is null; messages about one begin with its number:
     *     {@code "calls[3]: ..."}
     * @throws IllegalArgumentException if one could not be computed alone, or an array that one writes to is given to
     *     another as well; nothing was computed then
     * @throws UnsupportedByDeviceException if no kernel fits this device
     */
    public void attend(AttentionSpec spec, List<AttentionArrays> calls) {
        requireOpen();
        List<AttentionArrays> all = CallChecks.checked(Objects.requireNonNull(spec, "spec"), calls);
        if (!all.isEmpty()) {
            this.calls.attend(spec, all);
        }
    }

    private void attend(AttentionSpec spec, float[] query, float[] key, float[] value, float[] out, float[] lse) {
        AttentionArrays arrays = AttentionArrays.of(query, key, value, out);
        attend(spec, lse == null ? arrays : arrays.with(Operand.LSE, lse));
    }

    /**
     * Enqueues the exact union of two results over disjoint sets of keys; the formula is at
     * {@link AttentionResult#merge}. What was split, by keys, by prefix or over machines, comes together here.
     *
     * @param stream a stream of this engine
     * @param firstOut the one part's out: [batch, heads, rows, columns] in F32, F16 or BF16
     * @param firstLse its lse: [batch, heads, rows, 1] in F32, natural logarithms
     * @param secondOut the other part's out, of the same shape and type
     * @param secondLse its lse, likewise
     * @param out is written to: of the same shape, in F32, F16 or BF16; may be a part's own
     * @param lse is written to: as the parts' are; may be a part's own
     * @throws IllegalArgumentException if shapes or types do not fit together, a tensor is of another engine, or an
     *     output overlaps another tensor otherwise
     * @throws IllegalStateException if stream, tensors or engine are closed
     */
    public void merge(
            Stream stream,
            DeviceTensor firstOut,
            DeviceTensor firstLse,
            DeviceTensor secondOut,
            DeviceTensor secondLse,
            DeviceTensor out,
            DeviceTensor lse) {
        requireOpen();
        Objects.requireNonNull(stream, "stream");
        backend.merge(stream, new MergeCall(firstOut, firstLse, secondOut, secondLse, out, lse));
    }

    /**
     * Enqueues a rotary embedding of its own; {@link AttentionSpecBuilder#rotary} does it within the attention call.
     *
     * @param source [batch, heads, rows, columns] in F32, F16 or BF16, {@code columns} at least {@code rotary.dim()}
     * @param cos [1, 1, rotary.positions(), rotary.dim() / 2] in F32
     * @param sin likewise
     * @param positions [1 or batch, 1, rows, 1] in I32, or null: row i is at position i
     * @param target the shape and type of source; may be the same tensor
     * @throws IllegalArgumentException if shapes or types do not fit together, a tensor is of another engine, or target
     *     overlaps another tensor otherwise
     * @throws IllegalStateException if stream, tensors or engine are closed
     */
    public void rotate(
            Stream stream,
            Rotary rotary,
            DeviceTensor source,
            DeviceTensor cos,
            DeviceTensor sin,
            DeviceTensor positions,
            DeviceTensor target) {
        requireOpen();
        Objects.requireNonNull(stream, "stream");
        backend.rotate(stream, new RotateCall(rotary, source, cos, sin, positions, target));
    }

    /**
     * Makes the block mask of a call from its masks by position and its keep function: blocks of which a query sees a
     * key are listed, and where the function keeps all that other masks show, as full. One that holds for all batch
     * entries or heads lists what any of them sees. Keep-masks and biases are not looked at. It is made where
     * {@link #planBlockMask} says, whose plan takes tensors of the device.
     *
     * @param spec has a block mask: {@link AttentionSpecBuilder#blockMask}
     * @param arrays what its masks and keep function read; others may be missing
     * @throws IllegalArgumentException if the spec has no block mask, or an array is missing, too short, or holds a
     *     length or offset out of range
     */
    public BlockMask blockMask(AttentionSpec spec, AttentionArrays arrays) {
        requireOpen();
        BlockMask.requireBlocks(Objects.requireNonNull(spec, "spec"));
        ArrayShapes.checkMasks(spec, Objects.requireNonNull(arrays, "arrays"));
        return backend.blockMask(spec, arrays);
    }

    /**
     * Decides how to make the block masks of a spec, and compiles what is needed; for tensors on the device.
     *
     * @throws IllegalArgumentException if the spec has no block mask
     */
    public BlockMaskPlan planBlockMask(AttentionSpec spec) {
        requireOpen();
        BlockMask.requireBlocks(spec);
        return backend.planBlockMask(spec);
    }

    /**
     * Decides how to compute a spec and compiles what is needed. Plans are kept, a few thousand of them: the same spec
     * gives the same plan.
     *
     * @throws UnsupportedByDeviceException if no kernel fits this device
     * @throws KernelBuildException if the driver cannot compile the kernel
     */
    public AttentionPlan plan(AttentionSpec spec) {
        requireOpen();
        Objects.requireNonNull(spec, "spec");
        return calls.plan(spec);
    }

    /**
     * Likewise, of a layer around attention.
     *
     * @throws UnsupportedByDeviceException if no kernel fits this device
     * @throws KernelBuildException if the driver cannot compile the kernel
     */
    public LayerPlan plan(LayerSpec spec) {
        requireOpen();
        Objects.requireNonNull(spec, "spec");
        return calls.plan(spec);
    }

    /**
     * A cache of keys and values on this device, for text generation. What it allocates stays the same until it is
     * closed.
     *
     * @throws UnsupportedByDeviceException if keys or values are larger than the device's largest buffer
     * @throws DeviceException if the device has not enough memory left
     */
    public KvCache newKvCache(KvCacheSpec spec) {
        requireOpen();
        Objects.requireNonNull(spec, "spec");
        return KvCache.make(spec, backend.newKvStore(spec, spec.cosines(), spec.sines()));
    }

    /**
     * A new queue of work. What is enqueued on one stream runs in its order; streams run side by side, as far as the
     * device can. Close it, or the engine.
     *
     * @throws IllegalStateException if the engine is closed
     * @throws DeviceException if the driver cannot make another
     */
    public Stream newStream() {
        requireOpen();
        return backend.newStream();
    }

    /** A tensor that holds an operand of a spec: see {@link AttentionSpec#operand}. */
    public DeviceTensor allocate(TensorSpec tensor) {
        requireOpen();
        Objects.requireNonNull(tensor, "tensor");
        if (tensor.isDense()) {
            return allocate(tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.rowUnits());
        }
        if (tensor.extent() <= Integer.MAX_VALUE) {
            return allocate(tensor.dtype(), 1, 1, 1, (int) tensor.extent());
        }
        return allocate(tensor.dtype(), 1, 1, TensorChecks.lines(tensor, device()), TensorChecks.LINE);
    }

    /**
     * A tensor [batch, heads, rows, columns] in device memory, contents undefined. Of {@link DType#BIT} and
     * {@link DType#I4}, columns are bytes.
     *
     * @throws IllegalArgumentException if a size is less than 1, or all together are more than 2^60 elements
     * @throws UnsupportedByDeviceException if it is larger than the device's largest buffer
     * @throws DeviceException if the device has not enough memory left
     */
    public DeviceTensor allocate(DType dtype, int batch, int heads, int rows, int columns) {
        requireOpen();
        Shapes.requireSizes(dtype, batch, heads, rows, columns);
        return backend.allocate(dtype, batch, heads, rows, columns);
    }

    /**
     * A tensor over the caller's own direct buffer, from position to limit, without a copy, on a device that shares
     * memory with the host. The buffer must stay reachable until the tensor is closed, and be left alone while the
     * device uses it: write to it before work is enqueued, read it through {@link DeviceTensor#map}. On OpenCL, closing
     * the tensor waits for what is queued on the engine's streams.
     *
     * @param buffer direct, in native byte order, not read-only: any tensor may be written to; {@code batch * heads *
     *     rows * columns *} {@link DType#bytes} bytes
     * @param columns elements of a row; of {@link DType#BIT} and {@link DType#I4} the bytes of a row, see
     *     {@link DType#units}
     * @throws IllegalArgumentException if the buffer is not direct, not in native order, read-only, or has another size
     *     than the shape, or a size is less than 1
     * @throws UnsupportedByDeviceException if the device does not share memory with the host
     */
    public DeviceTensor wrap(ByteBuffer buffer, DType dtype, int batch, int heads, int rows, int columns) {
        requireOpen();
        TensorChecks.requireWrappable(buffer, dtype, batch, heads, rows, columns, device());
        return backend.wrap(buffer, dtype, batch, heads, rows, columns);
    }

    /**
     * The engine in an OpenCL program of the caller's: tensors over their buffers, streams over their queues, events to
     * wait for and to be waited for.
     *
     * @throws UnsupportedByDeviceException if the engine is not on an OpenCL device
     */
    public OpenClInterop interop() {
        requireOpen();
        return backend.interop();
    }

    /**
     * Waits for queued work and frees streams, tensors, plans and programs. Calls that are running in other threads end
     * as they would have, or with an {@link IllegalStateException}; what they use is freed when they let go of it, and
     * the memory under a {@link DeviceTensor.Mapping} when that is closed. Closing twice is harmless.
     *
     * @throws DeviceException if the driver failed to free something, after all the rest was freed
     */
    @Override
    public void close() {
        closed = true;
        calls.clear();
        backend.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("engine is closed");
        }
    }
}
