package io.github.attention4j.bench.report;

import java.awt.Color;

/** One palette for all of the report; the page's own style sheet uses the same. */
final class Colours {
    static final Color TEXT = new Color(0x22, 0x2B, 0x38);
    static final Color QUIET = new Color(0x6B, 0x75, 0x85);
    static final Color GRID = new Color(0xE4, 0xE8, 0xEE);
    static final Color BACKGROUND = Color.WHITE;
    static final Color BAR = new Color(0x2F, 0x6F, 0xB5);
    /** From no weight to all of it. */
    static final Color[] HEAT = {
        new Color(0xFB, 0xFC, 0xFE),
        new Color(0xC9, 0xDD, 0xF0),
        new Color(0x6B, 0xA8, 0xD6),
        new Color(0x21, 0x62, 0xA8),
        new Color(0x0B, 0x2C, 0x5C)
    };

    /** Curves that lie in one chart. */
    static final Color[] CURVES = {
        BAR, new Color(0xC7, 0x5B, 0x39), new Color(0x3D, 0x8F, 0x6E), new Color(0x8A, 0x5B, 0xA6), QUIET, TEXT
    };

    private Colours() {}
}
