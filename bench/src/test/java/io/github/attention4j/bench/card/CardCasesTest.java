package io.github.attention4j.bench.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.card.CheckResult.Outcome;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.testing.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CardCasesTest {
    static List<Case> all() {
        return CardCases.all(false);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theReferenceItselfIsRight(Case each) {
        try (AttentionEngine reference = AttentionEngine.open("reference");
                EngineContender contender = new EngineContender(reference, each)) {
            Verdict verdict = contender.check(each.budget());
            assertTrue(verdict.passed(), verdict.toString());
        }
    }

    @Test
    void theQuickOnesAreTheFirst() {
        List<String> all = all().stream().map(Case::name).toList();
        List<String> quick = CardCases.all(true).stream().map(Case::name).toList();
        assertEquals(all.subList(0, quick.size()), quick);
        assertEquals(all.size(), all.stream().distinct().count());
    }

    @Test
    void aFamilyThatTheDeviceCannotRunIsNoFailure() {
        Device device = AttentionEngine.devices().get(0);
        assumeTrue(device.type() != Device.Type.JAVA, "there is no OpenCL device");
        try (FamilyCheck check = new FamilyCheck(KernelFamily.JAVA, device)) {
            CheckResult result = check.run(all().get(0), null, Deadline.inSeconds(60));
            assertEquals(Outcome.UNSUPPORTED, result.outcome(), result.line());
            assertFalse(result.isFailure());
        }
    }

    @Test
    void aDeviceThatFailsIsWrittenDownAndTheRestGoesOn() {
        Device gone = AttentionEngine.devices().get(0).withId("gpu:99");
        try (FamilyCheck check = new FamilyCheck(KernelFamily.TILES, gone)) {
            for (Case each : CardCases.all(true)) {
                CheckResult result = check.run(each, null, Deadline.inSeconds(60));
                assertEquals(Outcome.FAILED, result.outcome());
                assertTrue(result.isFailure());
                assertTrue(result.message().contains("gpu:99"), result.message());
            }
        }
    }

    @Test
    void theFirstIsCheckedEvenWithoutTime() {
        Device gone = AttentionEngine.devices().get(0).withId("gpu:99");
        try (FamilyCheck check = new FamilyCheck(KernelFamily.TILES, gone)) {
            assertEquals(
                    Outcome.FAILED,
                    check.run(all().get(0), null, Deadline.inSeconds(0)).outcome());
            assertEquals(
                    Outcome.LEFT_OUT,
                    check.run(all().get(1), null, Deadline.inSeconds(0)).outcome());
        }
    }
}
