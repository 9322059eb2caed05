package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import java.util.ArrayList;
import java.util.List;

/** When keys are better read once for all query rows that see them, and with which tiles. Pure functions. */
final class DecodeHeuristics {
    /** Queries a head for which the decode kernels are made. */
    private static final int MOST_QUERIES = 16;

    /** Query rows, keys, items along keys and along rows, depth; the smallest groups first. */
    private static final int[][] SHAPES = {
        {8, 64, 16, 2, 16}, {16, 64, 16, 4, 16}, {32, 64, 16, 8, 16}, {64, 64, 16, 16, 16}
    };

    /** For Intel's GPUs without matrix units, which have half as many registers: more items a row, each with fewer columns. */
    private static final int[][] SHAPES_FEW_REGISTERS = {{64, 128, 32, 16, 32}, {64, 64, 16, 16, 16}};

    private static final int MOST_ROWS = 64;

    private DecodeHeuristics() {}

    /**
     * The most queries a head for which decode kernels are taken. A CPU's forward kernel fills its vectors with the queries of one head; below
     * half of that, most of what it computes is thrown away.
     */
    static int mostQueries(Device device) {
        if (device.type() != Device.Type.CPU) {
            return MOST_QUERIES;
        }
        int queriesAtOnce = Heuristics.laneTiles(device).queryStep();
        return Math.min(MOST_QUERIES, queriesAtOnce / 2);
    }

    static List<Heuristics.Guess> guesses(AttentionSpec spec, Device device) {
        return device.type() == Device.Type.CPU ? lanes(spec, device) : groups(spec, device);
    }

    /** The smallest work-group that has all query rows of a key/value head: memory is what limits, so many small groups are best. */
    private static List<Heuristics.Guess> groups(AttentionSpec spec, Device device) {
        Shuffle shuffle = Shuffle.of(device);
        long rows = (long) spec.queryLength() * spec.groupSize();
        List<Heuristics.Guess> guesses = new ArrayList<>();
        if (shuffle == Shuffle.NVIDIA || shuffle == Shuffle.AMD) {
            guesses.add(rows(spec, shuffle, rows));
        }
        boolean fewRegisters = shuffle == Shuffle.INTEL8 && device.matrixUnit().isEmpty();
        for (int[] shape : fewRegisters ? SHAPES_FEW_REGISTERS : SHAPES) {
            boolean isEnough = shape[0] >= rows || shape[0] == MOST_ROWS;
            if (isEnough && shape[2] * shape[3] >= leastItems(spec, shuffle)) {
                GroupTiles tiles = new GroupTiles(shape[0], shape[1], shape[2], shape[3], shape[4], shuffle);
                if (tiles.misfit().isPresent()) {
                    tiles = new GroupTiles(shape[0], shape[1], shape[2], shape[3], shape[4], Shuffle.NONE);
                }
                guesses.add(new Heuristics.Guess(
                        new DecodeGroups(tiles), rows + " query rows a key/value head, " + shape[0] + " a work-group"));
            }
        }
        TileConfig smallest = new DecodeGroups(new GroupTiles(16, 16, 4, 4, 4, Shuffle.NONE));
        boolean isLightLegal = false;
        for (Heuristics.Guess guess : guesses) {
            isLightLegal |= guess.tiles().obstacle(spec, device).isEmpty();
        }
        if (!isLightLegal) { // its few items have more numbers than registers, so it is slow, but right
            guesses.add(new Heuristics.Guess(smallest, "smallest tiles: local memory"));
        }
        return guesses;
    }

