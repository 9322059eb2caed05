package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.Sizes;
import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Sizes, strides and starts near 2^31, 2^32 and 2^63: refused, or all that they lead to lies within what is asked of
 * arrays and tensors.
 */
class ExtremeSizesTest {
    private static final int ROUNDS = 20_000;
    private static final long[] LONGS = {
        0,
        1,
        2,
        7,
        8,
        64,
        1L << 16,
        Integer.MAX_VALUE - 1L,
        Integer.MAX_VALUE,
        1L << 31,
        (1L << 31) + 1,
        (1L << 32) - 1,
        1L << 32,
        (1L << 32) + 8,
        1L << 40,
        1L << 59,
        (1L << 60) - 8,
        1L << 60,
        (1L << 60) + 1,
        1L << 61,
        1L << 62,
        Long.MAX_VALUE - 63,
        Long.MAX_VALUE - 1,
        Long.MAX_VALUE,
        -1,
        Long.MIN_VALUE
    };
    private static final int[] INTS = {
        1,
        1,
        1,
        2,
        3,
        8,
        16,
        33,
        1 << 15,
        1 << 16,
        1 << 20,
        1 << 29,
        (1 << 30) - 1,
        1 << 30,
        (1 << 30) + 1,
        Integer.MAX_VALUE - 8,
        Integer.MAX_VALUE - 1,
        Integer.MAX_VALUE,
        0,
        -1,
        Integer.MIN_VALUE
    };

    private final SplittableRandom random = new SplittableRandom(63);
    private int accepted;

    private int size() {
        return random.nextInt(3) == 0 ? 1 + random.nextInt(40) : INTS[random.nextInt(INTS.length)];
    }

    private long stride() {
        return random.nextInt(3) == 0 ? random.nextInt(4000) : LONGS[random.nextInt(LONGS.length)];
    }

    private Layout layout() {
        return new Layout(stride(), stride(), stride(), stride());
    }

    /**
     * What it makes, or null if it is refused as it should be: with sizes in the message, and never by an overflow that
     * got away.
     */
    private <T> T tried(Supplier<T> made) {
        try {
            T it = made.get();
            accepted++;
            return it;
        } catch (IllegalArgumentException e) {
            assertFalse(e instanceof NumberFormatException, e.toString());
            boolean whateverTheSizes =
                    e.getMessage().startsWith("PACKED_QKV") || e.getMessage().startsWith("keys are either");
            assertTrue(whateverTheSizes || e.getMessage().matches("(?s).*\\d.*"), e.getMessage());
            return null;
        }
    }

    private void finish(int least) {
        assertTrue(accepted >= least, "only " + accepted + " of " + ROUNDS + " were accepted, which tests little");
    }

    @Test
    void tensorsEndWhereTheySay() {
        for (int n = 0; n < ROUNDS; n++) {
            DType type = DType.values()[random.nextInt(DType.values().length)];
            boolean dense = random.nextBoolean();
            TensorSpec tensor = tried(() -> dense
                    ? TensorSpec.dense(type, size(), size(), size(), size())
                    : new TensorSpec(type, size(), size(), size(), size(), layout()));
            if (tensor != null) {
                check(tensor);
            }
        }
        finish(ROUNDS / 20);
    }

    private static BigInteger big(long number) {
        return BigInteger.valueOf(number);
    }

    /** The position after the last element, exactly; the first is the layout's start, for no stride is negative. */
    private static BigInteger end(TensorSpec tensor) {
        Layout layout = tensor.layout();
        return big(layout.start())
                .add(big(tensor.batch() - 1L).multiply(big(layout.batchStride())))
                .add(big(tensor.heads() - 1L).multiply(big(layout.headStride())))
                .add(big(tensor.rows() - 1L).multiply(big(layout.rowStride())))
                .add(big(tensor.rowUnits()));
    }

    private static void check(TensorSpec tensor) {
        assertTrue(tensor.rowUnits() > 0);
        assertEquals(end(tensor), big(tensor.extent()), tensor.toString());
        assertTrue(tensor.extent() <= Sizes.MOST_ELEMENTS, "bytes fit a long");
        BigInteger elements = big(tensor.batch())
                .multiply(big(tensor.heads()))
                .multiply(big(tensor.rows()))
                .multiply(big(tensor.rowUnits()));
        assertEquals(elements, big(tensor.elements()), tensor.toString());
        if (tensor.isDense()) {
            assertEquals(tensor.elements(), tensor.extent());
        }
        for (int dimension = 0; dimension < 4; dimension++) {
            assertTrue(tensor.stride(dimension) >= 0 && tensor.stride(dimension) <= tensor.extent());
        }
    }

