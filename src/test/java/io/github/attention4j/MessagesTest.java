package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was wrong, in the caller's own words: never a number that nobody gave. */
class MessagesTest {
    static List<String> devices() {
        return AttentionEngine.devices().stream().map(Device::id).toList();
    }

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder().heads(2).sequenceLength(3).headDim(4);
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    @Test
    void whatWasForgottenIsNotCalledZero() {
        AttentionSpecBuilder empty = AttentionSpec.builder();
        assertEquals("heads was not set; call heads(..)", refusal(empty::build));
        assertEquals(
                "queryLength was not set; call queryLength(..), or sequenceLength(..) for both lengths",
                refusal(empty.heads(2)::build));
        assertEquals(
                "keyLength was not set; call keyLength(..), or sequenceLength(..) for both lengths",
                refusal(empty.queryLength(2)::build));
        assertEquals("headDim was not set; call headDim(..)", refusal(empty.keyLength(2)::build));
        empty.headDim(4).build().toBuilder().build();
        assertEquals("queryLength must be at least 1, but is 0", refusal(empty.queryLength(0)::build));

        KvCacheSpec.Builder cache = KvCacheSpec.builder();
        assertEquals("kvHeads was not set; call kvHeads(..)", refusal(cache::build));
        assertEquals("maxLength was not set; call maxLength(..)", refusal(cache.kvHeads(1)::build));
        assertEquals("headDim was not set; call headDim(..)", refusal(cache.maxLength(1)::build));
        assertEquals(
                "maxLength must be at least 1, but is 0",
                refusal(cache.headDim(4).maxLength(0)::build));
    }

    @Test
    void offsetsOfABatchThatIsTooLargeAreExplained() {
        String message = refusal(builder().batch(Integer.MAX_VALUE).raggedQueries(3)::build);
        assertTrue(message.startsWith("batch must be at most 2147483646 where queries or keys are ragged"), message);
        assertTrue(message.contains("but is 2147483647"), message);
    }

    @Test
    void sizesOfAnOperandNameIt() {
        assertTrue(refusal(builder().batch(1 << 30).heads(1 << 30).kvHeads(1)::build)
                .startsWith("query: "));
        assertTrue(refusal(builder().bias(DType.F32, 2, 1, 1, 1)::build)
                .startsWith("bias must have shape [1 or 1, 1 or 2, 1 or 3, 1 or 3], but [2, 1, 1, 1] was asked for"));
        assertTrue(refusal(builder().batch(4).keyRanges(2, 1)::build).contains("but [2, 1, 3, 1] was asked for"));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aCacheThatIsTooLargeSaysHowToMakeItSmaller(String device) {
        KvCacheSpec.Builder large = KvCacheSpec.builder()
                .sequences(1 << 20)
                .kvHeads(64)
                .headDim(256)
                .maxLength(1 << 20);
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            String message = assertThrows(UnsupportedByDeviceException.class, () -> engine.newKvCache(large.build()))
                    .getMessage();
            for (String part : List.of(
                    "the cache's key of 1048576 sequences x 64 kvHeads x maxLength 1048576",
                    "paged(pageSize, pages)",
                    "fewer sequences",
                    "smaller type (F16, BF16, I8, I4)")) {
                assertTrue(message.contains(part), message);
            }
            assertTrue(!message.contains("attend()"), message);
            large.type(DType.I4).maxLength(1 << 10).paged(16, 1 << 28);
            message = assertThrows(UnsupportedByDeviceException.class, () -> engine.newKvCache(large.build()))
                    .getMessage();
            assertTrue(message.contains("268435456 pages x 64 kvHeads x 16 rows"), message);
            assertTrue(message.contains("ask for fewer pages"), message);
        }
    }

    /** A tensor in which strides lead far needs no room between: one row of it would be longer than an int counts. */
    @ParameterizedTest
    @MethodSource("devices")
    void stridedTensorsAreAsLongAsTheyMustBe(String device) {
        TensorSpec far = new TensorSpec(DType.F32, 2, 1, 1, 8, new Layout(0, 1L << 33, 8, 8));
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            if (engine.device().maxAllocation() < 4L << 33) {
                String message = assertThrows(UnsupportedByDeviceException.class, () -> engine.allocate(far))
                        .getMessage();
                assertTrue(message.contains("[1, 1, 131073, 65536]"), message);
            }
            TensorSpec near = far.with(new Layout(3, 100, 8, 8));
            try (DeviceTensor tensor = engine.allocate(near)) {
                assertEquals(near.extent(), tensor.elements());
            }
        }
    }
}
