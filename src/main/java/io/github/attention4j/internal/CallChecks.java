package io.github.attention4j.internal;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Operand;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The checks of several calls of one spec, all of which come before any is computed; messages say which call it is. */
public final class CallChecks {
    private static final Operand[] OPERANDS = Operand.values();

    private CallChecks() {}

    /** Checks the tensors of each call, and that none writes what another reads or writes. */
    public static void check(AttentionSpec spec, List<AttentionTensors> calls) {
        each(calls, tensors -> {
            Shapes.check(spec, tensors);
            return tensors;
        });
        requireApart(spec, calls, AttentionTensors::get);
    }

    /** Likewise, of host arrays; returns the calls. */
    public static List<AttentionArrays> checked(AttentionSpec spec, List<AttentionArrays> calls) {
        List<AttentionArrays> all = each(calls, arrays -> {
            ArrayShapes.check(spec, arrays);
            return arrays;
        });
        requireApart(spec, all, AttentionArrays::get);
        return all;
    }

    /** What is found for each call, in their order. */
    public static <C, F> List<F> each(List<C> calls, Function<C, F> finder) {
        Objects.requireNonNull(calls, "calls");
        List<F> found = new ArrayList<>(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            C call = calls.get(i);
            String which = "calls[" + i + "]: ";
            if (call == null) {
                throw new NullPointerException(
                        which + "must not be null; give the operands of each call, or leave it out");
            }
            try {
                found.add(finder.apply(call));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(which + e.getMessage(), e);
            } catch (IllegalStateException e) {
                throw new IllegalStateException(which + e.getMessage(), e);
            }
        }
        return found;
    }

    /**
     * By identity, which is what can be known of many calls at once; views of the same memory are the caller's care.
     */
    private static <C> void requireApart(AttentionSpec spec, List<C> calls, BiFunction<C, Operand, Object> memory) {
        if (calls.size() < 2) {
            return;
        }
        Map<Object, Integer> writers = new IdentityHashMap<>();
        for (int i = 0; i < calls.size(); i++) {
            for (Operand operand : OPERANDS) {
                if (spec.isOutput(operand)) {
                    Integer other = writers.putIfAbsent(memory.apply(calls.get(i), operand), i);
                    requireSame(other, i, operand);
                }
            }
        }
        for (int i = 0; i < calls.size(); i++) {
            for (Operand operand : OPERANDS) {
                if (spec.has(operand)) {
                    requireSame(writers.get(memory.apply(calls.get(i), operand)), i, operand);
                }
            }
        }
    }

    private static void requireSame(Integer writer, int call, Operand operand) {
        if (writer != null && writer != call) {
            throw new IllegalArgumentException("calls[" + call + "]: " + operand.label()
                    + " is what calls[" + writer + "] writes to, but calls that are computed together have no order"
                    + "; give each its own outputs, or make these calls one after the other");
        }
    }
}
