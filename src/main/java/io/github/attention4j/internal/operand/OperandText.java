package io.github.attention4j.internal.operand;

import io.github.attention4j.Operand;

/**
 * The operands as kernels see them, in OpenCL C: the file {@value #FILE}, which is nowhere but here, so that the table
 * is the only list of them. {@code kernels/README.md} says how to read it.
 */
public final class OperandText {
    /** What kernels include. */
    public static final String FILE = "common/operand_table.clh";

    private static final Operand[] OPERANDS = Operand.values();

    private OperandText() {}

    /** The whole text, lines ending in newlines. */
    public static String text() {
        StringBuilder text = new StringBuilder(
                "// The operands, written by OperandText.java from the table of OperandTable.java.\n\n");
        addMacros(text);
        addTypes(text);
        text.append("// Bits of AttnParams.given.\nenum {\n");
        for (int i = 0; i < OPERANDS.length; i++) {
            text.append("  OPERAND_")
                    .append(OPERANDS[i].name())
                    .append(" = ")
                    .append(i)
                    .append(",\n");
        }
        text.append("};\n\n#if IS_BACKWARD\n");
        addLists(text, true);
        text.append("#else\n");
        addLists(text, false);
        text.append("#endif\n");
        return text.toString();
    }

    /** What kernels of a pass are given. */
    private static void addLists(StringBuilder text, boolean isBackward) {
        text.append("// Those whose elements need not lie side by side: AttnParams says where they lie.\n");
        text.append("#define OPERAND_TENSORS ");
        String before = "";
        for (Operand operand : OPERANDS) {
            if (OperandTable.of(operand).role().isStrided() && isOf(operand, isBackward)) {
                text.append(before).append(operand.label());
                before = ", ";
            }
        }
        text.append("\n\n#define OPERAND_ARGUMENTS");
        before = "";
        for (Operand operand : OPERANDS) {
            if (isOf(operand, isBackward)) {
                text.append(before).append(" \\\n  __global ");
                text.append(operand.isOutput() && !isRead(operand, isBackward) ? "" : "const ");
                text.append(type(operand)).append(" *restrict ").append(operand.label());
                before = ",";
            }
        }
        addInputs(text, isBackward);
    }

    private static boolean isOf(Operand operand, boolean isBackward) {
        return isBackward || !OperandTable.of(operand).isOfBackward();
    }

    /** A backward call reads what the forward call wrote. */
    private static boolean isRead(Operand operand, boolean isBackward) {
        return !operand.isOutput() || isBackward && !OperandTable.of(operand).isOfBackward();
    }

    /** The inputs as fields of a struct, and as what fills it in a kernel. */
    private static void addInputs(StringBuilder text, boolean isBackward) {
        StringBuilder names = new StringBuilder();
        text.append("\n\n#define OPERAND_FIELDS");
        for (Operand operand : OPERANDS) {
            if (isOf(operand, isBackward) && isRead(operand, isBackward)) {
                text.append(" \\\n  __global const ")
                        .append(type(operand))
                        .append(" *")
                        .append(operand.label())
                        .append(';');
                names.append(names.isEmpty() ? "" : ", ").append(operand.label());
            }
        }
        text.append("\n\n#define OPERAND_INPUTS ").append(names).append('\n');
    }

    /** The macros must be there, or a misspelt one would count as 0. */
    private static void addMacros(StringBuilder text) {
        text.append("#if 0");
        addUndefined(text, false);
        text.append(" || IS_BACKWARD && (0");
        addUndefined(text, true);
        text.append(")");
        text.append(
                "\n#error \"the macros of the operands must be defined; KernelOptions.java sets them\"\n#endif\n\n");
    }

    private static void addUndefined(StringBuilder text, boolean isBackward) {
        for (Operand operand : OPERANDS) {
            OperandRow row = OperandTable.of(operand);
            if (row.macro() != null && row.isOfBackward() == isBackward) {
                text.append(" || !defined(").append(row.macro()).append(')');
            }
        }
    }

    /** Names for types that macros choose. */
    private static void addTypes(StringBuilder text) {
        addTypes(text, false);
        text.append("#if IS_BACKWARD\n");
        addTypes(text, true);
        text.append("#endif\n\n");
    }

    private static void addTypes(StringBuilder text, boolean isBackward) {
        for (Operand operand : OPERANDS) {
            if (hasMacro(operand) && OperandTable.of(operand).isOfBackward() == isBackward) {
                text.append("typedef TYPE_STORAGE(")
                        .append(OperandTable.of(operand).macro())
                        .append(") ");
                text.append(type(operand)).append(";\n");
            }
        }
    }

    private static boolean hasMacro(Operand operand) {
        TypeRule types = OperandTable.of(operand).types();
        return types == TypeRule.FLOAT || types == TypeRule.FLOAT_OR_QUANTISED;
    }

    private static String type(Operand operand) {
        TypeRule types = OperandTable.of(operand).types();
        return switch (types) {
            case FLOAT, FLOAT_OR_QUANTISED -> operand.label() + "_t";
            case KEEP, NUMBER -> "uchar";
            case F32 -> "float";
            case I32 -> "int";
        };
    }
}
