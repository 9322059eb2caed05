package io.github.attention4j.internal.java.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Layout;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.EveryMicroKernels;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The matrix product in tiles against its definition in double precision. */
class ProductTilesTest {
    private static final Threads THREADS = new Threads(3);

    @AfterAll
    static void endThreads() {
        THREADS.close();
    }

    static List<MicroKernels> kernels() {
        return EveryMicroKernels.list();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void isTheProductForAwkwardSizes(MicroKernels kernels) {
        for (int rows : new int[] {1, 3, 5, 33, 130, 300}) {
            for (int columns : new int[] {1, 3, 17, 64, 130, 600}) {
                for (int depth : new int[] {1, 2, 17, 127, 130, 300}) {
                    check(kernels, rows, columns, depth, false, false, DType.F32);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void eitherMatrixMayLieTransposed(MicroKernels kernels) {
        for (int size : new int[] {1, 5, 33, 130}) {
            check(kernels, size, 70, 131, true, false, DType.F32);
            check(kernels, size, 70, 131, false, true, DType.F32);
            check(kernels, 70, size, 131, true, true, DType.F32);
            check(kernels, 70, 65, size, true, true, DType.BF16);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void typesAreReadAsTheyLie(MicroKernels kernels) {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            for (int rows : new int[] {2, 40}) {
                check(kernels, rows, 66, 140, false, false, type);
            }
        }
    }

    private static void check(
            MicroKernels kernels,
            int rows,
            int columns,
            int depth,
            boolean leftTurned,
            boolean rightTurned,
            DType type) {
        SplittableRandom random = new SplittableRandom(rows * 31L + columns * 7L + depth);
        float[] left = numbers(random, rows, depth, leftTurned);
        float[] right = numbers(random, columns, depth, rightTurned);
        float[] product = new float[rows * columns];
        Arrays.fill(product, Float.NaN);
        new ProductTiles(new ProductTiles.Shape(rows, columns, depth, leftTurned, rightTurned), kernels, THREADS)
                .multiply(
                        rows(type, left, rows, depth, leftTurned),
                        rows(type, right, columns, depth, rightTurned),
                        (sums, stride, row, count, column, width) -> {
                            for (int i = 0; i < count; i++) {
                                System.arraycopy(sums, i * stride, product, (row + i) * columns + column, width);
                            }
                        });
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double exact = 0;
                double size = 0;
                for (int d = 0; d < depth; d++) {
                    double term = (double) left[at(i, d, depth, rows, leftTurned)]
                            * right[at(j, d, depth, columns, rightTurned)];
                    exact += term;
                    size += Math.abs(term);
                }
                assertEquals(
                        exact,
                        product[i * columns + j],
                        4e-7 * size + 1e-30,
                        rows + " x " + columns + " x " + depth + ", " + type + ", row " + i + ", column " + j);
            }
        }
    }

    /** A column of padding in each row, which must not be read into a sum. */
    private static int at(int row, int d, int depth, int rows, boolean turned) {
        return turned ? d * (rows + 1) + row : row * (depth + 1) + d;
    }

    private static float[] numbers(SplittableRandom random, int rows, int depth, boolean turned) {
        float[] numbers = new float[turned ? depth * (rows + 1) : rows * (depth + 1)];
        Arrays.fill(numbers, Float.NaN);
        for (int row = 0; row < rows; row++) {
            for (int d = 0; d < depth; d++) {
                // Few bits: the same number in each of the types.
                numbers[at(row, d, depth, rows, turned)] = random.nextInt(-64, 65) / 64f;
            }
        }
        return numbers;
    }

    private static Rows rows(DType type, float[] numbers, int rows, int depth, boolean turned) {
        int lines = turned ? depth : rows;
        int columns = turned ? rows : depth;
        TensorSpec tensor = new TensorSpec(type, 1, 1, lines, columns, new Layout(0, 0, 0, columns + 1L));
        return new Rows(tensor, type == DType.F32 ? numbers : Half.encode(type, numbers));
    }
}
