package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.internal.java.memory.Codec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of the micro-kernels, for every number that matters. */
class MicroKernelsTest {
    static List<MicroKernels> kernels() {
        return TiledAttentionTest.kernels();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void widensEvery16BitNumberExactly(MicroKernels kernels) {
        short[] all = new short[1 << 16];
        for (int i = 0; i < all.length; i++) {
            all[i] = (short) i;
        }
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            float[] wanted = Half.decode(type, all);
            float[] widened = new float[all.length + 3];
            kernels.decode(Codec.of(type), all, 0, widened, 3, 5); // fewer than a vector
            kernels.decode(Codec.of(type), all, 5, widened, 8, all.length - 5);
            for (int i = 0; i < all.length; i++) {
                assertEquals(
                        Float.floatToRawIntBits(wanted[i]),
                        Float.floatToRawIntBits(widened[i + 3]),
                        type + " " + Integer.toHexString(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void multipliesEveryQuantisedNumberByItsScale(MicroKernels kernels) {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (DType type : new DType[] {DType.I8, DType.I4}) {
            int count = all.length * Byte.SIZE / type.bits() - 6;
            float[] wanted = new float[count];
            Codec.of(type).decode(all, 3, 0, wanted, 0, count);
            float[] scales = new float[1 + type.scales(count)];
            for (int i = 0; i < scales.length; i++) {
                scales[i] = 0.7f + i;
            }
            int group = Codec.of(type).group(count);
            float[] scaled = new float[count + 1];
            kernels.decodeRow(Codec.of(type), all, 3, scaled, 1, count, scales, 1);
            for (int i = 0; i < count; i++) {
                assertEquals(wanted[i] * scales[1 + i / group], scaled[i + 1], type + " " + i);
            }
        }
    }

    /** Rows side by side, as of a tile. */
    @ParameterizedTest
    @MethodSource("kernels")
    void unpacksHalvesInTheirOrder(MicroKernels kernels) {
        int columns = 96;
        int rows = 5;
        int unit = kernels.unitOfHalves(Codec.I4, columns);
        assertEquals(0, kernels.unitOfHalves(Codec.I4, columns + 2));
        assertEquals(0, kernels.unitOfHalves(Codec.I8, columns));
        RowProducts products = kernels.newRowProducts(1, columns, 128);
        assertEquals(unit > 0, products.takesKeys(Codec.I4), "keys read where they lie");
        assertEquals(unit > 0, products.takesValues(Codec.I4, columns), "values read where they lie");
        assertFalse(products.takesValues(Codec.I4, columns + 2));
        byte[] all = new byte[3 + rows * columns / 2];
        new Random(3).nextBytes(all);
        float[] scales = new float[2 + rows * columns / DType.GROUP];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 0.7f + i;
        }
        Halves halves = new Halves(unit);
        float[] found = new float[1 + rows * columns];
        for (int trial = 0; unit > 0 && trial < 100; trial++) {
            kernels.decodeHalves(all, 3, found, 1, rows * columns, scales, 2);
            for (int row = 0; row < rows; row++) {
                float[] wanted = new float[columns];
                kernels.decodeRow(
                        Codec.I4,
                        all,
                        3 + row * columns / 2,
                        wanted,
                        0,
                        columns,
                        scales,
                        2 + row * columns / DType.GROUP);
                float[] same = wanted.clone();
                halves.split(wanted, 0, columns);
                assertArrayEquals(
                        wanted, Arrays.copyOfRange(found, 1 + row * columns, 1 + (row + 1) * columns), "row " + row);
                halves.join(wanted, 0, columns);
                assertArrayEquals(same, wanted);
            }
        }
        float[] natural = {0, 1, 2, 3, 4, 5, 6, 7};
        new Halves(4).split(natural, 0, 8);
        assertArrayEquals(new float[] {0, 2, 1, 3, 4, 6, 5, 7}, natural);
        new Halves(0).split(natural, 0, 8);
        assertArrayEquals(new float[] {0, 2, 1, 3, 4, 6, 5, 7}, natural);
    }

    /** Numbers for which vectors have a way of their own: few or many subnormal ones, and one that is none. */
    @ParameterizedTest
    @MethodSource("kernels")
    void widensRowsOfF16WhateverIsAmongThem(MicroKernels kernels) {
        for (int every : new int[] {1, 2, 63, 1000}) {
            for (short special : new short[] {1, -0x7c01, 0x7c00, -0x400, 0x7e01, 0}) {
                short[] row = new short[1003];
                for (int i = 0; i < row.length; i++) {
                    row[i] = i % every == 0 ? special : (short) (0x3c00 + i * 7);
                }
                float[] widened = new float[row.length];
                kernels.decode(Codec.F16, row, 0, widened, 0, row.length);
                for (int i = 0; i < row.length; i++) {
                    assertEquals(
                            Float.floatToIntBits(Half.fromF16(row[i])),
                            Float.floatToIntBits(widened[i]),
                            every + " " + special + " " + i);
                }
            }
        }
    }

    /** Of which no vector kernels are made. */
    public static final class Broken {
        public Broken() {
            throw new LinkageError("no file of a class");
        }
    }

    @Test
    void kernelsThatDoNotLoadSayWhy() {
        assertTrue(
                MicroKernels.load(Broken.class.getName()).describe().contains("no file of a class"),
                MicroKernels.load(Broken.class.getName()).describe());
        assertTrue(MicroKernels.load("no.such.Kernels").describe().contains("no.such.Kernels"));
    }
}
