package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.operand.TypeNumbers;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LinearSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The kernel of the gradient of a bias: sums of columns. */
final class ColumnSums {
    /** Work-items of a group, a column each. */
    private static final int ITEMS = 64;

    private ColumnSums() {}

    static LayerLaunch launch(KernelFamily family, LinearSpec spec, LayerOperand from, LayerOperand to) {
        TensorSpec rows = spec.operand(from);
        Map<String, Integer> macros = new TreeMap<>();
        macros.put("INPUT_TYPE", TypeNumbers.of(rows.dtype()));
        macros.put("HAS_FORMER", spec.accumulates() ? 1 : 0);
        macros.put("ITEMS", ITEMS);
        ByteBuffer params =
                ByteBuffer.allocateDirect(2 * Long.BYTES + 2 * Integer.BYTES).order(ByteOrder.nativeOrder());
        params.putLong(rows.layout().start()).putLong(rows.layout().rowStride());
        params.putInt(rows.rows()).putInt(rows.columns()).flip();
        long groups = (rows.columns() - 1) / ITEMS + 1;
        return new LayerLaunch(
                family,
                KernelOptions.layer("linear_column_sums", macros, KernelOptions.LANGUAGE, false),
                List.of(from, to),
                params,
                new long[] {groups * ITEMS, 1, 1},
                new long[] {ITEMS, 1, 1});
    }
}
