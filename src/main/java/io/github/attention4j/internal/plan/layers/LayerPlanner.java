package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.device.UnitRates;
import io.github.attention4j.internal.plan.Tables;
import io.github.attention4j.internal.plan.matrix.MatrixConfig;
import io.github.attention4j.internal.plan.tuning.TuningCache;
import io.github.attention4j.internal.plan.tuning.TuningRow;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LinearSpec;
import java.util.Optional;

/** Decides which kernels compute a layer on an OpenCL device. */
public final class LayerPlanner {
    private final LinearPlanner linear;
    private final RowLayers rowLayers;

    /** For one device. */
    public LayerPlanner(Device device, EngineOptions options) {
        this(device, options, UnitRates.UNMEASURED);
    }

    /** Likewise, for a device whose instructions can be measured. */
    public LayerPlanner(Device device, EngineOptions options, UnitRates rates) {
        Optional<KernelFamily> forced = options.family();
        this.linear = new LinearPlanner(
                device,
                forced,
                emulated(options),
                rates,
                TuningCache.read(options, LinearTuning.FILE, LinearTuning.READER));
        this.rowLayers = new RowLayers(device, forced);
    }

    /** What a tuning file emulates for attention is emulated for layers too; null where it does not. */
    private static MatrixConfig emulated(EngineOptions options) {
        if (options.tuningFile().isEmpty() || !options.family().equals(Optional.of(KernelFamily.MATRIX))) {
            return null;
        }
        for (TuningRow row : Tables.read(options.tuningFile().get()).rows()) {
            if (row.tiles() instanceof MatrixConfig tiles && tiles.emulated()) {
                return tiles;
            }
        }
        return null;
    }

    /**
     * Takes the first candidate that is legal and compiles to something that can run.
     *
     * @throws UnsupportedByDeviceException if there is none
     */
    public LayerChoice choose(LayerSpec spec, LayerTrial trial) {
        if (spec instanceof LinearSpec layer) {
            return linear.choose(layer, trial);
        }
        return rowLayers.choose(spec, trial);
    }
}
