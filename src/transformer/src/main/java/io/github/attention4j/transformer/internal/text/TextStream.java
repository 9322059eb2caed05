package io.github.attention4j.transformer.internal.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text from tokens as they come; a letter whose bytes come with several tokens is held back until it is whole. */
public final class TextStream {
    private static final int LONGEST_LETTER = 4;

    private final BytePairs tokenizer;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer rest = ByteBuffer.allocate(0);

    /** Nothing yet. */
    public TextStream(BytePairs tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** What of the text is whole with this token. */
    public String add(int token) {
        return decode(tokenizer.bytes(token), false);
    }

    /** What is left at the end; another text may follow. */
    public String end() {
        return decode(new byte[0], true);
    }

    private String decode(byte[] more, boolean atEnd) {
        ByteBuffer bytes = ByteBuffer.allocate(rest.remaining() + more.length)
                .put(rest)
                .put(more)
                .flip();
        CharBuffer letters = CharBuffer.allocate(bytes.remaining() + LONGEST_LETTER);
        decoder.decode(bytes, letters, atEnd);
        if (atEnd) {
            decoder.reset();
        }
        rest = bytes;
        return letters.flip().toString();
    }
}
