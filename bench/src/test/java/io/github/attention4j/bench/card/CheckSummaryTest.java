package io.github.attention4j.bench.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.bench.card.CheckResult.Outcome;
import io.github.attention4j.internal.plan.Planner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** What people read of some hundred checks. */
class CheckSummaryTest {
    private static final Device GPU = new Device(
            "gpu:0",
            Device.Type.GPU,
            "a card",
            "any",
            "any",
            "1",
            8,
            1,
            1024,
            48 << 10,
            1L << 33,
            1L << 31,
            false,
            "",
            Set.of(Instruction.MMA));

    private final List<CheckResult> results = new ArrayList<>();

    private void add(KernelFamily family, String name, Outcome outcome, String message) {
        results.add(new CheckResult(family, name, "1x1", outcome, 1e-7, 1e-6, 0.1, message));
    }

    /** In the planner's own words. */
    private static String refusal(int headDim) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(9)
                .headDim(headDim)
                .types(DType.F32)
                .build();
        Planner planner = new Planner(GPU, EngineOptions.defaults().withFamily(KernelFamily.MATRIX));
        return Assertions.assertThrows(
                        UnsupportedByDeviceException.class, () -> planner.choose(spec, (o, tiles) -> Optional.empty()))
                .getMessage();
    }

    @Test
    void whatAFamilyCannotTakeByDefinitionIsCountedAndSaidOnce() {
        add(KernelFamily.MATRIX, "f16", Outcome.RIGHT, null);
        for (int headDim : new int[] {8, 64, 128}) {
            add(KernelFamily.MATRIX, "headDim " + headDim, Outcome.UNSUPPORTED, refusal(headDim));
        }
        CheckSummary summary = new CheckSummary(results);
        assertEquals(List.of("MATRIX   1 right, 3 unsupported"), summary.counts());
        assertEquals(
                List.of("MATRIX, 3 requests (headDim 8, headDim 64, headDim 128): not for this family: "
                        + "matrix units multiply query, key and value of one 16-bit type"),
                summary.refusals());
        assertEquals(List.of(), summary.failures());
    }

    @Test
    void reasonsThatDifferInMoreThanNumbersAreAllSaid() {
        add(KernelFamily.TILES, "a", Outcome.UNSUPPORTED, "last try: needs 70000 bytes, device has 65536; use another");
        add(KernelFamily.TILES, "b", Outcome.UNSUPPORTED, "last try: needs 80000 bytes, device has 65536; use another");
        add(
                KernelFamily.TILES,
                "c",
                Outcome.UNSUPPORTED,
                "last try: needs 512 work-items, device has 256; use another");
        add(
                KernelFamily.LANES,
                "c",
                Outcome.UNSUPPORTED,
                "last try: needs 512 work-items, device has 256; use another");
        List<String> refusals = new CheckSummary(results).refusals();
        assertEquals(3, refusals.size(), refusals.toString());
        assertTrue(refusals.get(0).startsWith("TILES, 2 requests (a, b)"), refusals.get(0));
        assertEquals("TILES, c (1x1): not on this device: needs 512 work-items, device has 256", refusals.get(1));
    }

    @Test
    void aKernelThatDoesNotBuildIsOneLineAndEveryWrongAnswerOneOfItsOwn() {
        for (int i = 0; i < 38; i++) {
            add(
                    KernelFamily.LANES,
                    "case " + i,
                    Outcome.FAILED,
                    "prefetch.clh:4: no address space " + i + "\nand more");
        }
        add(KernelFamily.TILES, "a", Outcome.WRONG, null);
        add(KernelFamily.TILES, "b", Outcome.WRONG, null);
        List<String> failures = new CheckSummary(results).failures();
        assertEquals(3, failures.size(), failures.toString());
        assertTrue(failures.get(0).startsWith("TILES, a (1x1): WRONG"), failures.get(0));
        assertEquals(
                "LANES, 38 requests (case 0, case 1, case 2, ...): FAILED: prefetch.clh:4: no address space 0",
                failures.get(2));
    }
}
