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
        text.append("};\n\n// Those whose elements need not lie side by side: AttnParams says where they lie.\n");
        text.append("#define OPERAND_TENSORS ");
        String before = "";
        for (Operand operand : OPERANDS) {
            if (OperandTable.of(operand).role().isStrided()) {
                text.append(before).append(operand.label());
                before = ", ";
            }
        }
        text.append("\n\n#define OPERAND_ARGUMENTS");
        before = "";
        for (Operand operand : OPERANDS) {
            text.append(before).append(" \\\n  __global ").append(operand.isOutput() ? "" : "const ");
            text.append(type(operand)).append(" *restrict ").append(operand.label());
            before = ",";
        }
        addInputs(text);
        return text.toString();
    }

    /** The inputs as fields of a struct, and as what fills it in a kernel. */
    private static void addInputs(StringBuilder text) {
        StringBuilder names = new StringBuilder();
        text.append("\n\n#define OPERAND_FIELDS");
        for (Operand operand : OPERANDS) {
            if (!operand.isOutput()) {
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
        for (Operand operand : OPERANDS) {
            if (OperandTable.of(operand).macro() != null) {
                text.append(" || !defined(")
                        .append(OperandTable.of(operand).macro())
                        .append(')');
            }
        }
        text.append(
                "\n#error \"the macros of the operands must be defined; KernelOptions.java sets them\"\n#endif\n\n");
    }

    /** Names for types that macros choose. */
    private static void addTypes(StringBuilder text) {
        for (Operand operand : OPERANDS) {
            if (hasMacro(operand)) {
                text.append("typedef TYPE_STORAGE(")
                        .append(OperandTable.of(operand).macro())
                        .append(") ");
                text.append(type(operand)).append(";\n");
            }
        }
        text.append('\n');
    }

    private static boolean hasMacro(Operand operand) {
        TypeRule types = OperandTable.of(operand).types();
        return types == TypeRule.FLOAT || types == TypeRule.FLOAT_OR_QUANTISED;
    }

    private static String type(Operand operand) {
        TypeRule types = OperandTable.of(operand).types();
        return switch (types) {
            case FLOAT, FLOAT_OR_QUANTISED -> operand.label() + "_t";
            case KEEP -> "uchar";
            case F32 -> "float";
            case I32 -> "int";
        };
    }
}
