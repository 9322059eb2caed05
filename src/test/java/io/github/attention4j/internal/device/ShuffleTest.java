package io.github.attention4j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.Device;
import io.github.attention4j.internal.plan.tiles.TilesConfig;
import io.github.attention4j.testing.SomeDevice;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShuffleTest {
    static Device gpu(String extensions) {
        return SomeDevice.of(Device.Type.GPU, "some", 1024, 48 << 10, 1, extensions);
    }

    @ParameterizedTest
    @CsvSource({
        "NVIDIA, cl_khr_fp64 cl_nv_device_attribute_query",
        "AMD, cl_amd_device_attribute_query cl_khr_subgroups",
        "INTEL8, cl_intel_subgroups cl_intel_required_subgroup_size cl_khr_subgroup_shuffle",
        "KHR, cl_khr_subgroup_shuffle",
        "KHR, cl_intel_subgroups cl_khr_subgroup_shuffle",
        "NONE, cl_intel_subgroups",
        "NONE, cl_khr_subgroup_shuffle_relative",
        "NONE, ''"
    })
    void aGpuExchangesByWhatItsDriverNames(Shuffle expected, String extensions) {
        assertEquals(expected, Shuffle.of(gpu(extensions)));
    }

    @Test
    void aCpuExchangesThroughLocalMemory() {
        Device cpu = SomeDevice.of(Device.Type.CPU, "some", 1024, 1 << 20, 8, "cl_khr_subgroup_shuffle");
        assertEquals(Shuffle.NONE, Shuffle.of(cpu));
    }

    @Test
    void tilesThatNeedWhatADeviceLacksAreRefused() {
        TilesConfig tiles = new TilesConfig(64, 64, 16, 16, 16, Shuffle.KHR);
        assertEquals(
                Optional.of("SHUFFLE=1 needs cl_khr_subgroup_shuffle, which device lacks"),
                tiles.obstacle(SomeDevice.spec(64), gpu("cl_khr_subgroups")));
        assertEquals(Optional.empty(), tiles.obstacle(SomeDevice.spec(64), gpu("cl_khr_subgroup_shuffle")));
    }

    @Test
    void onlyTheKhronosShuffleNeedsANewerLanguage() {
        for (Shuffle shuffle : Shuffle.values()) {
            TilesConfig tiles = new TilesConfig(64, 64, 16, 16, 16, shuffle);
            String options = tiles.kernel(SomeDevice.spec(64)).text();
            assertTrue(options.contains(shuffle == Shuffle.KHR ? "-cl-std=CL3.0 " : "-cl-std=CL1.2 "), options);
            assertTrue(options.contains("-D SHUFFLE=" + shuffle.ordinal()), options);
        }
    }

    @Test
    void rowsThatNoExchangeCoversAreRefused() {
        assertTrue(new TilesConfig(16, 48, 12, 4, 12, Shuffle.NONE).misfit().isEmpty());
        assertTrue(new TilesConfig(16, 48, 12, 4, 12, Shuffle.AMD).misfit().isPresent());
        assertTrue(new TilesConfig(16, 16, 4, 4, 8, Shuffle.NVIDIA).misfit().isPresent(), "half a warp");
    }
}
