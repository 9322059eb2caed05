package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Half;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A cache, and beside it plain lists of the rows that it should hold. {@link #check} reads what the device has,
 * compares it with the lists, and then compares attention through the cache with attention on the same numbers, dense.
 */
public final class CacheModel implements AutoCloseable {
    private static final int QUERIES = 3;

    public final KvCache cache;
    public final Stream stream;
    private final AttentionEngine engine;
    private final KvCacheSpec spec;
    private final AttentionTensors tensors = new AttentionTensors();
    private final SplittableRandom random;
    /** Of each sequence the rows: a key of all heads, then a value of all heads. */
    private final TreeMap<Integer, List<float[]>> rows = new TreeMap<>();

    public CacheModel(AttentionEngine engine, KvCacheSpec spec, long seed) {
        this.engine = engine;
        this.spec = spec;
        random = new SplittableRandom(seed);
        cache = engine.newKvCache(spec);
        stream = engine.newStream();
        cache.addTo(tensors);
        for (Operand operand : Operand.values()) { // unused rows are never to be read
            DeviceTensor tensor = tensors.get(operand);
            if (tensor != null && operand != Operand.KEY_LENGTHS) {
                TensorSpec dense = TensorSpec.dense(
                        tensor.dtype() == DType.I4 ? DType.U8 : tensor.dtype(),
                        tensor.batch(),
                        tensor.heads(),
                        tensor.rows(),
                        tensor.columns());
                tensor.upload(stream, Elements.poisoned(dense), 0);
            }
        }
    }

    /** The sequences that there should be. */
    public List<Integer> sequences() {
        return List.copyOf(rows.keySet());
    }

    public int length(int sequence) {
        return rows.get(sequence).size();
    }

    public int open() {
        int sequence = cache.newSequence();
        assertTrue(rows.put(sequence, new ArrayList<>()) == null, "a number is given out once");
        return sequence;
    }

    public int fork(int sequence) {
        int copy = cache.fork(stream, sequence);
        assertTrue(rows.put(copy, new ArrayList<>(rows.get(sequence))) == null, "a number is given out once");
        return copy;
    }

    public void trim(int sequence, int length) {
        cache.trim(stream, sequence, length);
        rows.put(sequence, new ArrayList<>(rows.get(sequence).subList(0, length)));
    }

    public void free(int sequence) {
        cache.free(stream, sequence);
        rows.remove(sequence);
    }

    /** Appends random rows; the tensors hold those of all sequences behind one another, or an entry for each. */
    public void append(int[] sequences, int[] counts, DType type, boolean behindOneAnother) {
        int total = 0;
        int most = 0;
        for (int count : counts) {
            total += count;
            most = Math.max(most, count);
        }
        int batch = behindOneAnother ? 1 : sequences.length;
        int length = Math.max(1, behindOneAnother ? total : most);
        TensorSpec keySpec = ordered(type, batch, length, spec.headDim());
        TensorSpec valueSpec = ordered(type, batch, length, spec.valueDim());
        Object keys = Elements.poisoned(keySpec);
        Object values = Elements.poisoned(valueSpec);
        List<List<float[]>> added = new ArrayList<>();
        int row = 0;
        for (int i = 0; i < sequences.length; i++) {
            added.add(new ArrayList<>());
            for (int j = 0; j < counts[i]; j++, row++) {
                int entry = behindOneAnother ? 0 : i;
                int at = behindOneAnother ? row : j;
                float[] key = fill(new Elements(keySpec, keys), entry, at, spec.headDim());
                float[] value = fill(new Elements(valueSpec, values), entry, at, spec.valueDim());
                added.get(i).add(join(rotated(key, rows.get(sequences[i]).size() + j), value));
            }
        }
        try (DeviceTensor keyTensor = allocate(keySpec);
                DeviceTensor valueTensor = allocate(valueSpec)) {
            keyTensor.upload(stream, keys, 0);
            valueTensor.upload(stream, values, 0);
            cache.append(stream, sequences, counts, keyTensor, valueTensor);
        }
        for (int i = 0; i < sequences.length; i++) {
            rows.get(sequences[i]).addAll(added.get(i));
        }
    }

    private boolean rowsFirst() {
        return spec.order() == Layout.Order.BATCH_ROW_HEAD;
    }

    private TensorSpec ordered(DType type, int batch, int rows, int columns) {
        TensorSpec dense = TensorSpec.dense(type, batch, spec.kvHeads(), rows, columns);
        return rowsFirst() ? dense.with(Layout.rowsFirst(spec.kvHeads(), rows, columns)) : dense;
    }

    private DeviceTensor allocate(TensorSpec rows) {
        int second = rowsFirst() ? rows.rows() : rows.heads();
        int third = rowsFirst() ? rows.heads() : rows.rows();
        return engine.allocate(rows.dtype(), rows.batch(), second, third, rows.columns());
    }

    private float[] fill(Elements to, int entry, int row, int columns) {
        float[] numbers = new float[spec.kvHeads() * columns];
        for (int i = 0; i < numbers.length; i++) {
            to.set(entry, i / columns, row, i % columns, (float) (random.nextDouble() * 2 - 1));
            numbers[i] = (float) to.get(entry, i / columns, row, i % columns);
        }
        return numbers;
    }

    private static float[] join(float[] key, float[] value) {
        float[] both = java.util.Arrays.copyOf(key, key.length + value.length);
        System.arraycopy(value, 0, both, key.length, value.length);
        return both;
    }

    private float[] rotated(float[] key, int position) {
        Rotary rotary = spec.rotary();
        if (rotary == null) {
            return key;
        }
        float[] result = key.clone();
        for (int i = 0; i < key.length; i++) {
            int d = i % spec.headDim();
            int half = rotary.dim() / 2;
            if (d < rotary.dim()) {
                boolean first = rotary.interleaved() ? d % 2 == 0 : d < half;
                int pair = rotary.interleaved() ? d / 2 : d % half;
                int other = i + (first ? 1 : -1) * (rotary.interleaved() ? 1 : half);
                double angle = position * Math.pow(10000, -2.0 * pair / rotary.dim());
                result[i] = (float) (key[i] * Math.cos(angle) + (first ? -1 : 1) * key[other] * Math.sin(angle));
            }
        }
        return result;
    }

    /** Compares everything with the lists. */
    public void check(String name) {
        assertEquals(rows.size(), cache.sequenceCount(), name);
        AttentionSpec base = cache.applyTo(
                        AttentionSpec.builder().heads(2 * spec.kvHeads()).queryLength(QUERIES))
                .returnLse()
                .build();
        AttentionSpec attention =
                base.mask().isBounded() ? base : base.toBuilder().causal().build();
        AttentionSpec dense = AttentionSpec.builder()
                .batch(spec.sequences())
                .heads(attention.heads())
                .kvHeads(spec.kvHeads())
                .queryLength(QUERIES)
                .keyLength(spec.maxLength())
                .headDim(spec.headDim())
                .valueDim(spec.valueDim())
                .mask(attention.mask())
                .keyLengths()
                .returnLse()
                .build();
        int[] lengths = new int[spec.sequences()];
        tensors.get(Operand.KEY_LENGTHS).download(stream, lengths);
        float[] query = new Problem(dense, 7, 1).query();
        AttentionArrays inputs = new AttentionArrays()
                .with(Operand.QUERY, query)
                .with(Operand.KEY, stored(name, dense, Operand.KEY, Operand.KEY_SCALES, 0))
                .with(Operand.VALUE, stored(name, dense, Operand.VALUE, Operand.VALUE_SCALES, 1))
                .with(Operand.KEY_LENGTHS, lengths);
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            int expected = rows.containsKey(sequence) ? rows.get(sequence).size() : 0;
            assertEquals(expected, lengths[sequence], name + ", length of sequence " + sequence);
            if (rows.containsKey(sequence)) {
                assertEquals(expected, cache.length(sequence), name);
            }
        }
        float[] out = new float[(int) attention.outElements()];
        float[] lse = new float[(int) attention.lseElements()];
        try (DeviceTensor q = engine.allocate(attention.operand(Operand.QUERY));
                DeviceTensor o = engine.allocate(attention.operand(Operand.OUT));
                DeviceTensor l = engine.allocate(attention.operand(Operand.LSE))) {
            q.upload(stream, query);
            engine.plan(attention)
                    .enqueue(
                            stream,
                            tensors.with(Operand.QUERY, q).with(Operand.OUT, o).with(Operand.LSE, l));
            o.download(stream, out);
            l.download(stream, lse);
        }
        AttentionArrays outputs = new AttentionArrays().with(Operand.OUT, out).with(Operand.LSE, lse);
        Budget.check(name + ", " + attention, dense, inputs, outputs);
    }

    /**
     * What the device has for all sequences as dense floats, each row compared with what it should be; poison where a
     * window left it behind.
     */
    private float[] stored(String name, AttentionSpec dense, Operand operand, Operand scalesOperand, int part) {
        DeviceTensor tensor = tensors.get(operand);
        Object array = download(tensor);
        float[] scales = tensors.get(scalesOperand) == null ? null : (float[]) download(tensors.get(scalesOperand));
        int[] table =
                tensors.get(Operand.PAGE_TABLE) == null ? null : (int[]) download(tensors.get(Operand.PAGE_TABLE));
        TensorSpec to = dense.operand(operand);
        float[] floats = (float[]) Elements.poisoned(to);
        int columns = to.columns();
        int perRow = spec.type().scales(columns);
        for (int sequence : rows.keySet()) {
            List<float[]> expected = rows.get(sequence);
            int seen = spec.window() < 0 ? 0 : Math.max(0, expected.size() - QUERIES - spec.window());
            for (int row = seen; row < expected.size(); row++) {
                int entry = table == null
                        ? sequence
                        : table[sequence * (table.length / spec.sequences()) + row / spec.pageSize()];
                int at = table == null ? row : row % spec.pageSize();
                for (int head = 0; head < spec.kvHeads(); head++) {
                    int line = (entry * spec.kvHeads() + head) * tensor.rows() + at;
                    for (int d = 0; d < columns; d++) {
                        float scale = perRow == 0 ? 1 : scales[line * perRow + (perRow == 1 ? 0 : d / DType.GROUP)];
                        float number = element(array, line * tensor.columns(), d) * scale;
                        float wanted = expected.get(row)[part * spec.kvHeads() * spec.headDim() + head * columns + d];
                        assertEquals(
                                wanted,
                                number,
                                error(wanted, scale),
                                name + ", " + operand + " " + row + " of sequence " + sequence + ", head " + head
                                        + ", element " + d);
                        floats[((sequence * spec.kvHeads() + head) * to.rows() + row) * columns + d] = number;
                    }
                }
            }
        }
        return floats;
    }

    private double error(float wanted, float scale) {
        double rotation = spec.rotary() == null ? 0 : 1e-6;
        return rotation
                + switch (spec.type()) {
                    case F32 -> 0;
                    case F16 -> Math.abs(wanted) * 0x1p-11 + 0x1p-25;
                    case BF16 -> Math.abs(wanted) * 0x1p-8;
                    default -> scale * 0.5001;
                };
    }

    private float element(Object array, int row, int d) {
        return switch (spec.type()) {
            case F32 -> ((float[]) array)[row + d];
            case F16 -> Half.fromF16(((short[]) array)[row + d]);
            case BF16 -> Half.fromBf16(((short[]) array)[row + d]);
            case I8 -> ((byte[]) array)[row + d];
            default -> ((byte[]) array)[row + d / 2] << (d % 2 == 0 ? 28 : 24) >> 28;
        };
    }

    private Object download(DeviceTensor tensor) {
        int length = (int) tensor.elements();
        Object array =
                switch (tensor.dtype()) {
                    case F32 -> new float[length];
                    case F16, BF16 -> new short[length];
                    case I32 -> new int[length];
                    default -> new byte[length];
                };
        tensor.download(stream, array, 0);
        return array;
    }

    @Override
    public void close() {
        stream.close();
        cache.close();
    }
}