    @Test
    void specsAreRefusedOrAllTheirOperandsEndWhereTheySay() {
        for (int n = 0; n < ROUNDS; n++) {
            AttentionSpec spec = tried(() -> builder().build());
            if (spec != null) {
                check(spec);
            }
        }
        finish(ROUNDS / 50);
    }

    private int often(int usual) {
        return random.nextInt(4) > 0 ? usual : size();
    }

    private AttentionSpecBuilder builder() {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(often(2))
                .heads(often(4))
                .queryLength(often(5))
                .keyLength(often(7))
                .headDim(often(8));
        if (random.nextInt(4) == 0) {
            builder.kvHeads(often(2));
        }
        if (random.nextInt(4) == 0) {
            builder.valueDim(often(12));
        }
        if (random.nextInt(6) == 0) {
            builder.raggedQueries(often(9));
        }
        if (random.nextInt(6) == 0) {
            builder.raggedKeys(often(9));
        }
        if (random.nextInt(8) == 0) {
            builder.paged(16, often(3));
        }
        if (random.nextInt(8) == 0) {
            builder.keepMask(DType.BIT).bias(DType.F16, often(2), often(1), often(5), often(1));
        }
        if (random.nextInt(8) == 0) {
            builder.rotary(new Rotary(4, true, often(7)));
        }
        if (random.nextInt(8) == 0) {
            builder.type(Operand.KEY, DType.I4).type(Operand.VALUE, DType.I8);
        }
        builder.order(Layout.Order.values()[random.nextInt(3)]).returnLse(random.nextBoolean());
        if (random.nextInt(8) == 0) {
            builder.returnScores(ScoreStage.SCALED);
        }
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.OUT}) {
            if (random.nextInt(5) == 0) {
                builder.layout(operand, layout());
            }
        }
        return builder;
    }

    private static void check(AttentionSpec spec) {
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)) {
                check(spec.operand(operand));
                if (operand.isOutput()) {
                    checkNoOverlap(spec.operand(operand));
                }
            }
        }
        assertTrue(spec.queryLength() <= Sizes.MOST_ROWS && spec.keyLength() <= Sizes.MOST_ROWS);
        assertEquals(spec.outElements() / spec.valueDim(), spec.lseElements());
        assertTrue(spec.rotary() == null || spec.rotary().positions() >= spec.keyLength());
    }

    /**
     * No two rows begin closer to each other than a row is long: all pairs of neighbours in every combination of
     * dimensions.
     */
    private static void checkNoOverlap(TensorSpec tensor) {
        int[] sizes = {tensor.batch(), tensor.heads(), tensor.rows()};
        long[] strides = {
            tensor.layout().batchStride(),
            tensor.layout().headStride(),
            tensor.layout().rowStride()
        };
        for (int code = 1; code < 27; code++) {
            BigInteger distance = BigInteger.ZERO;
            boolean exists = true;
            for (int i = 0, rest = code; i < 3; i++, rest /= 3) {
                int step = rest % 3 - 1;
                exists &= step == 0 || sizes[i] > 1;
                distance = distance.add(big(step).multiply(big(strides[i])));
            }
            if (code != 13 && exists) { // 13: the same row
                assertTrue(distance.abs().compareTo(big(tensor.rowUnits())) >= 0, tensor.toString());
            }
        }
    }

    @Test
    void cachesAreRefusedInTheirOwnWords() {
        for (int n = 0; n < ROUNDS; n++) {
            KvCacheSpec spec = tried(() -> {
                KvCacheSpec.Builder builder = KvCacheSpec.builder()
                        .sequences(often(3))
                        .maxLength(often(100))
                        .kvHeads(often(2))
                        .headDim(often(8))
                        .type(random.nextBoolean() ? DType.F32 : DType.I4);
                if (random.nextBoolean()) {
                    builder.paged(random.nextInt(8) == 0 ? 1 << 15 : 16, often(10));
                }
                if (random.nextInt(4) == 0) {
                    builder.valueDim(often(12));
                }
                return builder.build();
            });
            if (spec != null) {
                check(spec.applyTo(AttentionSpec.builder().heads(spec.kvHeads()).queryLength(1))
                        .build());
                if (spec.pageSize() > 0) {
                    long tablePages = (spec.maxLength() - 1L) / spec.pageSize() + 1;
                    assertTrue(
                            spec.sequences() * tablePages <= Sizes.MOST_OF_ARRAY, "the host counts them in an array");
                }
            }
        }
        finish(ROUNDS / 20);
        String tooLong = assertThrows(IllegalArgumentException.class, () -> KvCacheSpec.builder()
                        .maxLength(Integer.MAX_VALUE)
                        .kvHeads(1)
                        .headDim(1)
                        .build())
                .getMessage();
        assertEquals(
                "maxLength must be at most 1073741824, but is 2147483647; make a cache of shorter sequences", tooLong);
    }

    @Test
    void stridesOfTheIssueAreRefused() {
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.OUT}) {
            for (Layout wild : new Layout[] {
                new Layout(0, 1L << 60, 40, 8), new Layout(0, Long.MAX_VALUE, 40, 8),
                        new Layout(Long.MAX_VALUE, 160, 40, 8),
                new Layout(1L << 62, 1L << 62, 40, 8), new Layout(0, 160, 1L << 62, 8),
                        new Layout(0, 1L << 63 >>> 1, 1L << 62, 1L << 61)
            }) {
                String message = assertThrows(IllegalArgumentException.class, () -> AttentionSpec.builder()
                                .batch(3)
                                .heads(4)
                                .sequenceLength(5)
                                .headDim(8)
                                .layout(operand, wild)
                                .build())
                        .getMessage();
                assertTrue(message.startsWith(operand.label() + ": "), message);
                assertTrue(message.contains(wild.toString()) && message.contains("2^60"), message);
            }
        }
    }

    @Test
    void outputsMustNotOverlapThemselves() {
        for (Layout layout : new Layout[] {
            new Layout(0, 0, 40, 8),
            new Layout(0, 160, 0, 8),
            new Layout(0, 160, 40, 0),
            new Layout(0, 160, 40, 7),
            new Layout(0, 159, 40, 8),
            new Layout(0, 8, 8, 8)
        }) {
            String message = assertThrows(IllegalArgumentException.class, () -> AttentionSpec.builder()
                            .batch(2)
                            .heads(4)
                            .sequenceLength(5)
                            .headDim(8)
                            .layout(Operand.OUT, layout)
                            .build())
                    .getMessage();
            assertTrue(message.startsWith("out is an output, whose elements must not overlap"), message);
        }
        for (Operand operand : new Operand[] {Operand.LSE, Operand.SCORES}) {
            assertThrows(IllegalArgumentException.class, () -> AttentionSpec.builder()
                    .batch(2)
                    .heads(4)
                    .sequenceLength(5)
                    .headDim(8)
                    .returnLse()
                    .returnScores(ScoreStage.SCALED)
                    .layout(operand, new Layout(0, 0, 5, 1))
                    .build());
        }
    }

    @Test
    void aPositionIsExact() {
        Layout layout = new Layout(1, 1L << 40, 1L << 20, 8);
        assertEquals(1 + (3L << 40) + (2L << 20) + 8, layout.at(3, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> layout.at(1L << 23, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> layout.at(0, 0, -1));
        assertThrows(IllegalArgumentException.class, () -> Layout.dense(Integer.MAX_VALUE, Integer.MAX_VALUE, 9));
        assertThrows(IllegalArgumentException.class, () -> Layout.rowsFirst(-1, -1, 9));
    }

    @Test
    void tablesAndRangesThatNoArrayHoldsAreRefused() {
        String table = assertThrows(IllegalArgumentException.class, () -> new Rotary(1 << 20, false, Integer.MAX_VALUE)
                        .cosines(10000))
                .getMessage();
        assertTrue(table.contains("2147483647 positions x 524288 pairs"), table);
        assertThrows(IllegalArgumentException.class, () -> AlibiSlopes.of(Integer.MAX_VALUE));
        int[] long3 = {1 << 30, 1 << 30, 1 << 30};
        assertTrue(assertThrows(IllegalArgumentException.class, () -> KeyRanges.ofDocuments(long3))
                .getMessage()
                .contains("3221225472"));
        assertThrows(IllegalArgumentException.class, () -> KeyRanges.ofDocuments(new int[] {1, 1, 1}, long3));
    }

    @Test
    void slopesOfVeryManyHeadsAreStillSlopes() {
        // The sum 2 * power is beyond an int from 2^30 heads on; the formula is the same for few.
        assertEquals((float) Math.pow(2, -8.0 / 2), AlibiSlopes.of(3)[0]);
        assertEquals((float) Math.pow(2, -8.0 / 4), AlibiSlopes.of(3)[2]);
    }

    @Test
    void packedProjectionsAreOfOneType() {
        AttentionSpecBuilder packed = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(3)
                .headDim(4)
                .order(Layout.Order.PACKED_QKV)
                .type(Operand.QUERY, DType.F16);
        String message =
                assertThrows(IllegalArgumentException.class, packed::build).getMessage();
        assertTrue(message.contains("of one type, but they are F16, F32 and F32"), message);
        packed.types(DType.F16).type(Operand.OUT, DType.F32).build();
    }
}
