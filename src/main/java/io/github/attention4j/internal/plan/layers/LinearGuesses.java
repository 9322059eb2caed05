package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.lanes.LanesGuesses;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.internal.plan.matrix.MatrixConfig;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import java.util.ArrayList;
import java.util.List;

/** Tiles of linear layers for a device that nobody has tuned. Pure functions. */
final class LinearGuesses {
    /** Groups that keep a processor's cores equally busy, for each of them. */
    private static final int GROUPS_A_CORE = 4;

    /** Groups that keep a compute unit of a GPU busy. */
    private static final int GROUPS_A_UNIT = 2;

    /** With more, the multiplications take longer than the weights' way from memory. */
    private static final int FEW_ROWS = 4;

    private static final int MOST_WORDS = 384;
    /** So that few programs serve all depths. */
    private static final int WORDS_STEP = 64;

    private LinearGuesses() {}

    /** Of lanes, best first. */
    static List<LinearTiles> lanes(LinearProduct linear, Device device) {
        List<LinearTiles> guesses = new ArrayList<>();
        PairProduct best = PairProduct.bestOfVectors(device);
        if (best != PairProduct.NONE && linear.pairsObstacle() == null) {
            addLanes(guesses, linear, device, best);
        }
        addLanes(guesses, linear, device, PairProduct.NONE);
        return guesses;
    }

    /** For few rows, where there are no more; their weights are read once and not multiplied fast. */
    static List<LinearTiles> few(LinearProduct linear, Device device) {
        if (linear.rows() > FEW_ROWS) {
            return List.of();
        }
        int lanes = LanesGuesses.lanes(device);
        int rows = Math.min(lanes, Integer.highestOneBit(2 * linear.rows() - 1));
        int columns = 8 * lanes;
        while (columns > lanes && Sizes.ceilDiv(linear.columns(), columns) < GROUPS_A_CORE * device.computeUnits()) {
            columns /= 2;
        }
        return List.of(new LinearFew(lanes, rows, columns));
    }

    /** Of matrix units, best first; those that are emulated are for tests, which want small ones. */
    static List<LinearTiles> matrix(LinearProduct linear, Device device, MatrixConfig emulated) {
        if (emulated != null) {
            MatrixUnit unit = fragments(emulated.unit());
            return List.of(new LinearMatrix(
                    new MatrixConfig(unit, emulated.subGroups(), emulated.tileKv(), emulated.shuffle(), true), 2));
        }
        MatrixUnit unit = fragments(MatrixUnit.of(device));
        if (unit == null) {
            return List.of();
        }
        List<LinearTiles> guesses = new ArrayList<>();
        int[][] shapes = shapes(unit);
        for (int[] shape : shapes) {
            LinearMatrix tiles = new LinearMatrix(MatrixConfig.of(unit, shape[0], shape[2]), shape[1]);
            if (shape == shapes[shapes.length - 1] || suits(tiles, linear, device)) {
                guesses.add(tiles);
            }
        }
        return guesses;
    }

    /**
     * Sub-groups, blocks of rows and columns for which the vendor's compiler keeps all sums in registers, largest
     * first; the last is for layers of few rows.
     */
    private static int[][] shapes(MatrixUnit unit) {
        return switch (unit) {
            case MMA, MFMA -> new int[][] {{4, 2, 128}, {4, 2, 64}, {4, 1, 64}};
            case DPAS8 -> new int[][] {{8, 2, 64}, {8, 1, 64}};
            case DPAS16 -> new int[][] {{8, 1, 64}, {4, 1, 64}};
            default -> new int[][] {{4, 2, 64}, {4, 1, 64}};
        };
    }

    /** Of Hopper's units, the one that multiplies fragments in registers. */
    private static MatrixUnit fragments(MatrixUnit unit) {
        return unit == MatrixUnit.WGMMA ? MatrixUnit.MMA : unit;
    }

