package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.tuning.TuningCache;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tiles of linear layers that were measured on this machine, beside those of attention; the first row that matches and
 * is legal is taken.
 *
 * @param rows all, in the file's order
 */
record LinearTuning(List<LinearRow> rows) {
    /** The name of the file beside the compiled programs. */
    static final String FILE = "linear.csv";

    static final TuningCache.FileReader<LinearTuning> READER =
            new TuningCache.FileReader<>() { // not a lambda, for a fast start
                @Override
                public LinearTuning read(Path file) {
                    return LinearTuning.read(file);
                }
            };

    /**
     * A table.
     *
     * @throws IllegalArgumentException naming file and line, if it is not one
     */
    static LinearTuning read(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            return new LinearTuning(
                    TuningTable.rows(file.toString(), reader, LinearRow.HEADER, new TuningTable.RowReader<>() {
                        @Override
                        public LinearRow read(String line) {
                            return LinearRow.parse(line);
                        }
                    }));
        } catch (IOException e) {
            throw new IllegalArgumentException("the tuning file " + file + " cannot be read: " + e, e);
        }
    }

    /** The row for a product; of this family alone if one was asked for. */
    Optional<LinearRow> find(LinearProduct product, Device device, Optional<KernelFamily> forced) {
        for (LinearRow row : rows) {
            if ((forced.isEmpty() || forced.get() == row.family())
                    && row.matches(product, device)
                    && row.tiles().obstacle(product, device).isEmpty()) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }
}
