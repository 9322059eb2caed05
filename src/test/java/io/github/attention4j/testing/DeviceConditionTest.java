package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
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

    @Test
    @Tag("opencl")
    void thisOneRunsOnlyWhereThereIsADevice() {
        assertEquals(Engines.openClDevice(), AttentionEngine.devices().get(0).id());
    }
}
