package io.github.attention4j.internal.kernel;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import io.github.attention4j.score.StepKinds;
import io.github.attention4j.score.StepKinds.Domain;
import java.util.List;

/**
 * The user's functions in OpenCL C: macros with a line for each step, which stand in front of a kernel and are used in
 * {@code kernels/lib/common/functions.clh}. Nothing of them is the user's own text.
 */
final class FunctionText {
    /** Four indices and a derivative. */
    private static final int RESULTS_OF_READ = CallTensor.RANK + 1;

    private final AttentionSpec spec;
    private final StringBuilder text = new StringBuilder();

    /** Of the function that is written. */
    private List<Step> steps = List.of();

    private FunctionText(AttentionSpec spec) {
        this.spec = spec;
    }

    /** The macros of a spec's functions; empty if it has none. */
    static String of(AttentionSpec spec) {
        FunctionText functions = new FunctionText(spec);
        if (spec.score() != null) {
            functions.text.append("#define HAS_SCORE_FUNCTION 1\n");
            functions.add("FUNCTION_SCORE", spec.score());
            functions.addDistances(spec.score());
            if (spec.isBackward()) {
                functions.add("FUNCTION_SLOPE", spec.score().derivative());
            }
        }
        functions.addKeep();
        return functions.text.toString();
    }

    /** Those of the keep function alone. */
    static String ofKeep(AttentionSpec spec) {
        FunctionText functions = new FunctionText(spec);
        functions.addKeep();
        return functions.text.toString();
    }

    private void addKeep() {
        if (spec.keep() != null) {
            text.append("#define HAS_KEEP_FUNCTION 1\n");
            add("FUNCTION_KEEP", spec.keep());
            text.append(BoundsText.of(spec));
        }
    }

    /**
     * Those, and what the score function's gradient by the elements of a tensor is made of: its steps, and for each of
     * its reads where the element is and the derivative by it.
     */
    static String withReads(AttentionSpec spec, int tensor) {
        FunctionText functions = new FunctionText(spec);
        Expression reads = spec.score() == null ? null : spec.score().derivatives(tensor);
        int count = reads == null ? 0 : reads.results().size() / RESULTS_OF_READ;
        functions.text.append("#define FUNCTION_READS ").append(count);
        functions.text.append("\n#define FUNCTION_READ_STEPS");
        if (count > 0) {
            functions.addSteps(reads);
        }
        functions.text.append("\n#define FUNCTION_READ_RESULTS");
        for (int read = 0; read < count; read++) {
            functions.addRead(reads, read, tensor);
        }
        return functions.text.append('\n').append(of(spec)).toString();
    }

    private void addRead(Expression reads, int read, int tensor) {
        String between = "";
        text.append(" \\\n  at[").append(read).append("] = function_at(");
        for (int i = 0; i < RESULTS_OF_READ - 1; i++) {
            text.append(between).append('t').append(reads.results().get(read * RESULTS_OF_READ + i));
            between = ", ";
        }
        text.append(", p->tensor_sizes + ").append(4 * tensor).append("); by[").append(read);
        text.append("] = t").append(reads.results().get((read + 1) * RESULTS_OF_READ - 1));
        text.append(';');
    }

    private void add(String macro, Expression expression) {
        text.append("#define ").append(macro).append("_STEPS");
        addSteps(expression);
        text.append("\n#define ")
                .append(macro)
                .append(" t")
                .append(expression.results().get(0));
        text.append('\n');
    }

    private void addSteps(Expression expression) {
        steps = expression.steps();
        for (int i = 0; i < expression.steps().size(); i++) {
            addStep(expression, i);
        }
    }

    private void addStep(Expression expression, int number) {
        Step step = expression.steps().get(number);
        boolean isFloat = expression.kind(number) == Operation.Kind.FLOAT;
        addStep(isFloat, number, isFloat ? number(step) : integer(step));
    }

    private void addStep(boolean isFloat, int number, String result) {
        text.append(" \\\n  const ").append(isFloat ? "real_t t" : "real_int t");
        text.append(number).append(" = ").append(result).append(';');
    }

