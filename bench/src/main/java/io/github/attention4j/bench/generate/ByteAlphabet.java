package io.github.attention4j.bench.generate;

/** The letters that stand for the 256 bytes in a byte-level vocabulary: bytes that print stand for themselves, the rest for letters from 256 on. */
final class ByteAlphabet {
    private static final char[] LETTERS = new char[256];
    private static final int[] BYTES = new int[512];

    static {
        char next = 256;
        for (int b = 0; b < LETTERS.length; b++) {
            boolean prints = b > ' ' && b <= '~'
                    || b > 160 && b != 173; // 160 and 173 are a space and a hyphen that may not show
            LETTERS[b] = prints ? (char) b : next++;
            BYTES[LETTERS[b]] = b;
        }
    }

    private ByteAlphabet() {}

    /** The letter of a byte. */
    static char letter(byte b) {
        return LETTERS[b & 0xff];
    }

    /** The byte of a letter. */
    static byte byteOf(char letter) {
        return (byte) BYTES[letter];
    }
}
