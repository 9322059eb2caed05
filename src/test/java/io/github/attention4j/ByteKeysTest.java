package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.internal.plan.decode.ByteProduct;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.CachedKeys;
import io.github.attention4j.testing.DecodeEngines;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keys of 8 and 4 bits that a CPU's decode kernel multiplies as bytes, by hand and by the processor's instruction, keep
 * to the budget of floats; and so do values of 4 bits, of which a byte holds two.
 */
@Tag("opencl")
class ByteKeysTest {
    private static final int[] LENGTHS = {150, 0, 17, 131};
    private static final int KEYS = 150;

    static List<ByteProduct> products() {
        List<ByteProduct> products = new ArrayList<>(List.of(ByteProduct.PLAIN));
        products.add(hasInstruction(Instruction.TDPBSSD) ? ByteProduct.AMX : ByteProduct.AMX_PLAIN);
        if (hasInstruction(Instruction.VPDPBUSD)) {
            products.add(ByteProduct.VPDPBUSD);
        }
        return products;
    }

    private static boolean hasInstruction(Instruction instruction) {
        Device device = AttentionEngine.devices().get(0);
        return device.id().equals(Engines.openClDevice())
                && device.instructions().contains(instruction);
    }

    private static AttentionSpecBuilder dense(int groupSize, int queries, int headDim, int valueDim) {
        return AttentionSpec.builder()
                .batch(LENGTHS.length)
                .heads(2 * groupSize)
                .kvHeads(2)
                .queryLength(queries)
                .keyLength(KEYS)
                .headDim(headDim)
                .valueDim(valueDim)
                .keyLengths()
                .returnLse();
    }

    private static AttentionSpec cached(AttentionSpec dense, DType value, boolean paged) {
        return cached(dense, DType.I8, value, paged);
    }

    private static AttentionSpec cached(AttentionSpec dense, DType key, DType value, boolean paged) {
        AttentionSpecBuilder builder = dense.toBuilder().type(Operand.KEY, key).type(Operand.VALUE, value);
        return (paged ? builder.paged(16, 24) : builder).build();
    }

    private static AttentionArrays attend(ByteProduct product, int splitSize, AttentionSpec cached, CachedKeys keys) {
        AttentionEngine engine = DecodeEngines.of(product, splitSize);
        String explained = engine.plan(cached).explain();
        assertTrue(explained.contains(DecodeEngines.macro(product)), explained);
        return attend(engine, cached, keys);
    }

