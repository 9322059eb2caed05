package io.github.attention4j.internal.kernel;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import java.util.List;

/**
 * What the steps of a keep function are at least and at most, for all pairs of some queries and keys: macros in OpenCL
 * C as of {@link FunctionText}, which {@code kernels/lib/common/bounds.clh} uses.
 */
final class BoundsText {
    private static final String ANY = "BOUNDS_ANY";

    private final AttentionSpec spec;
    private final Expression keep;

    private BoundsText(AttentionSpec spec) {
        this.spec = spec;
        keep = spec.keep();
    }

    /** The macros for a spec's keep function. */
    static String of(AttentionSpec spec) {
        return new BoundsText(spec).text();
    }

    private String text() {
        StringBuilder text = new StringBuilder("#define FUNCTION_BOUNDS_STEPS");
        List<Step> steps = keep.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (keep.kind(i) != Operation.Kind.FLOAT) {
                text.append(" \\\n  const Bounds b").append(i).append(" = ");
                text.append(bounds(i, steps.get(i))).append(';');
            }
        }
        text.append("\n#define FUNCTION_BOUNDS b").append(keep.results().get(0));
        return text.append('\n').toString();
    }

    private String bounds(int number, Step step) {
        boolean isOfFloats =
                step.arguments().stream().anyMatch(argument -> keep.kind(argument) == Operation.Kind.FLOAT);
        String any = keep.kind(number) == Operation.Kind.BOOL ? "BOUNDS_ANY_TRUTH" : ANY;
        return isOfFloats ? any : step.arguments().isEmpty() ? leaf(step, any) : made(step, any);
    }

    private static String one(String integer) {
        return "bounds_of(" + integer + ", " + integer + ")";
    }

    private static String leaf(Step step, String any) {
        return switch (step.operation()) {
            case BATCH -> one("pair.batch");
            case HEAD -> one("pair.head");
            case KV_HEAD -> one("pair.head / p->group_size");
            case QUERY -> "query";
            case KEY -> "key";
            case QUERY_POSITION -> "bounds_of(query.low + f->diagonal, query.high + f->diagonal)";
            case QUERY_LENGTH -> one("f->queries");
            case KEY_LENGTH -> one("f->keys");
            case INT_CONSTANT -> one("as_int(0x" + Integer.toHexString(step.bits()) + "u)");
            case BOOL_CONSTANT -> one(Integer.toString(step.bits()));
            default -> any;
        };
    }

    private String made(Step step, String any) {
        return switch (step.operation()) {
            case INT_ADD -> call("bounds_add", step);
            case INT_SUBTRACT -> call("bounds_subtract", step);
            case INT_MULTIPLY -> call("bounds_multiply", step);
            case INT_DIVIDE -> call("bounds_divide", step);
            case INT_MODULO -> call("bounds_modulo", step);
            case INT_MIN -> call("bounds_min", step);
            case INT_MAX -> call("bounds_max", step);
            case INT_LESS -> call("bounds_less", step);
            case INT_EQUAL -> call("bounds_equal", step);
            case INT_CHOOSE -> call("bounds_choose", step);
            case AND -> call("bounds_and", step);
            case OR -> call("bounds_or", step);
            case NOT -> call("bounds_not", step);
            case LOAD_INT -> load(step);
            default -> any;
        };
    }

    private String load(Step step) {
        if (spec.operand(OperandTable.scoreTensor(step.bits())).dtype() != DType.I32) {
            return ANY;
        }
        String of = "f->tensor_" + step.bits();
        String sizes = "p->tensor_sizes + " + 4 * step.bits();
        return "bounds_load(" + of + ", " + arguments(step) + ", " + sizes + ")";
    }

    private static String call(String function, Step step) {
        return function + "(" + arguments(step) + ")";
    }

    private static String arguments(Step step) {
        StringBuilder arguments = new StringBuilder();
        for (int argument : step.arguments()) {
            arguments.append(arguments.length() == 0 ? "b" : ", b").append(argument);
        }
        return arguments.toString();
    }
}
