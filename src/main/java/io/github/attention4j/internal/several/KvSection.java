package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.cache.IntList;
import io.github.attention4j.internal.cache.KvCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.java.memory.HostMemory;
import io.github.attention4j.internal.java.memory.HostTensor;
import io.github.attention4j.internal.several.Block.Range;
import java.nio.ByteBuffer;

/** The sequences of a cache that one device has. */
final class KvSection {
    static final Operand[] KEPT = {
        Operand.KEY, Operand.VALUE, Operand.KEY_SCALES, Operand.VALUE_SCALES, Operand.KEY_LENGTHS
    };

    private final int device;
    private final Backend backend;
    private final KvCacheSpec spec;
    private final Range sequences;
    private final KvStore store;
    private final Stream stream;

    KvSection(int device, Backend backend, KvCacheSpec whole, Range sequences, float[] cosines, float[] sines) {
        this.device = device;
        this.backend = backend;
        this.sequences = sequences;
        spec = whole.withSequences(sequences.count());
        store = backend.newKvStore(spec, cosines, sines);
        stream = backend.newStream();
    }

    int device() {
        return device;
    }

    Range sequences() {
        return sequences;
    }

    Backend backend() {
        return backend;
    }

    Stream stream() {
        return stream;
    }

    boolean has(int sequence) {
        return sequence >= sequences.first() && sequence < sequences.end();
    }

    AttentionTensors tensors() {
        AttentionTensors tensors = new AttentionTensors();
        store.addTo(tensors);
        return tensors;
    }

    /** What of a call is this device's, to be run when the call's turn comes; null for nothing. */
    Runnable steps(KvCall call, HostTensor keys, HostTensor values) {
        KvCall own = new KvCall();
        copyPairs(call.copies, own.copies, true);
        copyPairs(call.lengths, own.lengths, false);
        IntList sources = new IntList();
        int total = 0;
        for (int i = 0; i < call.rows.size(); i += KvCall.ROW_FIELDS) {
            if (has(call.rows.get(i))) {
                int count = call.rows.get(i + 1);
                own.rows.add(call.rows.get(i) - sequences.first());
                own.rows.add(count);
                own.rows.add(call.rows.get(i + 2));
                own.rows.add(total);
                own.mostRows = Math.max(own.mostRows, count);
                sources.add(call.rows.get(i + 3));
                total += count;
            }
        }
        if (own.copies.size() + own.lengths.size() + own.rows.size() == 0) {
            return null;
        }
        if (total == 0) {
            return naming(() -> run(own, null, null));
        }
        int rows = total;
        int headStep = call.headStep;
        int rowStep = call.rowStep;
        own.headStep = rows;
        own.rowStep = 1;
        return naming(() -> {
            try (DeviceTensor ownKeys = newRows(own, sources, keys, headStep, rowStep, rows);
                    DeviceTensor ownValues = newRows(own, sources, values, headStep, rowStep, rows)) {
                run(own, ownKeys, ownValues);
            }
        });
    }

    private Runnable naming(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (DeviceException e) {
                throw named(e);
            }
        };
    }

    /** Those of its sequences, numbered as they are here. */
    private void copyPairs(IntList pairs, IntList own, boolean areBothSequences) {
        for (int i = 0; i < pairs.size(); i += 2) {
            if (has(pairs.get(i)) && (!areBothSequences || has(pairs.get(i + 1)))) {
                own.add(pairs.get(i) - sequences.first());
                own.add(areBothSequences ? pairs.get(i + 1) - sequences.first() : pairs.get(i + 1));
            }
        }
    }

    private void run(KvCall call, DeviceTensor keys, DeviceTensor values) {
        store.run(stream, call, keys, values);
        stream.finish();
    }

    /** A failure of its device, which no other can make up for. */
    DeviceException named(DeviceException cause) {
        return new DeviceException(
                '"' + backend.device().id() + "\" failed with its sequences " + sequences
                        + " of a cache, which no other device has: " + cause.getMessage(),
                cause);
    }

    /** The new rows of this device's sequences behind one another, [1, kvHeads, rows, columns], on it. */
    private DeviceTensor newRows(KvCall own, IntList sources, HostTensor from, int headStep, int rowStep, int rows) {
        int columns = from.columns();
        DType type = from.dtype();
        Object array = HostMemory.allocate(type, Math.multiplyExact(spec.kvHeads() * rows, columns));
        for (int i = 0; i < sources.size(); i++) {
            int count = own.rows.get(i * KvCall.ROW_FIELDS + 1);
            int first = own.rows.get(i * KvCall.ROW_FIELDS + 3);
            for (int row = 0; row < count * spec.kvHeads(); row++) {
                int head = row / count;
                int source = sources.get(i) + head * headStep + row % count * rowStep;
                int target = head * rows + first + row % count;
                HostMemory.copy(type, from.memory(), source * columns, array, target * columns, columns);
            }
        }
        DeviceTensor tensor = backend.allocate(type, 1, spec.kvHeads(), rows, columns);
        tensor.upload(stream, array, 0);
        return tensor;
    }

    /** Copies a sequence's rows to another device. */
    Runnable copyTo(KvSection to, int sequence, int copy) {
        return () -> {
            AttentionTensors source = tensors();
            AttentionTensors target = to.tensors();
            for (Operand operand : KEPT) {
                if (operand != Operand.KEY_LENGTHS && source.get(operand) != null) {
                    copyEntry(
                            source.get(operand),
                            sequence - sequences.first(),
                            target.get(operand),
                            copy - to.sequences.first(),
                            to.stream);
                }
            }
        };
    }

    private void copyEntry(DeviceTensor from, int entry, DeviceTensor to, int copy, Stream toStream) {
        int bytes =
                Math.toIntExact(from.elements() / from.batch() * from.dtype().bytes());
        try (DeviceTensor.Mapping source = from.map(stream);
                DeviceTensor.Mapping target = to.map(toStream)) {
            ByteBuffer read = source.bytes();
            target.bytes().put(copy * bytes, read, entry * bytes, bytes);
        }
    }

    void close() {
        stream.close();
        store.close();
    }
}
