package io.github.attention4j.internal.operand;

/** What an operand is for, which decides how it may lie in memory. */
public enum Role {
    /** Query, key, value and out: the caller chooses their types, {@code Layout.Order} and layouts are theirs. */
    MAIN,
    /** A number for each row of the query, in any layout. */
    ROW,
    /** A number for each pair of a query and a key, in any layout. */
    PAIR,
    /** All else: elements lie side by side. */
    EXTRA;

    /** Whether the caller may give a layout; kernels are then told where the operand's elements lie. */
    public boolean isStrided() {
        return this != EXTRA;
    }

    /** Whether a call over some of the heads has the piece that belongs to them. */
    public boolean isOfHeads() {
        return this == MAIN || this == ROW;
    }
}
