package io.github.attention4j.testing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves out, with the reason, what is tagged as needing an OpenCL device where there is none, so that the library can
 * be built there. JUnit asks it about every test. Where tests are run to test devices, as {@code native-test/run} does,
 * the system property {@code attention4j.test.device} is {@code required}: a missing device is a failure, and nothing
 * is left out for what a driver is known for.
 */
public final class DeviceCondition implements ExecutionCondition {
    private static final Set<String> TAGS = Set.of("opencl", "oclgrind", "oclgrind-only", "rusticl");

    private static final boolean REQUIRED = "required".equals(System.getProperty("attention4j.test.device"));

    /** Whoever needs no device loads no driver for the answer. */
    private static final class Found {
        static final Device FIRST = AttentionEngine.devices().get(0);
        static final boolean DEVICE = FIRST.type() != Device.Type.JAVA;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return needsDevice(context.getTags())
                ? evaluate(Found.DEVICE, REQUIRED)
                : ConditionEvaluationResult.enabled("needs no OpenCL device");
    }

    static boolean needsDevice(Collection<String> tags) {
        return tags.stream().anyMatch(TAGS::contains);
    }

    static ConditionEvaluationResult evaluate(boolean hasDevice, boolean isRequired) {
        if (hasDevice) {
            return ConditionEvaluationResult.enabled("there is an OpenCL device");
        }
        if (isRequired) {
            throw new AssertionError(
                    "this test needs an OpenCL device, there is none, and -Dtest.device=required does not let it be skipped;"
                            + " native-test/setup installs PoCL");
        }
        return ConditionEvaluationResult.disabled(
                "needs an OpenCL device, and there is none here (PoCL is one for CPUs; native-test/setup installs it)");
    }

    /**
     * Skips the test that calls this, with the reason, where kernels of work-groups of several work-items are not used:
     * where the compiler of the first device's driver is known to make wrong code of right ones now and then.
     */
    public static void assumeGroupsAreCompiledRight() {
        Optional<String> obstacle = Quirks.of(Found.FIRST).groupsObstacle(2);
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> obstacle.get());
    }
}