    /**
     * Of work-groups, best first: the largest of which there are enough for all compute units, then what is smaller,
     * then what is larger. Where none has enough, the smallest but one is the first, for the very smallest is slow.
     */
    static List<LinearTiles> tiles(LinearProduct linear, Device device) {
        List<LinearPieces> shapes = shapes(device);
        int least = shapes.size() - 1;
        int first = 0;
        while (first < least - 1 && !suits(shapes.get(first), linear, device)) {
            first++;
        }
        List<LinearTiles> guesses = new ArrayList<>(shapes.subList(first, least));
        for (int i = first - 1; i >= 0; i--) {
            guesses.add(shapes.get(i));
        }
        // Processors have these in tests alone, and compile the smallest soonest.
        guesses.add(device.type() == Device.Type.CPU ? 0 : guesses.size(), shapes.get(least));
        return guesses;
    }

    /**
     * The largest first: each number that comes from local memory is then used most often. Intel's registers hold 8 x 8
     * sums an item only with sub-groups of 8 and the large register file, which came with the matrix units.
     */
    private static List<LinearPieces> shapes(Device device) {
        Shuffle shuffle = Shuffle.of(device);
        int lanes = shuffle == Shuffle.INTEL ? 16 : shuffle == Shuffle.INTEL8 ? 8 : 0;
        List<LinearPieces> shapes = new ArrayList<>();
        if (shuffle != Shuffle.INTEL
                && (shuffle != Shuffle.INTEL8 || !device.instructions().isEmpty())) {
            shapes.add(new LinearPieces(128, 128, 16, 16, 16, lanes));
            shapes.add(new LinearPieces(64, 64, 8, 8, 16, lanes));
        }
        shapes.add(new LinearPieces(64, 64, 16, 16, 16, lanes));
        shapes.add(new LinearPieces(16, 64, 16, 4, 16, lanes));
        shapes.add(new LinearPieces(16, 16, 4, 4, 4, lanes));
        return shapes;
    }

    private static boolean suits(LinearTiles tiles, LinearProduct linear, Device device) {
        long groups = (long) Sizes.ceilDiv(linear.rows(), tiles.tileRows())
                * Sizes.ceilDiv(linear.columns(), tiles.tileColumns());
        return groups >= (long) GROUPS_A_UNIT * device.computeUnits() && linear.rows() > tiles.tileRows() / 2;
    }

    /** Ever smaller ones, for little local memory. */
    private static void addLanes(List<LinearTiles> guesses, LinearProduct linear, Device device, PairProduct product) {
        int lanes = LanesGuesses.lanes(device);
        boolean isOneVector = linear.rows() <= lanes;
        int vectors = isOneVector ? 1 : 2;
        int block = lanes == 16 ? (isOneVector ? 16 : 8) : lanes == 8 ? (isOneVector ? 8 : 6) : 4;
        int blocks = Math.min(4, Sizes.ceilDiv(linear.rows(), lanes * vectors));
        int columns = columns(linear, device, lanes * vectors * blocks, block);
        int words = words(linear.depth(), product);
        guesses.add(new LinearLanes(lanes, vectors, blocks, block, columns, words, product));
        guesses.add(new LinearLanes(lanes, vectors, 1, block, Math.min(columns, 8 * block), 4 * lanes, product));
        guesses.add(new LinearLanes(lanes, 1, 1, block, block, lanes, product));
    }

    /** The depth in as few nearly equal tiles as possible: a longer one would leave the rows little of the cache. */
    private static int words(int depth, PairProduct product) {
        int all = product == PairProduct.NONE ? depth : Sizes.ceilDiv(depth, 2);
        int tiles = Sizes.ceilDiv(all, MOST_WORDS);
        return Sizes.ceilDiv(Sizes.ceilDiv(all, tiles), WORDS_STEP) * WORDS_STEP;
    }

    /** As many as the second-level cache holds, less where cores would have nothing to do. */
    private static int columns(LinearProduct linear, Device device, int tileRows, int block) {
        int rowGroups = Sizes.ceilDiv(linear.rows(), tileRows);
        int columns = 64 * block;
        while (columns > 4 * block
                && (long) rowGroups * Sizes.ceilDiv(linear.columns(), columns)
                        < (long) GROUPS_A_CORE * device.computeUnits()) {
            columns /= 2;
        }
        return columns;
    }
}
