package io.github.attention4j.internal.operand;

import io.github.attention4j.Operand;

/**
 * What there is to know of one operand beside its name and whether it is an output. The sizes are those of the full
 * shape; callers may ask for 1 in place of some where {@code AttentionSpecBuilder} offers it.
 *
 * @param role what it is for
 * @param types the types that it may have
 * @param contents what its numbers may be
 * @param scalesOf the operand whose rows it has the scales of; null for all others
 * @param gradientOf the operand whose gradient it is, and which it has the shape of; null for all others. It belongs to
 *     backward calls only
 * @param macro the macro that tells kernels of it when they are compiled: its type, or whether it is there; null for
 *     what they ask at run time
 */
public record OperandRow(
        Role role,
        TypeRule types,
        Dimension batch,
        Dimension heads,
        Dimension rows,
        Dimension columns,
        Contents contents,
        Operand scalesOf,
        Operand gradientOf,
        String macro) {

    OperandRow(Role role, TypeRule types, Dimension batch, Dimension heads, Dimension rows, Dimension columns) {
        this(role, types, batch, heads, rows, columns, Contents.ANYTHING, null, null, null);
    }

    OperandRow with(Contents contents) {
        return new OperandRow(role, types, batch, heads, rows, columns, contents, scalesOf, gradientOf, macro);
    }

    OperandRow ofScalesOf(Operand operand) {
        return new OperandRow(role, types, batch, heads, rows, columns, contents, operand, gradientOf, macro);
    }

    /** Of the gradient of an operand, whose row this is. */
    OperandRow ofGradientOf(Operand operand) {
        boolean isSingle = types == TypeRule.F32 || types == TypeRule.NUMBER;
        TypeRule floats = isSingle ? TypeRule.F32 : TypeRule.FLOAT;
        return new OperandRow(role, floats, batch, heads, rows, columns, contents, scalesOf, operand, null);
    }

    /** Kernels without it are compiled without what it costs. */
    OperandRow compiledAs(String macro) {
        return new OperandRow(role, types, batch, heads, rows, columns, contents, scalesOf, gradientOf, macro);
    }

    /** Whether only backward calls have it. */
    public boolean isOfBackward() {
        return gradientOf != null;
    }

    /** Whether the macro is a type's number, and not only 0 or 1. */
    public boolean isMacroOfType() {
        return types != TypeRule.F32 && types != TypeRule.I32;
    }
}
