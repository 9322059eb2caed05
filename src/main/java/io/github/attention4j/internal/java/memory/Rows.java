package io.github.attention4j.internal.java.memory;

import io.github.attention4j.DType;
import io.github.attention4j.TensorSpec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * The rows of an operand [batch, head, row, column] in host memory, of any type and layout. Along a dimension of size 1
 * the same element serves any index. Rows may lie in pages, and be quantised: {@link #paged}, {@link #scaled}.
 */
public final class Rows {
    /** The elements as they lie, as {@link #codec} reads them, or null if they are not in an array. */
    public final Object array;

    /** The same if they are floats in an array, else null. */
    public final float[] floats;

    public final Codec codec;

    public final int rowStride;

    /** Elements of the array that a row takes. */
    public final int rowUnits;

    private final DType dtype;
    private final TypedMemory elements;
    private final int start;
    private final int batchStride;
    private final int headStride;
    private final boolean oneColumn;
    private final int pages;
    private final int pageRows;
    private Rows pageTable;
    private Scales scales;

    /** Rows of {@code memory}, see {@link TypedMemory}; it holds the tensor, so its positions are int. */
    public Rows(TensorSpec tensor, Object memory) {
        Objects.requireNonNull(memory, "memory");
        dtype = tensor.dtype();
        codec = Codec.of(dtype);
        array = memory instanceof ByteBuffer ? null : memory;
        floats = memory instanceof float[] own ? own : null;
        elements = new TypedMemory(dtype, memory);
        start = (int) tensor.layout().start();
        batchStride = (int) tensor.stride(0);
        headStride = (int) tensor.stride(1);
        rowStride = (int) tensor.stride(2);
        rowUnits = tensor.rowUnits();
        oneColumn = tensor.columns() == 1;
        pages = tensor.batch();
        pageRows = tensor.rows();
    }

    /** Rows are from now on those of a batch entry, which the table finds in the pages of this tensor. */
    void paged(Rows pageTable) {
        this.pageTable = pageTable;
    }

    /** TypedMemory are from now on times the scale of their row or group. */
    void scaled(Rows scales) {
        this.scales = new Scales(dtype, scales);
    }

    /** The position of a row's first element; a page out of range counts as the nearest that is in range. */
    public int at(int batch, int head, int row) {
        if (pageTable != null) {
            int page = Sequence.clamp(pageTable.integer(batch, 0, row / pageRows), pages - 1);
            return start + page * batchStride + head * headStride + row % pageRows * rowStride;
        }
        return start + batch * batchStride + head * headStride + row * rowStride;
    }

    /** How many rows from this one on lie at {@link #rowStride} from each other. */
    public int run(int row) {
        return pageTable == null ? Integer.MAX_VALUE : pageRows - row % pageRows;
    }

    /** What the elements are multiplied with, a row a row; null if they need no scale. */
    public Rows scales() {
        return scales == null ? null : scales.rows;
    }

    /** How many scales a row of so many elements has. */
    public int groups(int columns) {
        return dtype.scales(columns);
    }

    /** Reads the first elements of a row of keys or values, which may be quantised. */
    public void readRow(int batch, int head, int row, float[] target, int targetAt, int count) {
        elements.read(at(batch, head, row), 0, target, targetAt, count);
        if (scales != null) {
            scales.multiply(batch, head, row, target, targetAt, count);
        }
    }

    /** Reads the first elements of a row. */
    public void read(int at, float[] target, int targetAt, int count) {
        elements.read(at, 0, target, targetAt, count);
    }

    /** Reads elements of a row from a column on. */
    public void read(int at, int column, float[] target, int targetAt, int count) {
        if (oneColumn) {
            elements.read(at, 0, target, targetAt, 1);
            Arrays.fill(target, targetAt, targetAt + count, target[targetAt]);
        } else {
            elements.read(at, column, target, targetAt, count);
        }
    }

    /** Writes the first elements of a row. */
    public void write(int at, float[] source, int sourceAt, int count) {
        elements.write(at, source, sourceAt, count);
    }

    /** Writes the one element of each of some rows. */
    public void writeColumn(int batch, int head, int firstRow, float[] source, int rows) {
        if (rowStride == 1) {
            elements.write(at(batch, head, firstRow), source, 0, rows);
        } else {
            for (int row = 0; row < rows; row++) {
                elements.write(at(batch, head, firstRow + row), source, row, 1);
            }
        }
    }

    /** The one element of a row of integers. */
    public int integer(int batch, int head, int row) {
        return elements.integer(at(batch, head, row));
    }

    /** The integer at a position. */
    public int integerAt(int at) {
        return elements.integer(at);
    }

    /** The first elements of the first row of integers. */
    public int[] integers(int count) {
        int[] integers = new int[count];
        for (int i = 0; i < count; i++) {
            integers[i] = elements.integer(at(0, 0, 0) + i);
        }
        return integers;
    }

    /** The one element of a row of floats. */
    public float number(int batch, int head, int row) {
        float[] number = new float[1];
        read(at(batch, head, row), number, 0, 1);
        return number[0];
    }
}
