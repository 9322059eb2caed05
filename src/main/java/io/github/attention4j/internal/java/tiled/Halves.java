package io.github.attention4j.internal.java.tiled;

/**
 * The order in which vectors unpack two elements from each byte: of each unit of a row first the elements with even
 * numbers, which are the lower halves of bytes, then those with odd ones. To put them side by side again costs more
 * than to unpack them. A dot product is the same if both rows have it, and sums of rows have that of the rows.
 */
final class Halves {
    private final int unit;
    private final float[] spare;

    /** @param unit elements, a divisor of a row's; 0 for rows that stay as they are */
    Halves(int unit) {
        this.unit = unit;
        spare = new float[unit];
    }

    boolean areApart() {
        return unit > 0;
    }

    /** Gives a row this order. */
    void split(float[] row, int at, int count) {
        for (int first = at; unit > 0 && first < at + count; first += unit) {
            System.arraycopy(row, first, spare, 0, unit);
            for (int i = 0; i < unit; i++) {
                row[first + i % 2 * (unit / 2) + i / 2] = spare[i];
            }
        }
    }

    /** Gives a row that has this order its own again. */
    void join(float[] row, int at, int count) {
        for (int first = at; unit > 0 && first < at + count; first += unit) {
            System.arraycopy(row, first, spare, 0, unit);
            for (int i = 0; i < unit; i++) {
                row[first + i] = spare[i % 2 * (unit / 2) + i / 2];
            }
        }
    }
}
