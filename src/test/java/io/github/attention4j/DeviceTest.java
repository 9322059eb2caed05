package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void theListEndsWithPureJava() {
        List<String> ids = AttentionEngine.devices().stream().map(Device::id).toList();
        assertEquals(List.of("java", "reference"), ids.subList(ids.size() - 2, ids.size()));
        assertEquals(ids.size(), ids.stream().distinct().count());
    }

    @Test
    void theListIsSortedBestFirst() {
        List<Device.Type> types =
                AttentionEngine.devices().stream().map(Device::type).toList();
        assertEquals(types.stream().sorted().toList(), types);
    }

    @Test
    void everyDeviceDescribesItself() {
        for (Device device : AttentionEngine.devices()) {
            assertTrue(device.describe().startsWith(device.id()), device.describe());
            assertTrue(
                    device.computeUnits() > 0
                            && device.maxAllocation() > 0
                            && !device.name().isEmpty(),
                    device.describe());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "GPU:0", "cpu:-1", "opencl"})
    void anIdThatIsNoneIsRefusedWithTheOnesThereAre(String id) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> AttentionEngine.open(id));
        assertTrue(refusal.getMessage().contains("but is \"" + id + "\""), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("\"java\", \"reference\""), refusal.getMessage());
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedWithTheOnesThereAre() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> AttentionEngine.open("gpu:99"));
        assertTrue(
                refusal.getMessage().startsWith("there is no device \"gpu:99\"; this machine has "),
                refusal.getMessage());
    }

    @Test
    void openTakesTheFirstOfTheListAndWarnsOnceWithoutOpenCl() {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        String id;
        try (AttentionEngine engine = AttentionEngine.open()) {
            id = engine.device().id();
        } finally {
            System.setErr(before);
        }
        assertEquals(AttentionEngine.devices().get(0).id(), id);
        List<String> warnings = log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("No OpenCL device"))
                .toList();
        assertEquals(id.equals("java") ? 1 : 0, warnings.size());
        assertTrue(
                warnings.stream().allMatch(line -> line.contains("apt-get install pocl-opencl-icd")),
                warnings.toString());
    }

    @Test
    void aJavaEngineThatWasAskedForHasNothingToNote() {
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            assertEquals("", engine.device().note());
        }
        Device noted = AttentionEngine.devices().get(0).withNote("a note");
        assertTrue(noted.describe().endsWith("; a note"), noted.describe());
        assertEquals("a note", noted.withId("x").note());
    }

    @Test
    void javaFamiliesDoNotRunOnOpenClNorTheOtherWayRound() {
        EngineOptions lanes = EngineOptions.defaults().withFamily(KernelFamily.LANES);
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(1).build();
        assertThrows(UnsupportedByDeviceException.class, () -> AttentionEngine.open("java", lanes)
                .plan(spec));
    }

    @Test
    @Tag("opencl")
    void javaIsRefusedAsAFamilyOfAnOpenClDevice() {
        EngineOptions java = EngineOptions.defaults().withFamily(KernelFamily.JAVA);
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(1).build();
        try (AttentionEngine engine =
                AttentionEngine.open(AttentionEngine.devices().get(0).id(), java)) {
            UnsupportedByDeviceException refusal =
                    assertThrows(UnsupportedByDeviceException.class, () -> engine.plan(spec));
            assertTrue(refusal.getMessage().contains("AttentionEngine.open(\"java\")"), refusal.getMessage());
        }
    }

    @Test
    void optionsCheckTheirNumbers() {
        assertThrows(
                IllegalArgumentException.class, () -> EngineOptions.defaults().withThreads(-1));
        assertThrows(
                IllegalArgumentException.class, () -> EngineOptions.defaults().withMaxAllocation(-1));
    }
}
