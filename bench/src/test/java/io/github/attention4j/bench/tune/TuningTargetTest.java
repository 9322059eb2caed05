package io.github.attention4j.bench.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TuningTargetTest {
    private static final Device DEVICE = new Device(
            "cpu:0",
            Device.Type.CPU,
            "some cpu",
            "any",
            "any",
            "1",
            2,
            8,
            4096,
            1 << 19,
            1L << 33,
            1L << 31,
            true,
            "",
            Set.of());

    private static AttentionSpec spec(int headDim, boolean causal) {
        AttentionSpecBuilder builder =
                AttentionSpec.builder().heads(2).sequenceLength(32).headDim(headDim);
        return (causal ? builder.causal() : builder).build();
    }

    private static List<String> keys(AttentionSpec... shapes) {
        return TuningTarget.of(KernelFamily.LANES, DType.F32, List.of(shapes), "a test").stream()
                .map(target -> target.key(DEVICE))
                .toList();
    }

    @Test
    void shapesOfOneHeadSizeAreOneRow() {
        assertEquals(
                List.of("forward,LANES,some cpu,F32,64,any,any,any", "forward,LANES,some cpu,F32,128,any,any,yes"),
                keys(spec(128, true), spec(64, true), spec(64, false)));
    }

    @Test
    void aRowSpeaksOnlyForTheMasksItWasMeasuredWith() {
        assertEquals(List.of("forward,LANES,some cpu,F32,64,any,any,no"), keys(spec(64, false)));
        assertEquals(List.of("forward,LANES,some cpu,F32,64,any,any,yes"), keys(spec(64, true)));
    }

    @Test
    void givenShapesAreWhatIsMeasuredInTheTypeOfTheTarget() {
        TuningTarget target = TuningTarget.of(
                        KernelFamily.TILES, DType.F16, List.of(spec(64, true), spec(64, false)), "a test")
                .get(0);
        assertEquals(2, target.problems(4096).size());
        assertEquals(32, target.problems(4096).get(0).spec().keyLength());
        assertEquals(
                DType.F16,
                target.spec().operand(io.github.attention4j.Operand.KEY).dtype());
        assertTrue(target.row(
                        DEVICE,
                        Neighbours.first(KernelFamily.TILES, spec(64, true), DEVICE)
                                .iterator()
                                .next(),
                        1)
                .contains("a test on 1x2x32x32x64 causal"));
    }

    @Test
    void aRowOfDecodingSaysHowManyQueriesAndHeadsShareKeys() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(8)
                .kvHeads(2)
                .queryLength(3)
                .keyLength(100)
                .headDim(64)
                .build();
        TuningTarget target = TuningTarget.of(KernelFamily.DECODE, DType.F32, List.of(spec), "a test")
                .get(0);
        assertEquals("forward,DECODE,some cpu,F32,64,3,4,no", target.key(DEVICE));
    }

    @Test
    void withoutShapesTheLengthCounts() {
        TuningTarget target = new TuningTarget(KernelFamily.LANES, DType.F32, 64, List.of(), "a test");
        assertEquals("forward,LANES,some cpu,F32,64,any,any,any", target.key(DEVICE));
        assertEquals(256, target.problems(256).get(1).spec().keyLength());
        assertTrue(target.problems(256).get(1).spec().mask().isBounded());
    }
}
