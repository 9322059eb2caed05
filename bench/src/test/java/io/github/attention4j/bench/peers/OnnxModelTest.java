package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OnnxModelTest {
    private static final AttentionSpec GROUPED = AttentionSpec.builder()
            .heads(4)
            .kvHeads(2)
            .sequenceLength(8)
            .headDim(16)
            .build();
    private static final AttentionSpec CAUSAL = AttentionSpec.builder()
            .heads(4)
            .kvHeads(2)
            .sequenceLength(8)
            .headDim(16)
            .causal()
            .build();

    @Test
    void protobufFieldsAreWrittenAsTheFormatSays() {
        assertBytes(new ProtobufWriter().integer(1, 150), 0x08, 0x96, 0x01);
        assertBytes(new ProtobufWriter().text(2, "testing"), 0x12, 7, 't', 'e', 's', 't', 'i', 'n', 'g');
        assertBytes(new ProtobufWriter().message(3, new ProtobufWriter().integer(1, 150)), 0x1A, 3, 0x08, 0x96, 0x01);
        assertBytes(new ProtobufWriter().number(2, 1), 0x15, 0, 0, 0x80, 0x3F);
        assertBytes(new ProtobufWriter().integer(20, 2), 0xA0, 0x01, 2);
        assertBytes(new ProtobufWriter().integer(1, -1), 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1);
    }

    @Test
    void aModelNamesItsOperatorAndItsDomain() {
        String model = text(OnnxOperator.MULTI_HEAD_ATTENTION.model(GROUPED));
        assertTrue(model.contains("MultiHeadAttention") && model.contains("com.microsoft"), model);
        assertFalse(text(OnnxOperator.ATTENTION.model(GROUPED)).contains("com.microsoft"));
    }

    @Test
    void groupQueryAttentionIsOfferedForCausalOnly() {
        assertThrows(NotOfferedException.class, () -> OnnxOperator.GROUP_QUERY_ATTENTION.model(GROUPED));
        assertTrue(text(OnnxOperator.GROUP_QUERY_ATTENTION.model(CAUSAL)).contains("kv_num_heads"));
    }

    @Test
    void aCausalMaskOfFewerQueriesThanKeysIsNotOffered() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(2)
                .keyLength(8)
                .headDim(16)
                .causal()
                .build();
        Exception e = assertThrows(NotOfferedException.class, () -> OnnxOperator.ATTENTION.model(spec));
        assertTrue(e.getMessage().contains("2 and 8"), e.getMessage());
    }

    private static String text(OnnxModel model) {
        return new String(model.bytes(), StandardCharsets.ISO_8859_1);
    }

    private static void assertBytes(ProtobufWriter writer, int... expected) {
        byte[] bytes = new byte[expected.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) expected[i];
        }
        assertArrayEquals(bytes, writer.bytes());
        assertEquals(expected.length, bytes.length);
    }
}