    /**
     * What of the steps depends on the distance of query and key alone, once for each distance; and what is left to be
     * done for each pair.
     */
    private void addDistances(Expression score) {
        StepKinds kinds = new StepKinds(score);
        steps = score.steps();
        List<Integer> kept = FunctionDistances.kept(score, kinds);
        text.append("#define FUNCTION_DISTANCES ").append(kept.size());
        text.append("\n#define ARE_DISTANCES_DEAR ").append(FunctionDistances.inLocalMemory(score) > 0 ? 1 : 0);
        text.append("\n#define FUNCTION_DISTANCE_STEPS");
        for (int i = 0; i < steps.size(); i++) {
            if (kinds.isUniform(i) || kinds.isOn(Domain.DIAGONAL, i)) {
                addStep(score, i);
            }
        }
        for (int number : kept) {
            boolean isFloat = score.kind(number) == Operation.Kind.FLOAT;
            text.append(" \\\n  FUNCTION_DISTANCE_STORE(").append(kept.indexOf(number));
            text.append(isFloat ? ", t" + number : ", FUNCTION_AS_REAL(t" + number + ")")
                    .append(");");
        }
        text.append("\n#define FUNCTION_NEAR_STEPS");
        for (int i = 0; i < steps.size(); i++) {
            boolean isFloat = score.kind(i) == Operation.Kind.FLOAT;
            int number = kept.indexOf(i);
            if (number >= 0) {
                String load = "FUNCTION_DISTANCE_LOAD(" + number + ")";
                addStep(isFloat, i, isFloat ? load : "FUNCTION_AS_INT(" + load + ")");
            } else if (kinds.isUniform(i) || kinds.isNear(i)) {
                addStep(score, i);
            }
        }
        text.append('\n');
    }

    private static String a(Step step) {
        return "t" + step.argument(0);
    }

    private static String b(Step step) {
        return "t" + step.argument(1);
    }

    private static String infix(Step step, String operator) {
        return a(step) + ' ' + operator + ' ' + b(step);
    }

    private static String call(String function, Step step) {
        String between = "(";
        StringBuilder call = new StringBuilder(function);
        for (int argument : step.arguments()) {
            call.append(between).append('t').append(argument);
            between = ", ";
        }
        return call.append(')').toString();
    }

    /** Of two that the second argument is taken of where a condition holds. */
    private static String select(String otherwise, String chosen, String condition) {
        return "REAL_SELECT(" + otherwise + ", " + chosen + ", " + condition + ")";
    }

    private String number(Step step) {
        return switch (step.operation()) {
            case SCORE -> "score";
            case FLOAT_CONSTANT -> "(real_t)(" + literal(Float.intBitsToFloat(step.bits())) + ")";
            case NUMBER -> "(real_t)(f->numbers[" + step.bits() + "])";
            case LOAD -> isOfIntegers(step) ? "FUNCTION_TO_FLOAT(" + load(step) + ")" : load(step);
            case ADD -> infix(step, "+");
            case SUBTRACT -> infix(step, "-");
            case MULTIPLY -> infix(step, "*");
            case DIVIDE -> divide(step);
            case MIN -> select(b(step), a(step), isFirst(step, "<"));
            case MAX -> select(b(step), a(step), isFirst(step, ">"));
            case ABS -> call("fabs", step);
            case FLOOR -> call("floor", step);
            case EXP -> call("exp", step);
            case EXP2 -> call("exp2", step);
            case LOG -> call("log", step);
            case TANH -> call("FUNCTION_TANH", step);
            case SIGMOID -> "1.0f / (1.0f + exp(-" + a(step) + "))";
            case SQRT -> call("sqrt", step);
            case SIN -> call("sin", step);
            case COS -> call("cos", step);
            case TO_FLOAT -> call("FUNCTION_TO_FLOAT", step);
            case CHOOSE -> select("t" + step.argument(2), b(step), a(step));
            default -> throw unknown(step);
        };
    }

