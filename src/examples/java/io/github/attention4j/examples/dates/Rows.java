package io.github.attention4j.examples.dates;

/**
 * Products of matrices, which are arrays of rows: an array for each row, and four rows at a time, because that is what
 * the compiler makes vectors of.
 */
final class Rows {
    private Rows() {}

    /** a [m, k] · b [k, n], added to c [m, n]. */
    static void addProduct(float[][] a, float[][] b, float[][] c) {
        int inner = b.length;
        int whole = inner - inner % 4;
        for (int i = 0; i < a.length; i++) {
            float[] x = a[i];
            for (int k = 0; k < whole; k += 4) {
                addFour(x[k], b[k], x[k + 1], b[k + 1], x[k + 2], b[k + 2], x[k + 3], b[k + 3], c[i]);
            }
            for (int k = whole; k < inner; k++) {
                addOne(x[k], b[k], c[i]);
            }
        }
    }

    /** a [m, k] transposed · b [m, n], added to c [k, n]. */
    static void addTransposedProduct(float[][] a, float[][] b, float[][] c) {
        int whole = a.length - a.length % 4;
        for (int i = 0; i < whole; i += 4) {
            for (int k = 0; k < c.length; k++) {
                addFour(a[i][k], b[i], a[i + 1][k], b[i + 1], a[i + 2][k], b[i + 2], a[i + 3][k], b[i + 3], c[k]);
            }
        }
        for (int i = whole; i < a.length; i++) {
            for (int k = 0; k < c.length; k++) {
                addOne(a[i][k], b[i], c[k]);
            }
        }
    }

    private static void addFour(
            float x0, float[] b0, float x1, float[] b1, float x2, float[] b2, float x3, float[] b3, float[] c) {
        for (int j = 0; j < c.length; j++) {
            c[j] = c[j] + x0 * b0[j] + x1 * b1[j] + x2 * b2[j] + x3 * b3[j];
        }
    }

    private static void addOne(float x, float[] b, float[] c) {
        for (int j = 0; j < c.length; j++) {
            c[j] += x * b[j];
        }
    }

    /** Adds every row of a matrix to one row. */
    static void addSum(float[][] a, float[] sum) {
        for (float[] row : a) {
            addOne(1, row, sum);
        }
    }

    /** Adds a matrix to another. */
    static void add(float[][] a, float[][] sum) {
        for (int i = 0; i < a.length; i++) {
            addOne(1, a[i], sum[i]);
        }
    }

    static float[][] transposed(float[][] a) {
        float[][] columns = new float[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                columns[j][i] = a[i][j];
            }
        }
        return columns;
    }

    /** So many copies of a row. */
    static float[][] repeated(float[] row, int count) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = row.clone();
        }
        return rows;
    }

    /** All rows in one array, as the engine takes them. */
    static float[] flat(float[][] rows) {
        int columns = rows[0].length;
        float[] flat = new float[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * columns, columns);
        }
        return flat;
    }

    /** The rows of an array of the engine's. */
    static float[][] of(float[] flat, int columns) {
        float[][] rows = new float[flat.length / columns][columns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(flat, i * columns, rows[i], 0, columns);
        }
        return rows;
    }
}
