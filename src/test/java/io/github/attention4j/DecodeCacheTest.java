package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.CachedKeys;
import io.github.attention4j.testing.DecodeEngines;
import io.github.attention4j.testing.DecodeEngines.Kernel;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One token at a time over keys and values of a cache, by the decode kernel that the planner takes for the device. */
@Tag("opencl")
class DecodeCacheTest {
    private static final int[] LENGTHS = {300, 0, 17, 161};
    private static final int KEYS = 300;

    private static AttentionSpec dense(int groupSize, Mask mask) {
        return AttentionSpec.builder()
                .batch(LENGTHS.length)
                .heads(4)
                .kvHeads(4 / groupSize)
                .queryLength(1)
                .keyLength(KEYS)
                .headDim(72)
                .valueDim(40)
                .mask(mask)
                .keyLengths()
                .returnLse()
                .build();
    }

    private static AttentionSpec cached(AttentionSpec dense, DType type, boolean paged) {
        AttentionSpecBuilder builder = dense.toBuilder().type(Operand.KEY, type).type(Operand.VALUE, type);
        return (paged ? builder.paged(16, 40) : builder).build();
    }

    private static AttentionArrays attend(int splitSize, AttentionSpec cached, CachedKeys keys) {
        AttentionArrays outputs = new AttentionArrays();
        for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
            HostArrays.put(outputs, operand, Elements.poisoned(cached.operand(operand)));
        }
        AttentionEngine engine = DecodeEngines.of(Kernel.OF_DEVICE, splitSize);
        engine.attend(cached, HostArrays.all(keys.stored(), outputs));
        return outputs;
    }

    private static void check(int groupSize, DType type, boolean paged) {
        for (Mask mask : new Mask[] {Mask.none(), Mask.window(50, 0)}) {
            AttentionSpec dense = dense(groupSize, mask);
            AttentionSpec cached = cached(dense, type, paged);
            CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
            for (int splitSize : new int[] {0, 53}) {
                Budget.check(cached + ", shares of " + splitSize, dense, keys.dense(), attend(splitSize, cached, keys));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F32", "F16", "BF16", "I8", "I4"})
    void tokensReadPagesOfEveryType(DType type) {
        check(1, type, true);
        check(4, type, true);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"I8", "I4"})
    void tokensReadContiguousRowsOfFewBits(DType type) {
        check(4, type, false);
    }

    /** A row of one element fills no byte of a 4-bit cache. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F16", "I8", "I4"})
    void tokensReadRowsOfOneElement(DType type) {
        AttentionSpec dense =
                dense(2, Mask.none()).toBuilder().headDim(1).valueDim(1).build();
        AttentionSpec cached = cached(dense, type, true);
        CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
        Budget.check(cached.toString(), dense, keys.dense(), attend(0, cached, keys));
    }

    @Test
    void thePlannerTakesDecodeForOneTokenOfACache() {
        AttentionSpec cached = cached(dense(4, Mask.none()), DType.I8, true);
        try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice())) {
            assertEquals(KernelFamily.DECODE, engine.plan(cached).family());
        }
    }

    /** Where pages lie, and who else is in the batch, changes no bit; shares begin within pages. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F32", "I8", "I4"})
    void aSequenceHasTheSameBitsInAnyPagesAndAnyBatch(DType type) {
        AttentionSpec dense = dense(4, Mask.none());
        AttentionSpec cached = cached(dense, type, true);
        CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
        AttentionArrays together = attend(53, cached, keys);
        int entry = LENGTHS.length - 1;
        AttentionSpec alone =
                cached.toBuilder().batch(1).keyLength(LENGTHS[entry]).build();
        AttentionArrays stored = keys.stored();
        int[] table = (int[]) stored.get(Operand.PAGE_TABLE);
        int width = table.length / LENGTHS.length;
        float[] query = (float[]) stored.get(Operand.QUERY);
        int queryLength = query.length / LENGTHS.length;
        AttentionArrays inputs = new AttentionArrays()
                .with(Operand.QUERY, Arrays.copyOfRange(query, entry * queryLength, (entry + 1) * queryLength))
                .with(Operand.KEY_LENGTHS, new int[] {LENGTHS[entry]})
                .with(
                        Operand.PAGE_TABLE,
                        Arrays.copyOfRange(
                                table,
                                entry * width,
                                entry * width
                                        + alone.operand(Operand.PAGE_TABLE).rows()));
        for (Operand operand : new Operand[] {Operand.KEY, Operand.VALUE, Operand.KEY_SCALES, Operand.VALUE_SCALES}) {
            if (alone.has(operand)) {
                HostArrays.put(inputs, operand, stored.get(operand));
            }
        }
        AttentionArrays outputs =
                new AttentionArrays().with(Operand.OUT, new float[4 * 40]).with(Operand.LSE, new float[4]);
        DecodeEngines.of(Kernel.OF_DEVICE, 53).attend(alone, HostArrays.all(inputs, outputs));
        for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
            float[] single = (float[]) outputs.get(operand);
            float[] all = (float[]) together.get(operand);
            assertArrayEquals(
                    single,
                    Arrays.copyOfRange(all, entry * single.length, (entry + 1) * single.length),
                    0f,
                    operand.toString());
        }
    }
}
