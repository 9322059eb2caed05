package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.KvCacheSpec;
import java.util.List;
import java.util.Locale;

/**
 * One step of text generation: a query for each sequence and head, against all keys of its cache.
 *
 * @param heads of queries; those of keys are {@value #KV_HEADS}
 * @param batch sequences
 * @param keys of each
 * @param type how the cache stores them
 */
public record DecodeCase(int heads, int batch, int keys, DType type) {
    /** As many as usual. */
    public static final int HEADS = 32;

    static final int KV_HEADS = 8;
    static final int HEAD_DIM = 128;

    private static final List<DType> TYPES = List.of(DType.F32, DType.F16, DType.BF16, DType.I8, DType.I4);

    /**
     * The groups of the table; those of a group are timed in turns. In the last each head has keys of its own, so that
     * a processor has a quarter of the arithmetic for what it reads.
     *
     * @param divisor lengths are divided by this
     */
    public static List<List<DecodeCase>> groups(int divisor) {
        return List.of(of(HEADS, 1, 65_536 / divisor), of(HEADS, 8, 4096 / divisor), of(KV_HEADS, 1, 65_536 / divisor));
    }

    private static List<DecodeCase> of(int heads, int batch, int keys) {
        return TYPES.stream()
                .map(type -> new DecodeCase(heads, batch, keys, type))
                .toList();
    }

    KvCacheSpec cache() {
        return KvCacheSpec.builder()
                .sequences(batch)
                .maxLength(keys)
                .kvHeads(KV_HEADS)
                .headDim(HEAD_DIM)
                .type(type)
                .build();
    }

    AttentionSpec spec() {
        return cache().applyTo(AttentionSpec.builder().heads(heads).queryLength(1))
                .build();
    }

    /** Bytes of keys and values with their scales, each read once: what a step cannot do without. */
    public double bytes() {
        double row = type == DType.I4 ? HEAD_DIM / 2.0 : HEAD_DIM * type.bytes();
        return 2.0 * batch * KV_HEADS * keys * (row + Float.BYTES * type.scales(HEAD_DIM));
    }

    /** {@code "8 x 4096 keys"}. */
    public String shape() {
        return batch + " x " + keys + " keys";
    }

    /** {@code "32/8"}. */
    public String headCounts() {
        return heads + "/" + KV_HEADS;
    }

    /** {@code "int8"} and the like. */
    public String typeName() {
        return type.isQuantised()
                ? "int" + (type == DType.I8 ? 8 : 4)
                : type.name().toLowerCase(Locale.ROOT);
    }
}
