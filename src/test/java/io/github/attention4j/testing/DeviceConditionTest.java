package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.internal.device.Quirks;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** Which tests are left out where there is no OpenCL device. */
class DeviceConditionTest {
    @Test
    void tagsSayWhatNeedsADevice() {
        assertTrue(DeviceCondition.needsDevice(Set.of("opencl")));
        assertTrue(DeviceCondition.needsDevice(Set.of("other", "oclgrind")));
        assertFalse(DeviceCondition.needsDevice(Set.of("no-device")));
        assertFalse(DeviceCondition.needsDevice(Set.of()));
    }

    @Test
    void withoutADeviceTheyAreSkippedWithAReason() {
        ConditionEvaluationResult result = DeviceCondition.evaluate(false, false);
        assertTrue(result.isDisabled());
        assertTrue(result.getReason().orElseThrow().contains("OpenCL device"));
    }

    @Test
    void whereDevicesAreTestedAMissingOneIsAFailure() {
        assertThrows(AssertionError.class, () -> DeviceCondition.evaluate(false, true));
    }

    @Test
    void withADeviceTheyRun() {
        assertFalse(DeviceCondition.evaluate(true, false).isDisabled());
        assertFalse(DeviceCondition.evaluate(true, true).isDisabled());
    }

    private static Optional<String> groupsObstacle(String pocl, boolean isRequired) {
        Quirks quirks = Quirks.of("Portable Computing Language OpenCL 3.0 PoCL " + pocl, "cpu-haswell-x", pocl);
        return DeviceCondition.groupsObstacle(quirks, isRequired);
    }

    @Test
    void kernelsOfGroupsAreLeftOutWhereTheCompilerMakesWrongCodeOfThem() {
        for (String version : List.of("3.1+debian", "7.1+debian")) {
            assertEquals(Optional.empty(), groupsObstacle(version, false), version);
        }
        for (String version : List.of("4.0", "5.0", "6.0+debian")) {
            String reason = groupsObstacle(version, false).orElseThrow();
            assertTrue(reason.startsWith("the compiler of PoCL " + version.substring(0, 3) + " makes wrong"), reason);
            assertTrue(reason.contains("native-test/run tests them"), reason);
        }
    }

    @Test
    void whereDevicesAreTestedKernelsOfGroupsRunOnEveryDriver() {
        assertEquals(Optional.empty(), groupsObstacle("6.0+debian", true));
    }

    @Test
    @Tag("opencl")
    void thisOneRunsOnlyWhereThereIsADevice() {
        assertEquals(Engines.openClDevice(), AttentionEngine.devices().get(0).id());
    }
}
