package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.UnitRates;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LinearSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides which kernels compute a linear layer or its gradients; every "no" keeps its reason. */
final class LinearPlanner {
    private final Device device;
    private final Optional<KernelFamily> forced;
    private final UnitRates rates;

    LinearPlanner(Device device, Optional<KernelFamily> forced, UnitRates rates) {
        this.device = device;
        this.forced = forced;
        this.rates = rates;
    }

    LayerChoice choose(LinearSpec spec, LayerTrial trial) {
        List<String> notes = new ArrayList<>();
        List<LayerLaunch> launches = new ArrayList<>();
        KernelFamily family = KernelFamily.LANES;
        for (LinearProduct product : LinearProduct.of(spec)) {
            LinearTiles tiles = choose(product, trial, notes);
            family = tiles.family();
            launches.add(launch(product, tiles));
        }
        if (spec.has(LayerOperand.GRAD_BIAS)) {
            launches.add(ColumnSums.launch(spec, LayerOperand.GRAD_OUT, LayerOperand.GRAD_BIAS));
        }
        notes.add("computes " + spec);
        return new LayerChoice(spec, family, List.copyOf(launches), List.copyOf(notes));
    }

    private LinearTiles choose(LinearProduct product, LayerTrial trial, List<String> notes) {
        List<String> reasons = new ArrayList<>();
        for (LinearTiles tiles : candidates(product, reasons)) {
            KernelOptions options = LinearKernel.options(product, tiles);
            Optional<String> obstacle = tiles.obstacle(product, device)
                    .or(() -> rates.obstacle(tiles.instruction()))
                    .or(() -> trial.obstacle(options, tiles.workItems()));
            if (obstacle.isEmpty()) {
                notes.add(options.kernel() + " with " + tiles.text() + " for "
                        + product.out().label() + ", " + tiles.tileRows() + " rows and " + tiles.tileColumns()
                        + " columns a work-group");
                notes.addAll(reasons);
                rates.describe(tiles.instruction()).ifPresent(notes::add);
                notes.add("compiled with " + options.text());
                return tiles;
            }
            reasons.add("not " + tiles.text() + ": " + obstacle.get());
        }
        throw new UnsupportedByDeviceException(
                "no kernel for " + product.spec() + " can run on " + device.name() + "; last try: "
                        + reasons.get(reasons.size() - 1) + "; use AttentionEngine.open(\"java\")",
                String.join("\n", reasons));
    }

    /** Those of the family that was asked for, if linear layers have it; else of those for the device. */
    private List<LinearTiles> candidates(LinearProduct product, List<String> notes) {
        boolean isProcessor = device.type() == Device.Type.CPU;
        KernelFamily wanted = isProcessor ? KernelFamily.LANES : KernelFamily.TILES;
        if (forced.isPresent()) {
            boolean isThere = forced.get() == KernelFamily.LANES || forced.get() == KernelFamily.TILES;
            wanted = isThere ? forced.get() : wanted;
            notes.add(forced.get() + " was asked for by EngineOptions"
                    + (isThere ? "" : ", which linear layers have for few rows on processors at most"));
        }
        List<LinearTiles> candidates = new ArrayList<>();
        if (isProcessor && (forced.isEmpty() || forced.get() == KernelFamily.DECODE)) {
            candidates.addAll(LinearGuesses.few(product, device));
        }
        candidates.addAll(
                wanted == KernelFamily.LANES
                        ? LinearGuesses.lanes(product, device)
                        : LinearGuesses.tiles(product, device));
        notes.add(
                isProcessor
                        ? "a processor, so DECODE for few rows, and LANES"
                        : "not LANES: " + device.name() + " is no processor");
        return candidates;
    }

    private static LayerLaunch launch(LinearProduct product, LinearTiles tiles) {
        int items = tiles.workItems();
        long x = Sizes.ceilDiv(product.rows(), tiles.tileRows());
        long y = Sizes.ceilDiv(product.columns(), tiles.tileColumns());
        return new LayerLaunch(
                LinearKernel.options(product, tiles),
                product.operands(),
                LinearKernel.params(product),
                new long[] {x * items, y, 1},
                new long[] {items, 1, 1});
    }
}
