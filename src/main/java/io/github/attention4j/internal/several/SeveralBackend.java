package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.BlockMaskPlan;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Stream;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.MergeCall;
import io.github.attention4j.internal.RotateCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.java.CalledPlan;
import io.github.attention4j.internal.java.JavaBackend;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Several devices as one. Tensors lie in this JVM, as the devices' memories are apart; each call takes what a device
 * needs there and back.
 */
public final class SeveralBackend implements Backend {
    private final Workers workers;
    private final Shares cutter;
    private final Device device;
    /** Has the tensors and streams. */
    private final JavaBackend host;

    /** @param backends of the devices, two at least; closed with this */
    public SeveralBackend(List<Backend> backends, EngineOptions options) {
        this(backends, options, Shares.USUAL, new Rates(backends.size()));
    }

    /** With speeds that are told and not measured, for tests. */
    public SeveralBackend(List<Backend> backends, EngineOptions options, double... rates) {
        this(backends, options, Shares.USUAL, new Rates(rates));
    }

    SeveralBackend(List<Backend> backends, EngineOptions options, Shares cutter, Rates rates) {
        this.cutter = cutter;
        workers = new Workers(backends, options.takeOver(), rates);
        device = device(backends.stream().map(Backend::device).toList());
        host = (JavaBackend) JavaBackend.open("java", EngineOptions.defaults().withThreads(options.threads()));
    }

    private static Device device(List<Device> devices) {
        Device first = devices.get(0);
        return new Device(
                devices.stream().map(Device::id).collect(Collectors.joining("+")),
                first.type(),
                devices.stream().map(Device::name).collect(Collectors.joining(" + ")),
                first.vendor(),
                first.platform(),
                first.driver(),
                devices.stream().mapToInt(Device::computeUnits).sum(),
                first.vectorWidth(),
                first.maxWorkGroupSize(),
                first.localMemory(),
                Runtime.getRuntime().maxMemory(),
                JavaBackend.device("java").maxAllocation(),
                true,
                "",
                Set.of(),
                "calls are shared out over " + devices.size() + " devices");
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public AttentionPlan plan(AttentionSpec spec) {
        host.requireOpen();
        return new SharedPlan(host, spec, workers, cutter);
    }

    @Override
    public LayerPlan plan(LayerSpec spec) {
        throw ofOneDevice("a layer");
    }

    @Override
    public KvStore newKvStore(KvCacheSpec spec, float[] cosines, float[] sines) {
        if (spec.pageSize() > 0) {
            throw ofOneDevice("a cache in pages, which sequences of all devices would share,");
        }
        return workers.newKvStore(spec, cosines, sines, host);
    }

    private UnsupportedByDeviceException ofOneDevice(String what) {
        return new UnsupportedByDeviceException(
                what + " belongs to one device, but this engine has several, \"" + device.id()
                        + "\"; open an engine on one of them too, such as AttentionEngine.open(\""
                        + device.id().substring(0, device.id().indexOf('+')) + "\")",
                device.describe());
    }

    @Override
    public void attend(AttentionPlan plan, AttentionArrays arrays) {
        host.requireOpen();
        ((CalledPlan) plan).attend(arrays);
    }

    @Override
    public BlockMask blockMask(AttentionSpec spec, AttentionArrays arrays) {
        return host.blockMask(spec, arrays);
    }

    @Override
    public BlockMaskPlan planBlockMask(AttentionSpec spec) {
        return host.planBlockMask(spec);
    }

    @Override
    public void merge(Stream stream, MergeCall call) {
        host.merge(stream, call);
    }

    @Override
    public void rotate(Stream stream, RotateCall call) {
        host.rotate(stream, call);
    }

    @Override
    public Stream newStream() {
        return host.newStream();
    }

    @Override
    public DeviceTensor allocate(DType dtype, int batch, int heads, int rows, int columns) {
        return host.allocate(dtype, batch, heads, rows, columns);
    }

    @Override
    public DeviceTensor wrap(ByteBuffer buffer, DType dtype, int batch, int heads, int rows, int columns) {
        return host.wrap(buffer, dtype, batch, heads, rows, columns);
    }

    @Override
    public void close() {
        host.close(); // what is queued ends first
        workers.close();
    }
}
