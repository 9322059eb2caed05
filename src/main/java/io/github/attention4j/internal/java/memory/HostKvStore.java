package io.github.attention4j.internal.java.memory;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.cache.CacheSize;
import io.github.attention4j.internal.cache.KvCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.java.threads.Queue;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.EnumMap;
import java.util.Map;

/**
 * A cache in this JVM's memory. A queued call is a copy of what the host decided, and runs in the order of its stream.
 */
public final class HostKvStore implements KvStore {
    private static final Operand[] KEPT = {
        Operand.KEY, Operand.VALUE, Operand.KEY_SCALES, Operand.VALUE_SCALES, Operand.PAGE_TABLE, Operand.KEY_LENGTHS
    };

    private final KvCacheSpec spec;
    private final Owner owner;
    private final Threads threads;
    private final Map<Operand, HostTensor> tensors = new EnumMap<>(Operand.class);
    private final Rows cosines;
    private final Rows sines;

    public HostKvStore(KvCacheSpec spec, float[] cosines, float[] sines, Owner owner, Threads threads) {
        this.spec = spec;
        this.owner = owner;
        this.threads = threads;
        AttentionSpec attention = spec.applyTo(
                        AttentionSpec.builder().heads(spec.kvHeads()).queryLength(1))
                .build();
        for (Operand operand : KEPT) {
            if (attention.has(operand)) {
                TensorSpec tensor = attention.operand(operand);
                tensors.put(operand, allocate(operand, tensor));
            }
        }
        this.cosines = table(cosines);
        this.sines = table(sines);
    }

    private HostTensor allocate(Operand operand, TensorSpec tensor) {
        try {
            return HostTensor.allocate(
                    owner, tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.rowUnits());
        } catch (UnsupportedByDeviceException e) {
            throw CacheSize.unsupported(spec, operand, tensor, e);
        } catch (DeviceException e) {
            throw CacheSize.failed(spec, operand, tensor, e);
        }
    }

    private Rows table(float[] numbers) {
        return numbers == null
                ? null
                : new Rows(
                        TensorSpec.dense(
                                DType.F32,
                                1,
                                1,
                                spec.rotary().positions(),
                                spec.rotary().dim() / 2),
                        numbers);
    }

    @Override
    public void addTo(AttentionTensors given) {
        tensors.forEach(given::with);
    }

    @Override
    public void run(Stream stream, KvCall call, DeviceTensor keys, DeviceTensor values) {
        Queue queue = owner.queue(stream);
        HostTensor newKeys = keys == null ? null : HostTensor.of("keys", keys, owner);
        HostTensor newValues = values == null ? null : HostTensor.of("values", values, owner);
        for (Map.Entry<Operand, HostTensor> each : tensors.entrySet()) {
            HostTensor.of("the cache", each.getValue(), owner); // open
            Shapes.requireNotOfCache(each.getKey(), each.getValue(), keys, values);
        }
        queue.execute(new Steps(call, newKeys, newValues));
    }

    /** One call, with what it needs to know when its turn comes. */
    private final class Steps implements Runnable {
        private final int[] copies;
        private final int[] table;
        private final int[] lengths;
        private final int[] rows;
        private final int headStep;
        private final int rowStep;
        private final HostTensor newKeys;
        private final HostTensor newValues;

        Steps(KvCall call, HostTensor newKeys, HostTensor newValues) {
            copies = call.copies.toArray();
            table = call.table.toArray();
            lengths = call.lengths.toArray();
            rows = call.rows.toArray();
            headStep = call.headStep;
            rowStep = call.rowStep;
            this.newKeys = newKeys;
            this.newValues = newValues;
        }

        @Override
        public void run() {
            for (int i = 0; i < copies.length; i += 2) {
                copyEntry(Operand.KEY, copies[i], copies[i + 1]);
                copyEntry(Operand.VALUE, copies[i], copies[i + 1]);
                copyEntry(Operand.KEY_SCALES, copies[i], copies[i + 1]);
                copyEntry(Operand.VALUE_SCALES, copies[i], copies[i + 1]);
            }
            write(Operand.PAGE_TABLE, table);
            write(Operand.KEY_LENGTHS, lengths);
            if (rows.length > 0) {
                append(Operand.KEY, Operand.KEY_SCALES, newKeys, spec.headDim(), true);
                append(Operand.VALUE, Operand.VALUE_SCALES, newValues, spec.valueDim(), false);
            }
            for (int i = 0; i < rows.length; i += KvCall.ROW_FIELDS) {
                integers(Operand.KEY_LENGTHS)[rows[i]] = rows[i + 2] + rows[i + 1];
            }
        }

        private void append(Operand operand, Operand scales, HostTensor from, int columns, boolean areKeys) {
            Rows source = new Rows(TensorSpec.dense(from.dtype(), 1, 1, lines(from), from.columns()), from.memory());
            HostTensor tensor = tensors.get(operand);
            Rows to = rows(tensor, spec.type(), columns);
            Rows toScales = spec.type().isQuantised()
                    ? rows(tensors.get(scales), DType.F32, spec.type().scales(columns))
                    : null;
            int heads = spec.kvHeads();
            int sequences = rows.length / KvCall.ROW_FIELDS;
            threads.run(sequences * heads, next -> {
                RotaryTable rotary =
                        areKeys && spec.rotary() != null ? new RotaryTable(spec.rotary(), cosines, sines) : null;
                Quantiser quantiser = toScales == null ? null : new Quantiser(spec.type(), columns);
                float[] row = new float[columns];
                float[] scale = new float[spec.type().scales(columns)];
                for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
                    int at = item / heads * KvCall.ROW_FIELDS;
                    int head = item % heads;
                    for (int i = 0; i < rows[at + 1]; i++) {
                        int position = rows[at + 2] + i;
                        source.read(source.at(0, 0, rows[at + 3] + head * headStep + i * rowStep), row, 0, columns);
                        if (rotary != null) {
                            rotary.rotate(row, 0, position);
                        }
                        int entry = entry(rows[at], position, tensor);
                        if (quantiser != null) {
                            quantiser.quantise(row, columns, scale);
                            toScales.write(toScales.at(entry, head, position % tensor.rows()), scale, 0, scale.length);
                        }
                        to.write(to.at(entry, head, position % tensor.rows()), row, 0, columns);
                    }
                }
            });
        }

        private int lines(HostTensor from) {
            return (int) (from.elements() / from.columns());
        }

        private int entry(int sequence, int position, HostTensor tensor) {
            HostTensor pages = tensors.get(Operand.PAGE_TABLE);
            return pages == null
                    ? sequence
                    : integers(Operand.PAGE_TABLE)[sequence * pages.rows() + position / tensor.rows()];
        }
    }

    private static Rows rows(HostTensor tensor, DType dtype, int columns) {
        return new Rows(
                TensorSpec.dense(dtype, tensor.batch(), tensor.heads(), tensor.rows(), columns), tensor.memory());
    }

    private void copyEntry(Operand operand, int from, int to) {
        HostTensor tensor = tensors.get(operand);
        if (tensor != null) {
            int entry = (int) (tensor.elements() / tensor.batch());
            HostMemory.copy(tensor.dtype(), tensor.memory(), from * entry, tensor.memory(), to * entry, entry);
        }
    }

    private void write(Operand operand, int[] pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            integers(operand)[pairs[i]] = pairs[i + 1];
        }
    }

    private int[] integers(Operand operand) {
        return (int[]) tensors.get(operand).memory();
    }

    @Override
    public void close() {
        for (HostTensor tensor : tensors.values()) {
            tensor.close();
        }
    }
}
