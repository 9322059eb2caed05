package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Event;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LayerTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine with one of everything, and all calls that there are, for threads to make while something of it is closed.
 */
final class BusyEngine {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(2).sequenceLength(5).headDim(4).build();
    private static final KvCacheSpec CACHE = KvCacheSpec.builder()
            .sequences(2)
            .maxLength(64)
            .kvHeads(2)
            .headDim(4)
            .build();
    private static final Rotary ROTARY = new Rotary(4, false, 5);

    final AttentionEngine engine;
    private final Stream stream;
    private final AttentionPlan plan;
    private final KvCache cache;
    private final AttentionPlan decode;
    private final AttentionTensors decoding;
    private final LayerPlan layer;
    private final LayerTensors layered;
    private final int sequence;
    private final Event event;
    private final DeviceTensor query;
    private final DeviceTensor key;
    private final DeviceTensor value;
    private final DeviceTensor out;
    private final DeviceTensor lse;
    private final DeviceTensor table;
    private final DeviceTensor token;
    private final AtomicInteger lengths = new AtomicInteger(6);
    private final List<Use> uses = new ArrayList<>();

    /** A call. */
    interface Call {
        void run(Queue<CompletableFuture<Void>> futures) throws Exception;
    }

    /** A call and what it is called. */
    record Use(String name, Call call) {
        void run(Queue<CompletableFuture<Void>> futures) throws Exception {
            call.run(futures);
        }
    }

    BusyEngine(String device, EngineOptions options) {
        engine = AttentionEngine.open(device, options);
        stream = engine.newStream();
        query = tensor(5, 4);
        key = tensor(5, 4);
        value = tensor(5, 4);
        out = tensor(5, 4);
        lse = tensor(5, 1);
        table = engine.allocate(DType.F32, 1, 1, 5, 2);
        token = tensor(1, 4);
        for (DeviceTensor each : List.of(query, key, value, out, lse, table, token)) {
            each.upload(stream, new float[(int) each.elements()]);
        }
        plan = engine.plan(SPEC);
        cache = engine.newKvCache(CACHE);
        sequence = cache.newSequence();
        cache.append(stream, sequence, token, token);
        decode = engine.plan(
                cache.applyTo(AttentionSpec.builder().heads(2).queryLength(1)).build());
        decoding = cache.addTo(new AttentionTensors());
        decoding.with(Operand.QUERY, engine.allocate(DType.F32, 2, 2, 1, 4));
        decoding.with(Operand.OUT, engine.allocate(DType.F32, 2, 2, 1, 4));
        event = plan.enqueueWithEvent(stream, query, key, value, out, null);
        layer = engine.plan(layer(10));
        layered = new LayerTensors().with(LayerOperand.INPUT, query).with(LayerOperand.OUT, out);
        addUses();
    }

    private static LayerSpec layer(int rows) {
        return ActivationSpec.of(Activation.GELU, rows, 4);
    }

    private DeviceTensor tensor(int rows, int columns) {
        return engine.allocate(DType.F32, 1, 2, rows, columns);
    }

    private void addUses() {
        use(
                "plan",
                f -> engine.plan(AttentionSpec.builder()
                        .heads(2)
                        .sequenceLength(lengths.getAndIncrement())
                        .headDim(4)
                        .build()));
        use("attend", f -> engine.attend(SPEC, new float[40], new float[40], new float[40]));
        use("allocate", f -> tensor(3, 4).close());
        use("allocate and forget", f -> tensor(3, 4));
        use("wrap", f -> {
            ByteBuffer bytes = ByteBuffer.allocateDirect(96).order(ByteOrder.nativeOrder());
            engine.wrap(bytes, DType.F32, 1, 2, 3, 4).close();
        });
        use("newStream", f -> engine.newStream().close());
        use("newStream and forget", f -> engine.newStream());
        use("newKvCache", f -> engine.newKvCache(CACHE).close());
        use("newKvCache and forget", f -> engine.newKvCache(CACHE));
        use("upload", f -> query.upload(stream, new float[40]));
        use("download", f -> key.download(stream, new float[40]));
        use("map", f -> {
            try (DeviceTensor.Mapping mapping = value.map(stream)) {
                for (int i = 0; i < mapping.bytes().capacity(); i++) {
                    mapping.bytes().put(i, (byte) 0);
                }
            }
        });
        use("merge", f -> engine.merge(stream, query, lse, key, lse, out, lse));
        use("rotate", f -> engine.rotate(stream, ROTARY, query, table, table, null, out));
        use("append", f -> {
            synchronized (cache) {
                if (cache.length(sequence) < 32) {
                    cache.append(stream, sequence, token, token);
                }
                cache.trim(stream, sequence, 1);
            }
        });
        use("decode", f -> decode.enqueue(stream, decoding));
        use("enqueue", f -> plan.enqueue(stream, query, key, value, out));
        use("enqueueWithEvent", f -> {
            try (Event done = plan.enqueueWithEvent(stream, query, key, value, out, null)) {
                f.add(done.toFuture());
                done.await();
                done.deviceNanos();
            }
        });
        use(
                "enqueueWithEvent and forget",
                f -> f.add(plan.enqueueWithEvent(stream, query, key, value, out, null)
                        .toFuture()));
        use("plan of a layer", f -> engine.plan(layer(lengths.getAndIncrement())));
        use("enqueue of a layer", f -> layer.enqueue(stream, layered));
        use("enqueueWithEvent of a layer", f -> {
            try (Event done = layer.enqueueWithEvent(stream, layered)) {
                done.await();
            }
        });
        use("await", f -> event.await());
        use("isDone", f -> event.isDone());
        use("toFuture", f -> f.add(event.toFuture()));
        use("finish", f -> stream.finish());
        use("flush", f -> stream.flush());
    }

    private void use(String name, Call call) {
        uses.add(new Use(name, call));
    }

    List<Use> uses() {
        return uses;
    }

    /** What may be closed beside the engine. */
    List<AutoCloseable> parts() {
        return List.of(event, cache, token, out, query, key, value, stream);
    }

    /** Completes when work is done that was enqueued now. */
    CompletableFuture<Void> future() {
        try (Event done = plan.enqueueWithEvent(stream, query, key, value, out, null)) {
            return done.toFuture();
        }
    }

    /** Makes all calls over and over, until each says that something is closed. */
    void useUntilClosed(int first, Queue<CompletableFuture<Void>> futures) throws Exception {
        int refused = 0;
        for (int i = first; refused < uses.size(); i++) {
            Use use = uses.get(i * 7 % uses.size());
            try {
                use.run(futures);
                refused = 0;
            } catch (IllegalStateException e) {
                if (!e.getMessage().endsWith(" is closed")) {
                    throw e;
                }
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError(use.name() + ": " + e, e);
            }
        }
    }
}
