package io.github.attention4j.internal.java.tiled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlainTileTest {
    @Test
    void addsFourRowsToTwoFusedOrNot() {
        float[][] x = {{9, 9}, {1, 10}, {2, 20}, {3, 30}, {4, 40}};
        float[] a = {0, 1, 5, 2, 6, 3, 7, 4, 8};
        for (PlainTile tile : List.of(new PlainTile(true), new PlainTile(false))) {
            float[] to0 = {1000, 2000};
            float[] to1 = {3000, 4000};
            tile.addFour(to0, to1, x, 1, a, 1, 2, 2);
            assertArrayEquals(new float[] {1000 + 1 + 4 + 9 + 16, 2000 + 10 + 40 + 90 + 160}, to0);
            assertArrayEquals(new float[] {3000 + 5 + 12 + 21 + 32, 4000 + 50 + 120 + 210 + 320}, to1);
        }
    }
}
