package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.operand.TypeNumbers;
import io.github.attention4j.internal.plan.lanes.LanesGuesses;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Decides how a layer is computed that treats each row by itself; the other side of {@code lib/layers/rows.clh}. There
 * is one kernel a layer: with vectors on processors, with work-items that share a row elsewhere.
 */
final class RowLayers {
    /** Work-items that share a row. */
    private static final int ITEMS = 64;

    /** Rows of a work-group with vectors at most: a group costs about as much as one short row. */
    private static final int GROUP_ROWS = 16;

    /** Groups that keep a processor's cores equally busy, for each of them. */
    private static final int GROUPS_A_CORE = 4;

    private static final int LONGS = 12;
    private static final int NUMBERS = 8;

    private final Device device;
    private final boolean hasLanes;
    private final String why;

    RowLayers(Device device, Optional<KernelFamily> forced) {
        this.device = device;
        boolean isProcessor = device.type() == Device.Type.CPU;
        hasLanes = forced.map(family -> family == KernelFamily.LANES || isProcessor && family == KernelFamily.DECODE)
                .orElse(isProcessor);
        why = forced.map(family -> "for family " + family + " was asked for")
                .orElse(isProcessor ? "for a processor" : "for a wide device");
    }

    LayerChoice choose(LayerSpec spec, LayerTrial trial) {
        LayerLaunch launch = launch(spec);
        int items = (int) launch.localSize()[0];
        Optional<String> obstacle = Quirks.of(device)
                .groupsObstacle(items)
                .or(() -> trial.obstacle(launch.kernel(), launch.family(), items, 0));
        if (obstacle.isPresent()) {
            throw new UnsupportedByDeviceException(
                    "no kernel for " + spec + " can run on " + device.name() + ": " + obstacle.get()
                            + "; use AttentionEngine.open(\"java\")",
                    device.describe());
        }
        int rows = spec.operand(RowLayer.of(spec).out()).rows();
        return new LayerChoice(
                spec,
                List.of(launch),
                List.of(
                        launch.kernel().kernel() + ", " + groupRows(rows) + " rows a work-group, "
                                + (hasLanes ? "vectors of " + LanesGuesses.lanes(device) : items + " work-items")
                                + ", " + why,
                        "compiled with " + launch.kernel().text(),
                        "computes " + spec),
                other -> List.of(launch(other)));
    }

    private LayerLaunch launch(LayerSpec spec) {
        RowLayer layer = RowLayer.of(spec);
        int items = hasLanes ? 1 : (int) Math.min(ITEMS, device.maxWorkGroupSize());
        int rows = spec.operand(layer.out()).rows();
        int groupRows = groupRows(rows);
        return new LayerLaunch(
                hasLanes ? KernelFamily.LANES : KernelFamily.TILES,
                KernelOptions.layer(layer.kernel(), macros(spec, layer, items), KernelOptions.LANGUAGE, false),
                layer.arguments().stream().map(o -> spec.has(o) ? o : null).toList(),
                params(spec, layer, groupRows),
                new long[] {(long) Sizes.ceilDiv(rows, groupRows) * items, 1, 1},
                new long[] {items, 1, 1});
    }

    private Map<String, Integer> macros(LayerSpec spec, RowLayer layer, int items) {
        Map<String, Integer> macros = new TreeMap<>(layer.macros());
        put(macros, "INPUT_TYPE", spec, LayerOperand.INPUT);
        put(macros, "RESIDUAL_TYPE", spec, layer.residual());
        put(macros, "WEIGHT_TYPE", spec, LayerOperand.WEIGHT);
        put(macros, "POSITION_TYPE", spec, LayerOperand.POSITION_WEIGHT);
        put(macros, "BIAS_TYPE", spec, LayerOperand.BIAS);
        put(macros, "SUM_TYPE", spec, LayerOperand.SUM);
        put(macros, "OUT_TYPE", spec, layer.out());
        macros.put("ITEMS", items);
        if (hasLanes) {
            macros.put("LANES", LanesGuesses.lanes(device));
        }
        return macros;
    }

    private static void put(Map<String, Integer> macros, String macro, LayerSpec spec, LayerOperand operand) {
        macros.put(
                macro, spec.has(operand) ? TypeNumbers.of(spec.operand(operand).dtype()) : TypeNumbers.NONE);
    }

    private int groupRows(int rows) {
        return hasLanes ? Math.max(1, Math.min(GROUP_ROWS, rows / (GROUPS_A_CORE * device.computeUnits()))) : 1;
    }

    /** {@code RowParams}. */
    private static ByteBuffer params(LayerSpec spec, RowLayer layer, int groupRows) {
        ByteBuffer params = ByteBuffer.allocateDirect(LONGS * Long.BYTES + NUMBERS * Integer.BYTES)
                .order(ByteOrder.nativeOrder());
        put(params, spec, LayerOperand.INPUT);
        put(params, spec, layer.residual());
        put(params, spec, LayerOperand.WEIGHT);
        put(params, spec, LayerOperand.POSITION_WEIGHT);
        put(params, spec, LayerOperand.SUM);
        put(params, spec, layer.out());
        TensorSpec out = spec.operand(layer.out());
        params.putInt(out.rows()).putInt(layer.columns()).putInt(groupRows);
        params.putInt(rows(spec, LayerOperand.INPUT));
        params.putInt(rows(spec, LayerOperand.WEIGHT)).putInt(rows(spec, LayerOperand.POSITION_WEIGHT));
        params.putFloat(layer.epsilon()).putInt(0);
        return params.flip();
    }

    private static void put(ByteBuffer params, LayerSpec spec, LayerOperand operand) {
        boolean has = spec.has(operand);
        params.putLong(has ? spec.operand(operand).layout().start() : 0);
        params.putLong(has ? spec.operand(operand).layout().rowStride() : 0);
    }

    private static int rows(LayerSpec spec, LayerOperand operand) {
        return spec.has(operand) ? spec.operand(operand).rows() : 0;
    }
}
