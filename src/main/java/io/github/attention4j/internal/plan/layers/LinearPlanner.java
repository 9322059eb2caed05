package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.GpuInstructions;
import io.github.attention4j.internal.device.UnitRates;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.matrix.MatrixConfig;
import io.github.attention4j.internal.plan.tuning.TuningCache;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LinearSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Decides which kernels compute a linear layer or its gradients; every "no" keeps its reason. */
final class LinearPlanner {
    private final Device device;
    private final Optional<KernelFamily> forced;
    private final MatrixConfig emulated;
    private final UnitRates rates;
    private final TuningCache<LinearTuning> tuning;
    /** Why a kernel that the driver did not build is not tried again. */
    private final Map<KernelOptions, String> unbuilt = new ConcurrentHashMap<>();

    /** @param emulated the unit of a device without one, for tests; else null */
    LinearPlanner(
            Device device,
            Optional<KernelFamily> forced,
            MatrixConfig emulated,
            UnitRates rates,
            TuningCache<LinearTuning> tuning) {
        this.tuning = tuning;
        this.device = device;
        this.forced = forced;
        this.emulated = emulated;
        this.rates = rates;
    }

    LayerChoice choose(LinearSpec spec, LayerTrial trial) {
        List<String> notes = new ArrayList<>();
        List<LinearTiles> tiles = new ArrayList<>();
        for (LinearProduct product : LinearProduct.of(spec)) {
            tiles.add(choose(product, trial, notes));
        }
        List<LayerLaunch> launches = launches(spec, tiles);
        if (launches.size() > tiles.size()) {
            LayerLaunch sums = launches.get(tiles.size());
            Optional<String> obstacle = trial.obstacle(sums.kernel(), sums.family(), (int) sums.localSize()[0], 0);
            if (obstacle.isPresent()) {
                throw refusal(spec, List.of("not " + sums.kernel().kernel() + ": " + obstacle.get()));
            }
        }
        notes.add("computes " + spec);
        return new LayerChoice(
                spec, launches, List.copyOf(notes), other -> launches((LinearSpec) other, List.copyOf(tiles)));
    }

    /** Of the products, each with its tiles, and of the gradient of a bias. */
    private List<LayerLaunch> launches(LinearSpec spec, List<LinearTiles> tiles) {
        List<LayerLaunch> launches = new ArrayList<>();
        List<LinearProduct> products = LinearProduct.of(spec);
        for (int i = 0; i < tiles.size(); i++) {
            launches.add(launch(products.get(i), tiles.get(i)));
        }
        if (spec.has(LayerOperand.GRAD_BIAS)) {
            KernelFamily family = tiles.isEmpty() ? usual() : tiles.get(0).family();
            launches.add(ColumnSums.launch(family, spec, LayerOperand.GRAD_OUT, LayerOperand.GRAD_BIAS));
        }
        return List.copyOf(launches);
    }

    /** The family that can compute every layer on this device. */
    private KernelFamily usual() {
        return device.type() == Device.Type.CPU ? KernelFamily.LANES : KernelFamily.TILES;
    }

    private UnsupportedByDeviceException refusal(LinearSpec spec, List<String> reasons) {
        return new UnsupportedByDeviceException(
                "no kernel for " + spec + " can run on " + device.name() + "; last try: "
                        + reasons.get(reasons.size() - 1) + "; use AttentionEngine.open(\"java\")",
                String.join("\n", reasons));
    }

    private LinearTiles choose(LinearProduct product, LayerTrial trial, List<String> notes) {
        List<String> reasons = new ArrayList<>();
        for (LinearTiles tiles : candidates(product, reasons)) {
            KernelOptions options = LinearKernel.options(product, tiles);
            Optional<String> obstacle = tiles.obstacle(product, device)
                    .or(() -> rates.obstacle(tiles.instruction()))
                    .or(() -> tryOut(trial, options, tiles));
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
        throw refusal(product.spec(), reasons);
    }

    /**
     * Builds a candidate. Kernels for matrix units are written in what drivers do not promise to take, so where nobody
     * asked for them a build that fails is an obstacle.
     */
    private Optional<String> tryOut(LayerTrial trial, KernelOptions options, LinearTiles tiles) {
        String known = unbuilt.get(options);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            return trial.obstacle(options, tiles.family(), tiles.workItems(), tiles.subGroup());
        } catch (KernelBuildException e) {
            if (tiles.family() != KernelFamily.MATRIX || forced.isPresent()) {
                throw e;
            }
            String refusal = "the driver does not build it: "
                    + e.getMessage().lines().findFirst().orElse("");
            unbuilt.put(options, refusal);
            return Optional.of(refusal);
        }
    }

    /** Those of the family that was asked for, if linear layers have it; else of those for the device. */
    private List<LinearTiles> candidates(LinearProduct product, List<String> notes) {
        boolean isProcessor = device.type() == Device.Type.CPU;
        KernelFamily wanted = forced.orElse(isProcessor ? KernelFamily.DECODE : KernelFamily.MATRIX);
        forced.ifPresent(family -> notes.add(family + " was asked for by EngineOptions"));
        List<LinearTiles> candidates = new ArrayList<>();
        tuning.complaint().ifPresent(notes::add);
        tuning.table().flatMap(table -> table.find(product, device, forced)).ifPresent(row -> {
            candidates.add(row.tiles());
            notes.add(row.origin());
        });
        if (isProcessor && wanted == KernelFamily.DECODE) {
            candidates.addAll(LinearGuesses.few(product, device));
        }
        if (wanted == KernelFamily.MATRIX || wanted == KernelFamily.DECODE && !isProcessor) {
            addMatrix(candidates, product, notes);
        }
        boolean hasLanes = wanted == KernelFamily.LANES || isProcessor && wanted != KernelFamily.TILES;
        candidates.addAll(hasLanes ? LinearGuesses.lanes(product, device) : LinearGuesses.tiles(product, device));
        notes.add(
                isProcessor
                        ? "a processor, so DECODE for few rows, and LANES"
                        : "not LANES: " + device.name() + " is no processor");
        return candidates;
    }

    private void addMatrix(List<LinearTiles> candidates, LinearProduct product, List<String> notes) {
        List<LinearTiles> guesses = LinearGuesses.matrix(product, device, emulated);
        if (guesses.isEmpty()) {
            notes.add("not MATRIX: " + GpuInstructions.whyNone(device));
        } else if (product.halfType() == null) {
            notes.add("not MATRIX: " + product.pairsObstacle());
        } else {
            candidates.addAll(guesses);
        }
    }

    private static LayerLaunch launch(LinearProduct product, LinearTiles tiles) {
        int items = tiles.workItems();
        long x = Sizes.ceilDiv(product.rows(), tiles.tileRows());
        long y = Sizes.ceilDiv(product.columns(), tiles.tileColumns());
        return new LayerLaunch(
                tiles.family(),
                LinearKernel.options(product, tiles),
                product.operands(),
                LinearKernel.params(product),
                new long[] {x * items, y, 1},
                new long[] {items, 1, 1});
    }
}