    /**
     * As many rows as there are, and at most eight, which registers hold; more are shared out to several groups, which read keys again, mostly from
     * the second-level cache. Teams of as many work-items as have 8 elements of a row each, or 16 that are short, within a sub-group of 32: what
     * was fastest of 8 to 32 on an H100.
     */
    private static Heuristics.Guess rows(AttentionSpec spec, Shuffle shuffle, long rows) {
        int columns = Math.max(spec.headDim(), spec.valueDim());
        int rowBlock = 1;
        while (rowBlock < 8 && rowBlock < rows) {
            rowBlock *= 2;
        }
        boolean wide = rowBlock <= 4 && spec.operand(Operand.KEY).dtype().bits() < Float.SIZE;
        int keyLanes = 4;
        while (keyLanes < 32 && keyLanes * (wide ? 16 : 8) < columns) {
            keyLanes *= 2;
        }
        int keySteps = wide || rowBlock == 8 ? 2 : 4;
        return new Heuristics.Guess(
                new DecodeRows(128, keyLanes, rowBlock, keySteps, shuffle),
                rows + " query rows a key/value head, " + rowBlock + " a work-group; " + keyLanes
                        + " work-items a key read long runs");
    }

    /**
     * Work-items among which numbers must be shared so that registers hold them, by the compilers for GPUs. Sub-groups of AMD's GPUs have up
     * to 64 lanes; rows that are rotated come element by element, which takes registers too.
     */
    private static int leastItems(AttentionSpec spec, Shuffle shuffle) {
        boolean intel = shuffle == Shuffle.INTEL || shuffle == Shuffle.INTEL8; // has the fewest registers
        if (spec.valueDim() > 128 || intel && spec.rotary() != null) {
            return 256;
        }
        if (spec.rotary() != null || intel) {
            return 128;
        }
        return spec.valueDim() > 64 || shuffle == Shuffle.AMD ? 64 : 32;
    }

    /** Where keys of 8 bits are multiplied as bytes: the tiles that would be best for floats; none where they are not. */
    static List<Heuristics.Guess> byteGuesses(AttentionSpec spec, Device device) {
        if (ByteProduct.of(spec, device) == ByteProduct.NONE) {
            return List.of();
        }
        Heuristics.Guess guess = lanes(spec, device).get(0);
        return List.of(new Heuristics.Guess(
                ((DecodeLanes) guess.tiles()).with(ByteProduct.VPDPBUSD),
                guess.reason() + "; vpdpbusd, queries in three digits of 8 bits"));
    }

    /**
     * Tiles by the number of query rows that share a key/value head, in classes, so that few programs serve all lengths. Many rows take shorter
     * tiles, whose weights the second-level cache still holds.
     */
    private static List<Heuristics.Guess> lanes(AttentionSpec spec, Device device) {
        int lanes = Heuristics.laneTiles(device).lanes();
        long rows = (long) spec.queryLength() * spec.groupSize();
        int block = rows == 1 ? 1 : rows == 2 ? 2 : 4;
        int tile = rows <= 4 ? block : rows <= 16 ? 16 : rows <= 64 ? 64 : 128;
        boolean isUnpacked = spec.operand(Operand.VALUE).dtype().bits() < Byte.SIZE; // which takes registers too
        int accumulators = lanes == 16 ? 24 : isUnpacked ? 8 : 12; // of 32 and 16 registers
        int keys = tile <= 16 ? 1024 : tile == 64 ? 256 : 128;
        List<Heuristics.Guess> guesses = new ArrayList<>();
        guesses.add(new Heuristics.Guess(
                new DecodeLanes(lanes, block, tile, keys, accumulators / block, ByteProduct.NONE),
                rows + " query rows a key/value head, in blocks of " + block + ": " + accumulators + " accumulators of "
                        + lanes + " floats"));
        guesses.add(new Heuristics.Guess(
                new DecodeLanes(lanes, block, Math.min(tile, 16), 128, accumulators / block, ByteProduct.NONE),
                "local memory holds " + Math.min(tile, 16) + " query rows"));
        guesses.add(new Heuristics.Guess(
                new DecodeLanes(lanes, block, block, lanes, 1, ByteProduct.NONE), "smallest tiles: local memory"));
        return guesses;
    }
}
