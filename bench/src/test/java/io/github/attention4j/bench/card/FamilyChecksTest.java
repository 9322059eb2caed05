package io.github.attention4j.bench.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Case;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which checks come first when there is not time for all. */
class FamilyChecksTest {
    private static final List<KernelFamily> ALL =
            List.of(KernelFamily.LANES, KernelFamily.TILES, KernelFamily.MATRIX, KernelFamily.DECODE);
    private static final List<KernelFamily> OWN = List.of(KernelFamily.TILES, KernelFamily.DECODE);
    private static final List<Case> CASES = CardCases.all(false);

    private final List<String> order = new ArrayList<>();

    private FamilyChecks checks(List<KernelFamily> own, int few) {
        return FamilyChecks.of(own, ALL, CASES, few);
    }

    private CheckResult note(KernelFamily family, Case request) {
        order.add(family + " " + request.name());
        return null;
    }

    @Test
    void everyFamilyOfTheDeviceHasItsFirstRequestBeforeAnyHasItsSecond() {
        checks(OWN, 2).run(this::note);
        assertEquals(List.of("TILES plain", "DECODE plain", "TILES causal", "DECODE causal"), order.subList(0, 4));
    }

    @Test
    void familiesForOtherDevicesHaveAFewRequestsOnly() {
        FamilyChecks checks = checks(OWN, 2);
        assertEquals(checks.count(), checks.run(this::note).size());
        assertEquals(List.of("LANES plain", "MATRIX plain", "LANES causal", "MATRIX causal"), order.subList(4, 8));
        assertEquals(
                2 * CASES.size(),
                order.stream()
                        .filter(check -> check.startsWith("TILES") || check.startsWith("DECODE"))
                        .count());
        assertEquals(2 * CASES.size() + 4, order.size());
        assertTrue(
                checks.describe().endsWith(" requests on [TILES, DECODE], the first 2 of them on [LANES, MATRIX]"),
                checks.describe());
    }

    @Test
    void whereThePlannerIsNotKnownAllAreTheDevices() {
        FamilyChecks checks = checks(ALL, 2);
        assertEquals(4 * CASES.size(), checks.run(this::note).size());
        assertEquals(CASES.size() + " requests on " + ALL, checks.describe());
    }
}
