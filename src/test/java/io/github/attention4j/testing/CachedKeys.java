package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Keys and values as a cache holds them, in pages, quantised or both, and the same ones as dense floats: two sets of
 * inputs for two specs that must give the same result. What belongs to no key of an entry is poison, in tables too.
 */
public final class CachedKeys {
    private final AttentionSpec cached;
    private final SplittableRandom random;
    private final AttentionArrays dense;
    private final AttentionArrays stored = new AttentionArrays();
    private final int[] table;

    /**
     * @param dense a spec of dense floats that has key lengths
     * @param cached the same for keys that are stored
     * @param lengths how many keys each entry has
     */
    public CachedKeys(AttentionSpec dense, AttentionSpec cached, int[] lengths, long seed) {
        this.cached = cached;
        random = new SplittableRandom(seed);
        this.dense = new Problem(dense, seed, 1).inputs().with(Operand.KEY_LENGTHS, lengths);
        table = cached.isPaged() ? table(lengths) : null;
        for (Operand operand : Operand.values()) {
            if (cached.has(operand) && !operand.isOutput() && this.dense.get(operand) != null) {
                HostArrays.put(stored, operand, this.dense.get(operand));
            }
        }
        this.dense.with(Operand.KEY, store(Operand.KEY, Operand.KEY_SCALES, dense, lengths));
        this.dense.with(Operand.VALUE, store(Operand.VALUE, Operand.VALUE_SCALES, dense, lengths));
        if (table != null) {
            stored.with(Operand.PAGE_TABLE, table);
        }
    }

    /** The inputs as dense floats. */
    public AttentionArrays dense() {
        return dense;
    }

    /** The inputs as they are stored. */
    public AttentionArrays stored() {
        return stored;
    }

    /** Pages in no order, none twice. */
    private int[] table(int[] lengths) {
        TensorSpec key = cached.operand(Operand.KEY);
        int[] free = new int[key.batch()];
        for (int i = 0; i < free.length; i++) {
            int other = random.nextInt(i + 1);
            free[i] = free[other];
            free[other] = i;
        }
        int width = cached.operand(Operand.PAGE_TABLE).rows();
        int[] pages = new int[lengths.length * width];
        Arrays.fill(pages, -7);
        int taken = 0;
        for (int batch = 0; batch < lengths.length; batch++) {
            for (int page = 0; page * key.rows() < lengths[batch]; page++) {
                pages[batch * width + page] = free[taken++];
            }
        }
        return pages;
    }

    private float[] store(Operand operand, Operand scalesOperand, AttentionSpec denseSpec, int[] lengths) {
        TensorSpec to = denseSpec.operand(operand);
        float[] floats = (float[]) Elements.poisoned(to);
        TensorSpec from = cached.operand(operand);
        Object array = Elements.poisoned(from);
        float[] scales = null;
        if (cached.has(scalesOperand)) {
            scales = (float[]) Elements.poisoned(cached.operand(scalesOperand));
            stored.with(scalesOperand, scales);
        }
        int pageSize = from.rows();
        int width = cached.isPaged() ? cached.operand(Operand.PAGE_TABLE).rows() : 0;
        for (int batch = 0; batch < to.batch(); batch++) {
            for (int row = 0; row < lengths[batch]; row++) {
                int entry = table == null ? batch : table[batch * width + row / pageSize];
                int at = table == null ? row : row % pageSize;
                for (int head = 0; head < to.heads(); head++) {
                    int first = (int) from.layout().at(entry, head, at);
                    int firstFloat = (int) to.layout().at(batch, head, row);
                    int firstScale = ((entry * from.heads() + head) * pageSize + at)
                            * from.dtype().scales(from.columns());
                    for (int d = 0; d < to.columns(); d++) {
                        floats[firstFloat + d] = element(from.dtype(), array, first, d, scales, firstScale);
                    }
                }
            }
        }
        HostArrays.put(stored, operand, array);
        return floats;
    }

    /** Stores a random number; returns what is stored. */
    private float element(DType type, Object array, int row, int d, float[] scales, int firstScale) {
        float number = (float) (random.nextDouble() * 2 - 1);
        switch (type) {
            case F32 -> ((float[]) array)[row + d] = number;
            case F16 -> number = Half.fromF16(((short[]) array)[row + d] = Half.toF16(number));
            case BF16 -> number = Half.fromBf16(((short[]) array)[row + d] = Half.toBf16(number));
            case I8 -> {
                if (d == 0) {
                    scales[firstScale] = (float) (random.nextDouble() / 100);
                }
                byte whole = (byte) (random.nextInt(256) - 128);
                ((byte[]) array)[row + d] = whole;
                number = whole * scales[firstScale];
            }
            default -> {
                if (d % 32 == 0) {
                    scales[firstScale + d / 32] = (float) (random.nextDouble() / 5);
                }
                int whole = random.nextInt(16) - 8;
                byte[] bytes = (byte[]) array;
                int at = row + d / 2;
                bytes[at] = (byte) (d % 2 == 0 ? whole & 15 : bytes[at] & 15 | whole << 4);
                number = whole * scales[firstScale + d / 32];
            }
        }
        return number;
    }
}
