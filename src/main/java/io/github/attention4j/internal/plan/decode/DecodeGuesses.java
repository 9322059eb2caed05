package io.github.attention4j.internal.plan.decode;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.lanes.LanesGuesses;
import io.github.attention4j.internal.plan.tiles.TilesConfig;
import java.util.ArrayList;
import java.util.List;

/** When keys are better read once for all query rows that see them, and with which tiles. Pure functions. */
final class DecodeGuesses {
    /** Query rows, keys, items along keys and along rows, depth; the smallest groups first. */
    private static final int[][] SHAPES = {
        {8, 64, 16, 2, 16}, {16, 64, 16, 4, 16}, {32, 64, 16, 8, 16}, {64, 64, 16, 16, 16}
    };

    /**
     * For Intel's GPUs without matrix units, which have half as many registers: more items a row, each with fewer
     * columns.
     */
    private static final int[][] SHAPES_FEW_REGISTERS = {{64, 128, 32, 16, 32}, {64, 64, 16, 16, 16}};

    private static final int MOST_ROWS = 64;

    private DecodeGuesses() {}

    static List<Guess> of(AttentionSpec spec, Device device) {
        return device.type() == Device.Type.CPU ? lanes(spec, device) : groups(spec, device);
    }

    /**
     * The smallest work-group that has all query rows of a key/value head: memory is what limits, so many small groups
     * are best.
     */
    private static List<Guess> groups(AttentionSpec spec, Device device) {
        Shuffle shuffle = Shuffle.of(device);
        long rows = (long) spec.queryLength() * spec.groupSize();
        List<Guess> guesses = new ArrayList<>();
        if (shuffle == Shuffle.NVIDIA || shuffle == Shuffle.AMD) {
            guesses.add(rows(spec, shuffle, rows));
        }
        boolean fewRegisters =
                shuffle == Shuffle.INTEL8 && device.instructions().isEmpty();
        for (int[] shape : fewRegisters ? SHAPES_FEW_REGISTERS : SHAPES) {
            boolean isEnough = shape[0] >= rows || shape[0] == MOST_ROWS;
            if (isEnough && shape[2] * shape[3] >= leastItems(spec, shuffle)) {
                TilesConfig tiles = new TilesConfig(shape[0], shape[1], shape[2], shape[3], shape[4], shuffle);
                if (tiles.misfit().isPresent()) {
                    tiles = new TilesConfig(shape[0], shape[1], shape[2], shape[3], shape[4], Shuffle.NONE);
                }
                guesses.add(new Guess(
                        new DecodeTilesConfig(tiles),
                        rows + " query rows a key/value head, " + shape[0] + " a work-group"));
            }
        }
        TileConfig smallest = new DecodeTilesConfig(new TilesConfig(16, 16, 4, 4, 4, Shuffle.NONE));
        boolean isLightLegal = false;
        for (Guess guess : guesses) {
            isLightLegal |= guess.tiles().obstacle(spec, device).isEmpty();
        }
        if (!isLightLegal) { // its few items have more numbers than registers, so it is slow, but right
            guesses.add(new Guess(smallest, "smallest tiles: local memory"));
        }
        if (shuffle == Shuffle.NVIDIA || shuffle == Shuffle.AMD) {
            // Last, for no card has run them: the tuner finds them here.
            guesses.add(ofPairs(spec, shuffle, rows, 8, 2));
            guesses.add(ofPairs(spec, shuffle, rows, 16, 1));
        }
        return guesses;
    }

    /**
     * As many rows as there are, and at most eight, which registers hold; more are shared out to several groups, which
     * read keys again, mostly from the second-level cache. Teams of as many work-items as have 8 elements of a row
     * each, or 16 that are short, within a sub-group of 32: what was fastest of 8 to 32 on an H100.
     */
    private static Guess rows(AttentionSpec spec, Shuffle shuffle, long rows) {
        int columns = Math.max(spec.headDim(), spec.valueDim());
        int rowBlock = rowBlock(rows);
        boolean wide = rowBlock <= 4 && spec.operand(Operand.KEY).dtype().bits() < Float.SIZE;
        int keyLanes = 4;
        while (keyLanes < 32 && keyLanes * (wide ? 16 : 8) < columns) {
            keyLanes *= 2;
        }
        int keySteps = wide || rowBlock == 8 ? 2 : 4;
        return new Guess(
                new DecodeRowsConfig(128, keyLanes, rowBlock, keySteps, shuffle),
                rows + " query rows a key/value head, " + rowBlock + " a work-group; " + keyLanes
                        + " work-items a key read long runs");
    }

