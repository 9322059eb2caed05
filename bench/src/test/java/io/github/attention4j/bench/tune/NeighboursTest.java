package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NeighboursTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(8)
            .sequenceLength(1024)
            .headDim(64)
            .types(DType.F16)
            .build();

    static List<KernelFamily> families() {
        return Families.openCl();
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyFamilyHasTilesToBeginWithAndLegalOnesNextToThem(KernelFamily family) {
        Device any = new Device(
                "gpu:0",
                Device.Type.GPU,
                "any",
                "any",
                "any",
                "1",
                8,
                8,
                256,
                65536,
                1L << 33,
                1L << 31,
                false,
                "",
                Set.of(Instruction.MMA));
        Set<Tiles> first = Neighbours.first(family, SPEC, any);
        assertFalse(first.isEmpty());
        for (Tiles tiles : first) {
            Set<Tiles> neighbours = Neighbours.of(tiles);
            assertFalse(neighbours.contains(tiles));
            assertTrue(neighbours.size() > 1, tiles + " has " + neighbours);
            for (Tiles neighbour : neighbours) {
                assertTrue(neighbour.misfit().isEmpty(), neighbour.text());
                assertTrue(neighbour.family() == family, neighbour.text());
            }
        }
    }

    @Test
    void whatTheDeviceDecidesStaysAsItIs() {
        Tiles tiles = new Tiles(
                KernelFamily.DECODE, "LANES=16 ROW_BLOCK=4 TILE_ROWS=4 TILE_KV=1024 VALUE_BLOCK=6 BYTE_DOT=0");
        for (Tiles neighbour : Neighbours.of(tiles)) {
            assertEquals(16, neighbour.numbers().get("LANES"), neighbour.text());
            assertEquals(0, neighbour.numbers().get("BYTE_DOT"), neighbour.text());
        }
    }
}
