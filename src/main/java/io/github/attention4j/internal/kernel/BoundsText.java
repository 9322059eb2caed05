package io.github.attention4j.internal.kernel;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import java.util.List;

/**
 * Bounds of a keep function in OpenCL C: macros with a line for each step, for {@code kernels/lib/blocks/bounds.clh}.
 * Steps of floats have none.
 */
final class BoundsText {
    private final AttentionSpec spec;
    private final Expression keep;

    private BoundsText(AttentionSpec spec) {
        this.spec = spec;
        keep = spec.keep();
    }

    /** The macros of a spec's keep function; empty if it has none. */
    static String of(AttentionSpec spec) {
        return spec.keep() == null ? "" : new BoundsText(spec).text();
    }

    private String text() {
        StringBuilder text = new StringBuilder("#define FUNCTION_BOUNDS_STEPS");
        List<Step> steps = keep.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (keep.kind(i) != Operation.Kind.FLOAT) {
                text.append(" \\\n  const Bounds b").append(i).append(" = ");
                text.append(bounds(steps.get(i), keep.kind(i) == Operation.Kind.BOOL))
                        .append(';');
            }
        }
        return text.append("\n#define FUNCTION_BOUNDS b")
                .append(keep.results().get(0))
                .append('\n')
                .toString();
    }

    private static String of(String low, String high) {
        return "bounds_of(" + low + ", " + high + ")";
    }

    private String bounds(Step step, boolean isTruth) {
        for (int argument : step.arguments()) {
            if (keep.kind(argument) == Operation.Kind.FLOAT) {
                return unknown(isTruth);
            }
        }
        return switch (step.operation()) {
            case BATCH -> of("batch", "batch");
            case HEAD -> of("head", "head");
            case KV_HEAD -> of("head / p->group_size", "head / p->group_size");
            case QUERY -> of("first_query", "last_query");
            case KEY -> of("first_key", "last_key");
            case QUERY_POSITION -> of("(long)first_query + f->diagonal", "(long)last_query + f->diagonal");
            case QUERY_LENGTH -> of("f->queries", "f->queries");
            case KEY_LENGTH -> of("f->keys", "f->keys");
            case INT_CONSTANT -> {
                String constant = "as_int(0x" + Integer.toHexString(step.bits()) + "u)";
                yield of(constant, constant);
            }
            case BOOL_CONSTANT -> of("" + step.bits(), "" + step.bits());
            case LOAD_INT -> load(step);
            case INT_ADD -> call("bounds_add", step);
            case INT_SUBTRACT -> call("bounds_subtract", step);
            case INT_MULTIPLY -> call("bounds_multiply", step);
            case INT_DIVIDE -> call("bounds_divide", step);
            case INT_MODULO -> call("bounds_modulo", step);
            case INT_MIN -> call("bounds_min", step);
            case INT_MAX -> call("bounds_max", step);
            case INT_CHOOSE -> call("bounds_choose", step);
            case INT_LESS -> call("bounds_less", step);
            case INT_EQUAL -> call("bounds_equal", step);
            case AND -> call("bounds_and", step);
            case OR -> call("bounds_or", step);
            case NOT -> call("bounds_not", step);
            default -> unknown(isTruth);
        };
    }

    private static String unknown(boolean isTruth) {
        return isTruth ? "bounds_truth(false, false)" : "bounds_any()";
    }

    private static String call(String function, Step step) {
        return function + "(" + arguments(step) + ")";
    }

    private static String arguments(Step step) {
        StringBuilder text = new StringBuilder();
        for (int argument : step.arguments()) {
            text.append(text.isEmpty() ? "b" : ", b").append(argument);
        }
        return text.toString();
    }

    private String load(Step step) {
        DType type = spec.operand(OperandTable.scoreTensor(step.bits())).dtype();
        return "bounds_load_" + FunctionText.name(type) + "(f->tensor_" + step.bits() + ", " + arguments(step)
                + ", p->tensor_sizes + " + 4 * step.bits() + ")";
    }
}
