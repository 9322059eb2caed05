package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Tables that are too short would be read at the nearest position that they have, so such specs are not built. */
class RotaryTablesTest {
    private static AttentionSpecBuilder builder(int positions) {
        return AttentionSpec.builder()
                .heads(2)
                .queryLength(3)
                .keyLength(10)
                .headDim(8)
                .rotary(new Rotary(8, false, positions));
    }

    private static String refusal(AttentionSpecBuilder builder) {
        return assertThrows(IllegalArgumentException.class, builder::build).getMessage();
    }

    @Test
    void aPositionForEveryKeyIsEnough() {
        assertEquals(10, builder(10).build().rotary().positions());
        assertEquals(11, builder(11).build().rotary().positions());
        builder(10).queryLength(25).build(); // queries before the first key are at position 0
    }

    @Test
    void shorterTablesAreRefused() {
        assertEquals(
                "rotary tables must have at least keyLength = 10 positions, because key j is at position j, but have 9; make longer"
                        + " tables, or give positions with keyPositions(..) and queryPositions(..)",
                refusal(builder(9)));
    }

    @Test
    void positionsMustBeGivenForEveryOperandThatHasNone() {
        assertTrue(refusal(builder(9).queryPositions(1)).endsWith("or give positions with keyPositions(..)"));
        String queries = refusal(builder(9).keyPositions(1));
        assertTrue(queries.contains("because query i is at position i + keys - queries"), queries);
        assertTrue(queries.endsWith("or give positions with queryPositions(..)"), queries);
        builder(1).queryPositions(1).keyPositions(1).build();
    }

    @Test
    void raggedAndPagedKeysCountAsManyAsAnEntryMayHave() {
        builder(10).batch(2).raggedKeys(15).raggedQueries(6).build(); // 15 rows in all, but at most 10 of an entry
        refusal(builder(9).batch(2).raggedKeys(15).raggedQueries(6));
        builder(10).batch(2).paged(16, 3).build();
        refusal(builder(9).batch(2).paged(16, 3));
        refusal(builder(9).batch(2).keyLengths());
    }

    @Test
    void aCacheNeedsThemForItsLongestSequence() {
        Rotary rotary = new Rotary(8, false, 10);
        KvCacheSpec.Builder cache =
                KvCacheSpec.builder().kvHeads(1).headDim(8).rotary(rotary, rotary.cosines(10000), rotary.sines(10000));
        cache.maxLength(10).build();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> cache.maxLength(11)
                        .build())
                .getMessage()
                .contains("at least maxLength = 11 positions, but has 8 and 10"));
        KvCacheSpec plain =
                KvCacheSpec.builder().kvHeads(1).headDim(8).maxLength(20).build();
        refusal(plain.applyTo(AttentionSpec.builder().heads(1).queryLength(1)).rotary(rotary));
    }
}
