package io.github.attention4j.examples.dates;

/**
 * Where a translation looked.
 *
 * @param read the date as somebody wrote it
 * @param written what became of it, such as {@code 2021-05-03}
 * @param weights [written][read]: the share of its attention that each written character gave to each that was read
 */
public record Alignment(WrittenDate read, String written, float[][] weights) {
    /** To which part of a date each written character belongs, as in {@link WrittenDate#parts}. */
    private static final String PARTS = "yyyy mm dd";

    /** Whether it wrote the right date. */
    boolean isRight() {
        return written.equals(read.date().toString());
    }

    /** How much of the attention of the digits went where the year, the month or the day they belong to stands. */
    double inPlace() {
        double sum = 0;
        int digits = 0;
        for (int row = 0; row < PARTS.length(); row++) {
            if (PARTS.charAt(row) != ' ') {
                digits++;
                for (int column = 0; column < weights[row].length; column++) {
                    sum += read.parts().charAt(column) == PARTS.charAt(row) ? weights[row][column] : 0;
                }
            }
        }
        return sum / digits;
    }
}
