package io.github.attention4j;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** The parts of a request that are no operands. A new one is a constant here, and what sets, checks and reads it. */
enum Setting {
    BATCH(1),
    HEADS("heads", "heads(..)"),
    /** As many as heads if not set. */
    KV_HEADS,
    QUERY_LENGTH("queryLength", "queryLength(..), or sequenceLength(..) for both lengths"),
    KEY_LENGTH("keyLength", "keyLength(..), or sequenceLength(..) for both lengths"),
    HEAD_DIM("headDim", "headDim(..)"),
    /** As headDim if not set. */
    VALUE_DIM,
    /** 1 / sqrt(headDim) if not set, or 1 where scores are additive. */
    SCALE,
    SOFTCAP(0f),
    MASK(Mask.none()),
    ROTARY,
    SCORE_STAGE,
    DROPOUT(0f),
    /** Whether gradients are added to what is there. */
    ACCUMULATE(false),
    /** The {@code Expression} of the user's score function. */
    SCORE,
    /** Likewise of who sees whom. */
    KEEP,
    /** Queries and keys of a block of the block mask; 0 without one. */
    BLOCK_QUERIES(0),
    BLOCK_KEYS(0),
    PRECISION(Precision.AS_STORED),
    ORDER(Layout.Order.BATCH_HEAD_ROW, true),
    TOTAL_QUERIES(null, true),
    TOTAL_KEYS(null, true),
    PAGE_SIZE(null, true),
    PAGES(null, true);

    /** What it is if not set; null if it then follows from others or is not there. */
    private final Object usual;
    /** Whether all that comes of it are shapes and layouts of operands. */
    private final boolean isOfOperands;
    /** Of one that must be given, its name and the builder's method. */
    private final String label;

    private final String how;

    Setting() {
        this(null, false);
    }

    Setting(Object usual) {
        this(usual, false);
    }

    Setting(Object usual, boolean isOfOperands) {
        this.usual = usual;
        this.isOfOperands = isOfOperands;
        label = null;
        how = null;
    }

    Setting(String label, String how) {
        usual = null;
        isOfOperands = false;
        this.label = label;
        this.how = how;
    }

    /** A 0 that was set is another matter, and checked later. */
    static void requireGiven(Map<Setting, Object> given) {
        for (Setting setting : values()) {
            Checks.require(setting.how == null || given.containsKey(setting), setting.label, setting.how);
        }
    }

    /** What a spec is beside its operands: what was given, and what is usual or follows for the rest. */
    static Map<Setting, Object> resolve(Map<Setting, Object> given, boolean isAdditive) {
        EnumMap<Setting, Object> all = new EnumMap<>(Setting.class);
        for (Setting setting : values()) {
            Object value = given.getOrDefault(setting, setting.usual);
            if (value != null && !setting.isOfOperands) {
                all.put(setting, value);
            }
        }
        all.putIfAbsent(KV_HEADS, all.get(HEADS));
        all.putIfAbsent(VALUE_DIM, all.get(HEAD_DIM));
        all.putIfAbsent(SCALE, isAdditive ? 1f : (float) (1 / Math.sqrt((int) all.get(HEAD_DIM))));
        return Collections.unmodifiableMap(all);
    }
}
