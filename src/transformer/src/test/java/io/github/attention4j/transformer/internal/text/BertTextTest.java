package io.github.attention4j.transformer.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BertTextTest {
    private static final int TEXTS = 2000;
    private static final int LONGEST = 24;

    @ParameterizedTest
    @CsvSource({"true,true", "false,true", "true,false", "false,false"})
    void asciiInOnePassGivesTheWordsOfAllRules(boolean cleans, boolean lowercases) {
        BertText text = new BertText(cleans, true, lowercases, lowercases);
        Random random = new Random(1);
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder letters = new StringBuilder();
            for (int length = random.nextInt(LONGEST); length > 0; length--) {
                letters.append((char) random.nextInt(0x80));
            }
            String some = letters.toString();
            assertEquals(
                    text.anyWords(some),
                    text.words(some),
                    () -> "of " + some.chars().boxed().toList());
        }
    }
}