    /** By a constant a multiplication with its inverse, of normal numbers and where a rounding more does not matter. */
    private String divide(Step step) {
        Step by = steps.get(step.argument(1));
        float divisor = by.operation() == Operation.FLOAT_CONSTANT ? Float.intBitsToFloat(by.bits()) : 0;
        float inverse = 1 / divisor;
        boolean isNormal = Math.abs(divisor) >= Float.MIN_NORMAL && Math.abs(inverse) >= Float.MIN_NORMAL;
        return isNormal && StepKinds.isSmooth(steps) ? a(step) + " * " + literal(inverse) : infix(step, "/");
    }

    /** Where the first argument is the smallest or the largest, or NaN. */
    private static String isFirst(Step step, String comparison) {
        return "(" + infix(step, comparison) + ") | (" + a(step) + " != " + a(step) + ")";
    }

    private static String literal(float number) {
        if (Float.isNaN(number)) {
            return "NAN";
        }
        return Float.isInfinite(number) ? (number < 0 ? "-INFINITY" : "INFINITY") : Float.toHexString(number) + "f";
    }

    private String integer(Step step) {
        return switch (step.operation()) {
            case BATCH -> "(real_int)(pair.batch)";
            case HEAD -> "(real_int)(pair.head)";
            case KV_HEAD -> "(real_int)(pair.head / p->group_size)";
            case QUERY -> "pair.query";
            case KEY -> "pair.key";
            case QUERY_POSITION -> "pair.query + f->diagonal";
            case QUERY_LENGTH -> "(real_int)(f->queries)";
            case KEY_LENGTH -> "(real_int)(f->keys)";
            case INT_CONSTANT -> "(real_int)(as_int(0x" + Integer.toHexString(step.bits()) + "u))";
            case BOOL_CONSTANT -> "FUNCTION_BOOL(" + step.bits() + ")";
            case LOAD_INT -> isOfIntegers(step) ? load(step) : "FUNCTION_TO_INT(" + load(step) + ")";
            case TO_INT -> call("FUNCTION_TO_INT", step);
            case INT_CHOOSE -> select("t" + step.argument(2), b(step), a(step));
            case INT_ADD -> call("FUNCTION_ADD", step);
            case INT_SUBTRACT -> call("FUNCTION_SUBTRACT", step);
            case INT_MULTIPLY -> call("FUNCTION_MULTIPLY", step);
            case INT_DIVIDE -> call("function_divide", step);
            case INT_MODULO -> call("function_modulo", step);
            case INT_MIN -> call("min", step);
            case INT_MAX -> call("max", step);
            case INT_AND, AND -> infix(step, "&");
            case INT_OR, OR -> infix(step, "|");
            case INT_XOR -> infix(step, "^");
            case SHIFT_LEFT -> "FUNCTION_AS_INT(REAL_UINT(" + a(step) + ") << (REAL_UINT(" + b(step) + ") & 31u))";
            case SHIFT_RIGHT -> a(step) + " >> (" + b(step) + " & 31)";
            case LESS, INT_LESS -> infix(step, "<");
            case EQUAL, INT_EQUAL -> infix(step, "==");
            case NOT -> "!" + a(step);
            default -> throw unknown(step);
        };
    }

    private DType type(Step step) {
        return spec.operand(OperandTable.scoreTensor(step.bits())).dtype();
    }

    private boolean isOfIntegers(Step step) {
        return type(step) == DType.I32;
    }

    private String load(Step step) {
        String type =
                switch (type(step)) {
                    case F32 -> "f32";
                    case F16 -> "f16";
                    case BF16 -> "bf16";
                    case U8 -> "u8";
                    case I32 -> "i32";
                    case BIT, I8, I4 -> throw unknown(step);
                };
        String at = call("function_at", step);
        at = at.substring(0, at.length() - 1) + ", p->tensor_sizes + " + 4 * step.bits() + ")";
        return "function_load_" + type + "(f->tensor_" + step.bits() + ", " + at + ")";
    }

    private static IllegalStateException unknown(Step step) {
        return new IllegalStateException("no such step here: " + step);
    }
}