    private static AttentionArrays attend(AttentionEngine engine, AttentionSpec cached, CachedKeys keys) {
        AttentionArrays outputs = new AttentionArrays();
        for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
            HostArrays.put(outputs, operand, Elements.poisoned(cached.operand(operand)));
        }
        engine.attend(cached, HostArrays.all(keys.stored(), outputs));
        return outputs;
    }

    private static void check(ByteProduct product, AttentionSpec dense, AttentionSpec cached) {
        CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
        for (int splitSize : new int[] {0, 53}) {
            Budget.check(
                    product + ", " + cached + ", shares of " + splitSize,
                    dense,
                    keys.dense(),
                    attend(product, splitSize, cached, keys));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void bytesAgreeWithTheReferenceWhateverTheSizesAndMasks(ByteProduct product) {
        for (int groupSize : new int[] {1, 2, 5}) {
            for (int queries : new int[] {1, 3}) {
                boolean paged = (groupSize + queries) % 4 < 2; // in turns: each is a program
                for (Mask mask : new Mask[] {Mask.causal(), Mask.window(50, 0)}) {
                    AttentionSpec dense =
                            dense(groupSize, queries, 64, 24).mask(mask).build();
                    check(product, dense, cached(dense, DType.I8, paged));
                }
            }
        }
        AttentionSpec wide = dense(4, 1, 128, 72).build();
        check(product, wide, cached(wide, DType.F16, true));
        AttentionSpec far =
                dense(4, 1, 64, 64).order(Layout.Order.BATCH_ROW_HEAD).build();
        check(product, far, cached(far, DType.I8, false));
        AttentionSpec pairs =
                dense(2, 2, 64, 64).bias(DType.F32).softcap(20).alibi().causal().build();
        check(product, pairs, cached(pairs, DType.I8, true));
    }

    /** In groups of 32, each with a scale. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void keysOfFourBitsAgreeWithTheReference(ByteProduct product) {
        for (Mask mask : new Mask[] {Mask.causal(), Mask.window(50, 0)}) {
            AttentionSpec dense = dense(5, 1, 128, 128).mask(mask).build();
            check(product, dense, cached(dense, DType.I4, DType.I4, true));
        }
        AttentionSpec wide = dense(2, 3, 256, 96).scale(4).build();
        check(product, wide, cached(wide, DType.I4, DType.I4, false));
    }

    /** Sums of a group that an int just holds: all its keys are as small or as large as they can be, queries too. */
    @Test
    void theLargestSumsOfFourBitsFitTheirWords() {
        AttentionSpec dense = dense(4, 1, 128, 64).build();
        AttentionSpec cached = cached(dense, DType.I4, DType.I8, false);
        CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
        float[] floats = (float[]) keys.dense().get(Operand.KEY);
        byte[] halves = (byte[]) keys.stored().get(Operand.KEY);
        for (int i = 0; i < floats.length; i++) {
            boolean isLow = i / dense.headDim() % 3 == 0;
            floats[i] = isLow ? -0.25f : 7f / 32;
            halves[i / 2] = (byte) (isLow ? 0x88 : 0x77);
        }
        Arrays.fill((float[]) keys.stored().get(Operand.KEY_SCALES), 1f / 32);
        Elements query = Elements.of(dense, keys.dense(), Operand.QUERY);
        for (int batch = 0; batch < dense.batch(); batch++) {
            for (int head = 0; head < dense.heads(); head++) {
                for (int d = 0; d < dense.headDim(); d++) {
                    query.set(batch, head, 0, d, head % 2 == 0 ? 0.5f : -0.5f);
                }
            }
        }
        for (ByteProduct product : products()) {
            Budget.check(product.toString(), dense, keys.dense(), attend(product, 0, cached, keys));
        }
    }

    /** Blocks of rows and columns of all sizes, and fewer lanes, as on other processors. */
    @Test
    void valuesOfFourBitsComeInPairsOfVectorsOfAnyLength() {
        for (int valueDim : new int[] {64, 160, 224}) {
            AttentionSpec dense = dense(3, 1, 64, valueDim).causal().build();
            AttentionSpec cached = cached(dense, DType.I4, DType.I4, true);
            CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
            AttentionEngine engine = DecodeEngines.of(DecodeEngines.Kernel.OF_DEVICE, 0); // has the largest blocks
            Budget.check(valueDim + " columns", dense, keys.dense(), attend(engine, cached, keys));
            for (int lanes : new int[] {4, 8, 16}) {
                String what = valueDim + " columns, " + lanes + " lanes";
                Budget.check(what, dense, keys.dense(), attend(DecodeEngines.ofLanes(lanes), cached, keys));
            }
        }
    }

    /** Real scores reach 185. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void largeScoresAreAsExactAsThoseOfFloats(ByteProduct product) {
        for (float scale : new float[] {-40, 20, 40}) {
            AttentionSpec dense = dense(4, 1, 128, 64).scale(scale).build();
            check(product, dense, cached(dense, DType.I8, true));
        }
    }

    /** Queries that have no digits of their own: the whole group is computed in floats then. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void queriesThatAreNotFiniteOrTinyGiveWhatFloatsGive(ByteProduct product) {
        AttentionSpec dense = dense(2, 1, 64, 64).build();
        strangeQueries(
                product, dense, cached(dense, DType.I8, false), Float.POSITIVE_INFINITY, 1e36f, -1e36f, 1e-36f, 0);
        AttentionSpec wide = dense(2, 1, 128, 64).build();
        strangeQueries(product, wide, cached(wide, DType.I4, DType.I8, true), -1e36f, 0);
    }

    private static void strangeQueries(
            ByteProduct product, AttentionSpec dense, AttentionSpec cached, float... others) {
        float[] all = Arrays.copyOf(others, others.length + 2);
        all[others.length] = Float.NaN;
        all[others.length + 1] = Float.MIN_VALUE;
        for (float strange : all) {
            CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
            Elements query = Elements.of(dense, keys.dense(), Operand.QUERY);
            for (int d = 0; d < 64; d++) {
                query.set(0, 1, 0, d, strange == 0 || Math.abs(strange) < 1e-30f ? strange : d == 7 ? strange : 0.5f);
            }
            Budget.check(product + " " + strange, dense, keys.dense(), attend(product, 0, cached, keys));
        }
    }

    /** One large element leaves the digits of all others few bits, as it does in a sum of floats. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void oneLargeElementOfAQueryCostsTheOthersNoMoreThanInFloats(ByteProduct product) {
        AttentionSpec dense = dense(2, 1, 64, 64).scale(1).build();
        AttentionSpec cached = cached(dense, DType.I8, false);
        CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
        Elements query = Elements.of(dense, keys.dense(), Operand.QUERY);
        for (int head = 0; head < dense.heads(); head++) {
            query.set(0, head, 0, 5, 100);
        }
        Budget.check(product.toString(), dense, keys.dense(), attend(product, 0, cached, keys));
    }

    @Test
    void theInstructionGivesTheBitsOfPlainArithmetic() {
        assumeTrue(hasInstruction(Instruction.VPDPBUSD), "the processor has no vpdpbusd");
        for (DType type : new DType[] {DType.I8, DType.I4}) {
            AttentionSpec dense = dense(4, 1, 128, 64).build();
            AttentionSpec cached = cached(dense, type, DType.I8, true);
            CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
            assertArrayEquals(
                    (float[]) attend(ByteProduct.PLAIN, 53, cached, keys).get(Operand.OUT),
                    (float[]) attend(ByteProduct.VPDPBUSD, 53, cached, keys).get(Operand.OUT),
                    0f);
        }
    }

    @Test
    void tilesByTheInstructionGiveTheBitsOfPlainArithmetic() {
        assumeTrue(hasInstruction(Instruction.TDPBSSD), "the processor has no tdpbssd");
        AttentionSpec dense = dense(5, 1, 128, 64).build();
        AttentionSpec cached = cached(dense, DType.I8, DType.I8, true);
        CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
        assertArrayEquals(
                (float[]) attend(ByteProduct.AMX_PLAIN, 0, cached, keys).get(Operand.OUT),
                (float[]) attend(ByteProduct.AMX, 0, cached, keys).get(Operand.OUT),
                0f);
    }

    /** A row whose weights are no numbers has no digits of them. */
    @Test
    void scalesOfValuesThatAreNotFiniteGiveWhatFloatsGive() {
        ByteProduct tiles = products().get(1);
        AttentionSpec dense = dense(2, 1, 64, 64).build();
        AttentionSpec cached = cached(dense, DType.I8, DType.I8, false);
        for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
            CachedKeys keys = new CachedKeys(dense, cached, LENGTHS, 3);
            ((float[]) keys.stored().get(Operand.VALUE_SCALES))[3] = strange;
            float[] floats =
                    (float[]) attend(ByteProduct.PLAIN, 0, cached, keys).get(Operand.OUT);
            float[] digits = (float[]) attend(tiles, 0, cached, keys).get(Operand.OUT);
            for (int i = 0; i < floats.length; i++) {
                boolean finite = Float.isFinite(floats[i]);
                float delta = finite ? 1e-6f + 1e-5f * Math.abs(floats[i]) : Float.MIN_VALUE;
                assertEquals(floats[i], digits[i], delta, strange + ", " + i);
            }
            assertTrue(strange == 1e30f || !Float.isFinite(floats[0]));
        }
    }

    /** What a simulator can run. */
    @Tag("oclgrind")
    @Test
    void staysWithinItsMemory() {
        AttentionSpec dense = dense(2, 1, 64, 8).build();
        check(ByteProduct.PLAIN, dense, cached(dense, DType.I8, true));
        AttentionSpec wide = dense(1, 1, 128, 32).build();
        check(ByteProduct.PLAIN, wide, cached(wide, DType.I4, DType.I4, true));
    }
}
