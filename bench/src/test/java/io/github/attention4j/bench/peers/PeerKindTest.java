package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Shapes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerKindTest {
    private final List<PeerKind> kinds = PeerKind.all(List.of("gpu:0", "cpu:0", "java"));

    @Test
    void allWhatAJavaUserCouldPickTakesPart() {
        assertEquals(
                List.of(
                        "attention4j gpu:0",
                        "attention4j cpu:0",
                        "attention4j java",
                        "pytorch",
                        "pytorch-1blas",
                        "onnx-mha",
                        "onnx-gqa",
                        "onnx-attention",
                        "loops"),
                kinds.stream().map(PeerKind::name).toList());
    }

    @Test
    void pyTorchAlsoRunsWithOneThreadInItsMatrixProducts() {
        assertEquals(Map.of(), kinds.get(3).environment());
        assertEquals(Map.of("OPENBLAS_NUM_THREADS", "1"), kinds.get(4).environment());
        assertEquals(kinds.get(3).peerClass(), kinds.get(4).peerClass());
    }

    @Test
    void aGpuIsHeldAgainstItsOwnLimitAndAllElseAgainstTheProcessor() {
        assertEquals("gpu:0", kinds.get(0).limit());
        kinds.subList(1, kinds.size()).forEach(kind -> assertEquals("cpu:0", kind.limit(), kind.name()));
    }

    @Test
    void inBf16TheEngineMeetsPyTorch() {
        List<PeerKind> bf16 = PeerKind.allInBf16(List.of("gpu:0", "cpu:0"));
        assertEquals(
                List.of("attention4j gpu:0 bf16", "attention4j cpu:0 bf16", "pytorch bf16", "pytorch-matmul bf16"),
                bf16.stream().map(PeerKind::name).toList());
        assertEquals(
                List.of("gpu:0", "cpu:0", "cpu:0", "cpu:0"),
                bf16.stream().map(PeerKind::limit).toList());
        assertTrue(bf16.stream().allMatch(PeerKind::isBf16));
        assertTrue(kinds.stream().noneMatch(PeerKind::isBf16));
    }

    @Test
    void gradientsAreComparedForwardAndBackwardAndTheEnginesBackwardAlone() {
        List<PeerKind> f32 = PeerKind.allWithGradients(List.of("cpu:0"), false);
        assertEquals(
                List.of(
                        "attention4j cpu:0: forward + backward",
                        "attention4j cpu:0 backward only: backward",
                        "pytorch: forward + backward",
                        "pytorch-1blas: forward + backward",
                        "pytorch-matmul: forward + backward",
                        "loops: forward + backward"),
                f32.stream().map(kind -> kind.name() + ": " + kind.pass()).toList());
        assertTrue(f32.stream().noneMatch(PeerKind::isBf16));
        List<PeerKind> bf16 = PeerKind.allWithGradients(List.of("cpu:0"), true);
        assertEquals(
                List.of(
                        "attention4j cpu:0 bf16",
                        "attention4j cpu:0 bf16 backward only",
                        "pytorch bf16",
                        "pytorch-matmul bf16"),
                bf16.stream().map(PeerKind::name).toList());
        assertTrue(bf16.stream().allMatch(PeerKind::isBf16));
    }

    @Test
    void gradientsAreComparedOnEachShapePlainAndCausal() {
        assertEquals(8, Shapes.ofGradients().size());
        assertEquals(4, Shapes.ofGradients().stream().filter(Case::isCausal).count());
    }

    @Test
    void onlyTheEngineIsNoPeer() {
        assertTrue(kinds.get(2).isEngine());
        assertFalse(kinds.get(3).isEngine());
        assertFalse(kinds.get(8).isEngine());
    }

    @Test
    void theGroupsHoldAllShapes() {
        assertEquals(9, Shapes.of(List.of(Shapes.Group.MAIN)).size());
        assertEquals(4, Shapes.of(List.of(Shapes.Group.HEADS)).size());
        assertEquals(6, Shapes.of(List.of(Shapes.Group.SMALL)).size());
        assertEquals(19, Shapes.of(List.of()).stream().distinct().count());
    }

    @Test
    void shapesAreWrittenAsReportsWriteThem() {
        for (String shape : List.of("1x16x2048x2048x64 causal", "8x32/8x4x4096x128", "1x2x8192x17x64")) {
            assertEquals(shape, Case.shape(Shapes.parse(shape)));
        }
    }
}
