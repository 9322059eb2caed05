package io.github.attention4j.examples.dates;

import java.util.Locale;

/** How a decoder's state is compared with what the encoder has read. */
public enum AttentionForm {
    /** Bahdanau, Cho and Bengio (2015): vector · tanh(state · weight + read · weight). */
    ADDITIVE,
    /** Luong, Pham and Manning (2015): (state · weight) · read. */
    GENERAL,
    /** Luong, Pham and Manning (2015): state · read. */
    DOT;

    /** As people write it: {@code "additive"}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
