package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.tuning.TuningRow;
import java.util.List;

/**
 * Tiles of a linear layer that won a measurement.
 *
 * @param family the kernel family
 * @param device a device's name, {@code vendor/TYPE}, or {@code *}
 * @param input the type of input
 * @param weight the type of weights
 * @param rows the most rows that it speaks for; half as many are the fewest
 * @param inFeatures features of input, exactly
 * @param outFeatures features of out, exactly
 * @param tiles what won
 * @param gflops at what rate
 * @param measuredWith by what
 * @param date when
 */
record LinearRow(
        KernelFamily family,
        String device,
        String input,
        String weight,
        int rows,
        int inFeatures,
        int outFeatures,
        LinearTiles tiles,
        double gflops,
        String measuredWith,
        String date) {
    static final String HEADER =
            "family,device,input,weight,rows,inFeatures,outFeatures,tiles,gflops,measuredWith,date";

    /** The first cells of a row, which say what it is for. */
    static final int KEY_CELLS = 7;

    static LinearRow parse(String line) {
        String[] cells = line.split(",", -1);
        if (cells.length != HEADER.split(",").length) {
            throw new IllegalArgumentException(
                    "a row must have the columns " + HEADER + ", but has " + cells.length + " cells");
        }
        try {
            KernelFamily family = KernelFamily.valueOf(cells[0]);
            return new LinearRow(
                    family,
                    cells[1],
                    cells[2],
                    cells[3],
                    Integer.parseInt(cells[4]),
                    Integer.parseInt(cells[5]),
                    Integer.parseInt(cells[6]),
                    LinearTiles.parse(family, cells[7]),
                    Double.parseDouble(cells[8]),
                    cells[9],
                    cells[10]);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("rows, features and gflops must be numbers, but the row is " + line, e);
        }
    }

    String line() {
        return String.join(
                ",",
                List.of(
                        family.name(),
                        device,
                        input,
                        weight,
                        Integer.toString(rows),
                        Integer.toString(inFeatures),
                        Integer.toString(outFeatures),
                        tiles.text(),
                        Double.toString(gflops),
                        measuredWith,
                        date));
    }

    /** Where it is from, for people. */
    String origin() {
        return "tuned for " + device + " (" + gflops + " GFLOP/s, " + measuredWith + ", " + date + ")";
    }

    /** Whether it speaks for a layer on a device; gradients have no rows. */
    boolean matches(LinearProduct product, Device on) {
        return TuningRow.isFor(device, on)
                && !product.isInputTurned()
                && !product.isWeightTurned()
                && input.equals(product.tensor(product.input()).dtype().name())
                && weight.equals(product.tensor(product.weight()).dtype().name())
                && product.rows() <= rows
                && 2L * product.rows() >= rows
                && product.depth() == inFeatures
                && product.columns() == outFeatures;
    }
}
