package io.github.attention4j.internal.java;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.HostMemory;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A spec with options drawn by chance, and arrays for it; outputs are filled with {@link #UNTOUCHED}. */
public final class RandomCall {
    /** What outputs hold before, exactly a number in all types. */
    public static final float UNTOUCHED = 77;

    public final AttentionSpec spec;
    public final AttentionArrays arrays = new AttentionArrays();
    private final SplittableRandom random;
    private int[] queryOffsets;
    private int[] keyOffsets;

    public RandomCall(long seed) {
        random = new SplittableRandom(seed);
        spec = randomSpec();
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)) {
                set(operand, contents(operand, spec.operand(operand)));
            }
        }
    }

    private boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    private int oneOr(int n) {
        return chance(2) ? 1 : n;
    }

    private AttentionSpec randomSpec() {
        int batch = 1 + random.nextInt(3);
        int kvHeads = 1 + random.nextInt(2);
        int heads = kvHeads * (1 + random.nextInt(2));
        int queries = 1 + random.nextInt(chance(3) ? 200 : 20);
        int keys = 1 + random.nextInt(chance(2) ? 300 : 30);
        int headDim = 2 + random.nextInt(30);
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(batch)
                .heads(heads)
                .kvHeads(kvHeads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim)
                .valueDim(1 + random.nextInt(30));
        types(builder);
        masks(builder, batch, heads, queries, keys);
        scores(builder, batch, heads, queries, keys, headDim);
        if (chance(4)) {
            queryOffsets = offsets(batch, queries);
            builder.raggedQueries(queryOffsets[batch] + random.nextInt(3) + 1);
        }
        if (chance(4)) {
            keyOffsets = offsets(batch, keys);
            builder.raggedKeys(keyOffsets[batch] + random.nextInt(3) + 1);
        }
        if (chance(3)) {
            builder.order(Layout.Order.BATCH_ROW_HEAD);
        }
        return builder.build();
    }

    private void types(AttentionSpecBuilder builder) {
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.OUT}) {
            if (chance(4)) {
                builder.type(operand, chance(2) ? DType.F16 : DType.BF16);
            }
        }
        if (chance(2)) {
            builder.returnLse();
        }
    }

    private void masks(AttentionSpecBuilder builder, int batch, int heads, int queries, int keys) {
        if (chance(2)) {
            Mask.Alignment[] alignments = Mask.Alignment.values();
            int left = chance(2) ? Mask.UNBOUNDED : random.nextInt(keys);
            int right = random.nextInt(3) * random.nextInt(20);
            builder.mask(new Mask(left, right, alignments[random.nextInt(3)]));
            if (chance(3)) {
                builder.prefixLengths();
            }
        }
        if (chance(4)) {
            builder.keepMask(chance(2) ? DType.U8 : DType.BIT, oneOr(batch), oneOr(heads), oneOr(queries), oneOr(keys));
        }
        if (chance(4)) {
            builder.keyLengths();
        }
        if (chance(4)) {
            builder.keyRanges(oneOr(batch), oneOr(heads));
        }
    }

    private void scores(AttentionSpecBuilder builder, int batch, int heads, int queries, int keys, int headDim) {
        if (chance(4)) {
            DType[] floats = {DType.F32, DType.F16, DType.BF16};
            builder.bias(floats[random.nextInt(3)], oneOr(batch), oneOr(heads), oneOr(queries), oneOr(keys));
        }
        if (chance(4)) {
            builder.softcap(0.5f + random.nextInt(5));
        }
        if (chance(4)) {
            builder.alibi(oneOr(batch));
        }
        if (chance(4)) {
            builder.sink();
        }
        if (chance(4)) {
            int dim = 2 * (1 + random.nextInt(headDim / 2));
            boolean interleaved = chance(2);
            int positions = 1 + random.nextInt(400);
            boolean given = chance(2); // else every key has a position of its own
            if (given) {
                builder.queryPositions(oneOr(batch)).keyPositions(oneOr(batch));
            }
            builder.rotary(new Rotary(dim, interleaved, given ? positions : Math.max(keys, positions)));
        }
        if (chance(5)) {
            builder.returnScores(ScoreStage.values()[random.nextInt(4)]);
        }
    }

    private int[] offsets(int batch, int longest) {
        int[] offsets = new int[batch + 1];
        offsets[0] = random.nextInt(3);
        for (int i = 0; i < batch; i++) {
            offsets[i + 1] = offsets[i] + random.nextInt(longest + 1);
        }
        return offsets;
    }

    /** Whether any entry owns this row of query, out and lse. */
    public boolean owns(int row) {
        return queryOffsets == null || row >= queryOffsets[0] && row < queryOffsets[spec.batch()];
    }

    /** How many queries an entry has. */
    public int queries(int batch) {
        return queryOffsets == null ? spec.queryLength() : queryOffsets[batch + 1] - queryOffsets[batch];
    }

    private Object contents(Operand operand, TensorSpec tensor) {
        int extent = (int) tensor.extent();
        return switch (operand) {
            case QUERY -> stored(tensor.dtype(), numbers(extent, 2));
            case KEY, VALUE -> stored(tensor.dtype(), poisoned(numbers(extent, 2)));
            case OUT, LSE, SCORES -> stored(tensor.dtype(), filled(extent));
            case BIAS -> stored(tensor.dtype(), bias(extent));
            case ALIBI_SLOPES, SINK -> numbers(extent, 1);
            case ROTARY_COS -> spec.rotary().cosines(100);
            case ROTARY_SIN -> spec.rotary().sines(100);
            case KEEP_MASK -> bytes(extent);
            case QUERY_OFFSETS -> queryOffsets;
            case KEY_OFFSETS -> keyOffsets;
            case KEY_LENGTHS, PREFIX_LENGTHS -> integers(extent, 0, spec.keyLength() + 1);
            case QUERY_POSITIONS, KEY_POSITIONS ->
                integers(extent, 0, spec.rotary().positions());
            default -> integers(extent, -20, spec.keyLength() + 20);
        };
    }

    private float[] numbers(int length, float size) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (float) (random.nextDouble() * 2 - 1) * size;
        }
        return numbers;
    }

    /** With a few NaN, which must come through where they are seen, and only there. */
    private float[] poisoned(float[] numbers) {
        int count = chance(2) ? 0 : random.nextInt(4);
        for (int i = 0; i < count; i++) {
            numbers[random.nextInt(numbers.length)] = Float.NaN;
        }
        return numbers;
    }

    private float[] bias(int length) {
        float[] bias = numbers(length, 3);
        for (int i = 0; i < length; i++) {
            bias[i] = chance(5) ? Float.NEGATIVE_INFINITY : bias[i];
        }
        return bias;
    }

    private static float[] filled(int length) {
        float[] filled = new float[length];
        Arrays.fill(filled, UNTOUCHED);
        return filled;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (chance(4) ? 0 : random.nextInt(256));
        }
        return bytes;
    }

    private int[] integers(int length, int from, int to) {
        int[] integers = new int[length];
        for (int i = 0; i < length; i++) {
            integers[i] = random.nextInt(from, to);
        }
        return integers;
    }

    private static Object stored(DType type, float[] numbers) {
        return type == DType.F32 ? numbers : Half.encode(type, numbers);
    }

    /** Sometimes as a direct buffer. */
    private void set(Operand operand, Object array) {
        DType type = spec.operand(operand).dtype();
        if (chance(4)) {
            int length = Array.getLength(array);
            ByteBuffer buffer = ByteBuffer.allocateDirect(length * type.bytes()).order(ByteOrder.nativeOrder());
            HostMemory.copy(type, array, 0, buffer, 0, length);
            arrays.with(operand, buffer);
        } else if (array instanceof float[] floats) {
            arrays.with(operand, floats);
        } else if (array instanceof short[] shorts) {
            arrays.with(operand, shorts);
        } else if (array instanceof int[] integers) {
            arrays.with(operand, integers);
        } else {
            arrays.with(operand, (byte[]) array);
        }
    }
}