    private static int rowBlock(long rows) {
        int rowBlock = 1;
        while (rowBlock < 8 && rowBlock < rows) {
            rowBlock *= 2;
        }
        return rowBlock;
    }

    /**
     * 16 bytes at once of 16-bit numbers, a round ahead. By the compilers for GPUs, of rows of 128 columns: with eight
     * elements of a row for each of a team two thirds of the registers of {@link #rows}, so that half as many groups
     * more are there to wait for memory, but as many instructions a key as an H100 issues while it reads one; with
     * sixteen and one key a round three quarters of those, and as many registers as there.
     */
    private static Guess ofPairs(AttentionSpec spec, Shuffle shuffle, long rows, int elements, int keySteps) {
        int keyLanes = 4;
        while (keyLanes < 32 && keyLanes * elements < Math.max(spec.headDim(), spec.valueDim())) {
            keyLanes *= 2;
        }
        return new Guess(
                new DecodeRowsConfig(128, keyLanes, rowBlock(rows), keySteps, shuffle, 2),
                rows + " query rows a key/value head; " + keyLanes + " work-items a key read 16 bytes at once, a round"
                        + " ahead");
    }

    /**
     * Work-items among which numbers must be shared so that registers hold them, by the compilers for GPUs. Sub-groups
     * of AMD's GPUs have up to 64 lanes; rows that are rotated come element by element, which takes registers too.
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

    /** Where keys are multiplied as bytes: the tiles that would be best for floats; none where they are not. */
    static List<Guess> ofBytes(AttentionSpec spec, Device device) {
        if (ByteProduct.requestObstacle(spec).isPresent()) {
            return List.of();
        }
        Guess guess = lanes(spec, device).get(0);
        List<Guess> guesses = new ArrayList<>();
        for (ByteProduct product : new ByteProduct[] {ByteProduct.AMX, ByteProduct.VPDPBUSD}) {
            if (product.deviceObstacle(device).isEmpty() && product.isFor(spec)) {
                guesses.add(new Guess(
                        ((DecodeLanesConfig) guess.tiles()).with(product),
                        guess.reason() + "; " + product.instructionName() + ", queries in digits of 8 bits"));
            }
        }
        return guesses;
    }

    /**
     * Tiles by the number of query rows that share a key/value head, in classes, so that few programs serve all
     * lengths. Many rows take shorter tiles, whose weights the second-level cache still holds.
     */
    private static List<Guess> lanes(AttentionSpec spec, Device device) {
        int lanes = LanesGuesses.lanes(device);
        long rows = (long) spec.queryLength() * spec.groupSize();
        int block = rows == 1 ? 1 : rows == 2 ? 2 : 4;
        int tile = rows <= 4 ? block : rows <= 16 ? 16 : rows <= 64 ? 64 : 128;
        boolean isInHalves = spec.operand(Operand.VALUE).dtype().bits() < Byte.SIZE; // which takes registers too
        int accumulators = lanes == 16 ? 24 : isInHalves ? 8 : 12; // of 32 and 16 registers
        int keys = tile <= 16 ? 1024 : tile == 64 ? 256 : 128;
        List<Guess> guesses = new ArrayList<>();
        guesses.add(new Guess(
                new DecodeLanesConfig(lanes, block, tile, keys, accumulators / block, ByteProduct.NONE),
                rows + " query rows a key/value head, in blocks of " + block + ": " + accumulators + " accumulators of "
                        + lanes + " floats"));
        guesses.add(new Guess(
                new DecodeLanesConfig(lanes, block, Math.min(tile, 16), 128, accumulators / block, ByteProduct.NONE),
                "local memory holds " + Math.min(tile, 16) + " query rows"));
        guesses.add(new Guess(
                new DecodeLanesConfig(lanes, block, block, lanes, 1, ByteProduct.NONE),
                "smallest tiles: local memory"));
        return guesses;
    }
}
