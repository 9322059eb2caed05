package io.github.attention4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OnnxOperatorTest {
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
    void aModelNamesItsOperatorAndItsDomain() {
        String model = text(OnnxOperator.MULTI_HEAD_ATTENTION.model(GROUPED));
        assertTrue(model.contains("MultiHeadAttention") && model.contains("com.microsoft"), model);
        assertFalse(text(OnnxOperator.ATTENTION.model(GROUPED)).contains("com.microsoft"));
    }

    @Test
    void aModelHasTheNumbersOfHeadsAsProtobufWritesThem() {
        byte[] model = OnnxOperator.GROUP_QUERY_ATTENTION.model(CAUSAL);
        assertTrue(text(model).contains("\u000ckv_num_heads\u0018\u0082\u0080\0"), text(model));
        assertTrue(text(model).contains("\u0009num_heads\u0018\u0084\u0080\0"), text(model));
        AttentionSpec many =
                AttentionSpec.builder().heads(300).sequenceLength(8).headDim(16).build();
        String text = text(OnnxOperator.MULTI_HEAD_ATTENTION.model(many));
        assertTrue(text.contains("\u0009num_heads\u0018\u00ac\u0082\0"), text); // 300 = 2 * 128 + 44
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

    @Test
    void shapesHaveRowsOrHeadsFirst() {
        assertArrayEquals(new long[] {2, 5, 24}, OnnxOperator.MULTI_HEAD_ATTENTION.shape(2, 3, 5, 8));
        assertArrayEquals(new long[] {2, 3, 5, 8}, OnnxOperator.ATTENTION.shape(2, 3, 5, 8));
    }

    private static String text(byte[] model) {
        return new String(model, StandardCharsets.ISO_8859_1);
    }
}
