package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import java.util.Arrays;

/**
 * In which order kernels work on tiles of 1, 2, 4, ... blocks of a head, less than all of them: by how much these list,
 * so that the device does not wait for the longest in the end. A table of tiles for each size, one behind the other.
 */
final class BlockOrder {
    private BlockOrder() {}

    /** How many numbers all tables have. */
    static long numbers(int blocks) {
        long numbers = 0;
        for (long span = 1; span < blocks; span *= 2) {
            numbers += (blocks + span - 1) / span;
        }
        return numbers;
    }

    /**
     * Writes the tables.
     *
     * @param listed by each block
     * @param isRising whether the longest comes last; those that are alike keep their order
     * @return where the next number goes
     */
    static int write(int[] array, int at, int[] listed, boolean isRising) {
        for (int span = 1; span < listed.length; span *= 2) {
            long[] tiles = new long[Sizes.ceilDiv(listed.length, span)];
            for (int block = 0; block < listed.length; block++) {
                tiles[block / span] += isRising ? listed[block] : -(long) listed[block];
            }
            for (int tile = 0; tile < tiles.length; tile++) {
                tiles[tile] = (tiles[tile] << 32) + tile;
            }
            Arrays.sort(tiles);
            for (long tile : tiles) {
                array[at++] = (int) tile;
            }
        }
        return at;
    }
}
