package io.github.attention4j.internal.plan.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.layers.LinearSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiles of linear layers that a tuner kept come before those that are guessed. */
class LinearTuningTest {
    private static final Device PROCESSOR = device("cpu:0", Device.Type.CPU, Set.of());
    private static final LinearSpec SPEC = layer(100, 64, 96, DType.F32);

    @TempDir
    private Path folder;

    private static Device device(String id, Device.Type type, Set<Instruction> instructions) {
        return new Device(
                id,
                type,
                "some " + id.substring(0, 3),
                "some vendor",
                "p",
                "1",
                4,
                8,
                1024,
                64 << 10,
                1L << 33,
                1L << 31,
                true,
                "",
                instructions);
    }

    private static LinearSpec layer(int rows, int in, int out, DType type) {
        return LinearSpec.builder()
                .rows(rows)
                .inFeatures(in)
                .outFeatures(out)
                .types(type, type, DType.F32)
                .build();
    }

    private String explain(LinearSpec spec, Device device, EngineOptions options) {
        return String.join(
                "\n",
                new LayerPlanner(device, options.withCacheDirectory(folder))
                        .choose(spec, (kernel, family, items, lanes) -> Optional.empty())
                        .notes());
    }

    private void keep(String... lines) throws IOException {
        Files.writeString(
                folder.resolve(LinearCandidates.FILE),
                LinearCandidates.HEADER + "\n# kept\n" + String.join("\n", lines) + "\n");
    }

    @Test
    void aRowIsTakenForLayersOfItsFeaturesAndOfAboutItsRows() throws IOException {
        EngineOptions options = EngineOptions.defaults();
        String guessed = explain(SPEC, PROCESSOR, options);
        for (LinearCandidates.Tiles tiles : LinearCandidates.of(SPEC, PROCESSOR)) {
            keep(LinearCandidates.line(SPEC, PROCESSOR, tiles, 12.34, "a test"));
            assertEquals(1, LinearCandidates.rows(folder.resolve(LinearCandidates.FILE)));
            String tuned = explain(SPEC, PROCESSOR, options);
            assertTrue(tuned.contains(" with " + tiles.text() + " for out"), tuned);
            assertTrue(tuned.contains("tuned for some cpu (12.3 GFLOP/s, a test, "), tuned);
            assertTrue(explain(layer(50, 64, 96, DType.F32), PROCESSOR, options).contains("tuned for"));
            for (LinearSpec other : List.of(
                    layer(101, 64, 96, DType.F32),
                    layer(49, 64, 96, DType.F32),
                    layer(100, 65, 96, DType.F32),
                    layer(100, 64, 97, DType.F32),
                    layer(100, 64, 96, DType.F16),
                    SPEC.backward())) {
                assertFalse(explain(other, PROCESSOR, options).contains("tuned for"), other.toString());
            }
            assertFalse(explain(SPEC, device("gpu:0", Device.Type.GPU, Set.of()), options)
                    .contains("tuned for"));
        }
        assertFalse(guessed.contains("tuned for"), guessed);
        assertFalse(
                explain(SPEC, PROCESSOR, options.withFamily(KernelFamily.TILES)).contains("tuned for"));
    }

    @Test
    void candidatesAreManyLegalAndUnlike() {
        for (int rows : new int[] {1, 3, 100, 5000}) {
            List<LinearCandidates.Tiles> all = LinearCandidates.of(layer(rows, 384, 1536, DType.F32), PROCESSOR);
            assertTrue(all.size() > 5, all.toString());
            assertEquals(all.size(), Set.copyOf(all).size());
        }
        Device gpu = device("gpu:0", Device.Type.GPU, Set.of(Instruction.MMA));
        List<LinearCandidates.Tiles> half = LinearCandidates.of(layer(500, 384, 1536, DType.F16), gpu);
        assertTrue(half.stream().anyMatch(each -> each.family() == KernelFamily.MATRIX), half.toString());
        assertTrue(half.stream().anyMatch(each -> each.family() == KernelFamily.TILES), half.toString());
        for (LinearCandidates.Tiles each : half) {
            assertEquals(
                    each.text(), LinearTiles.parse(each.family(), each.text()).text());
        }
    }

    @Test
    void rowsThatAreNotLegalAreLeftAlone() throws IOException {
        keep(
                "LANES,*,F32,F32,100,64,96,LANES=8 LANE_VECTORS=0 ROW_BLOCKS=1 COLUMN_BLOCK=8 TILE_COLUMNS=8 TILE_WORDS=8 DOT=0,1,x,y");
        assertFalse(explain(SPEC, PROCESSOR, EngineOptions.defaults()).contains("tuned for"));
    }

    @Test
    void aBrokenFileCostsALineOfExplain() throws IOException {
        for (String wrong : List.of(
                "LANES,half",
                "JAVA,*,F32,F32,1,2,3,A=1,1,x,y",
                "SLOW,*,F32,F32,1,2,3,A=1,1,x,y",
                "LANES,*,F32,F32,one,2,3,A=1,1,x,y",
                "MATRIX,*,F32,F32,1,2,3,UNIT=1,1,x,y",
                "LANES,*,F32,F32,1,2,3,A=1,1,x,y")) {
            keep(wrong);
            String text = explain(SPEC, PROCESSOR, EngineOptions.defaults());
            assertTrue(text.contains("not the tuning cache: ") && text.contains("linear.csv, line 3: "), text);
            assertThrows(
                    IllegalArgumentException.class, () -> LinearCandidates.rows(folder.resolve(LinearCandidates.FILE)));
        }
    }

    @Test
    void linesOfOneLayerAreAlike() {
        List<LinearCandidates.Tiles> tiles = LinearCandidates.of(SPEC, PROCESSOR);
        String one = LinearCandidates.line(SPEC, PROCESSOR, tiles.get(0), 1, "x");
        assertTrue(LinearCandidates.areAlike(one, LinearCandidates.line(SPEC, PROCESSOR, tiles.get(1), 2, "y")));
        LinearSpec other = layer(7, 64, 96, DType.F32);
        assertFalse(LinearCandidates.areAlike(one, LinearCandidates.line(other, PROCESSOR, tiles.get(0), 1, "x")));
    }
}
