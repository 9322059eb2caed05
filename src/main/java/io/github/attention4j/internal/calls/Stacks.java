package io.github.attention4j.internal.calls;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.ArrayShapes;
import io.github.attention4j.internal.split.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** How calls of one spec are stacked: how many at a time at most, and a plan for each number of them. */
final class Stacks {
    /** More in one launch gain nothing, and each number of calls has a plan of its own. */
    private static final int MOST = 256;

    private static final Operand[] OPERANDS = Operand.values();

    private final AttentionPlan one;
    private final int most;
    /** Inputs that are one array for all calls. */
    private final List<Operand> shared = new ArrayList<>();
    /** By the number of calls. */
    private final AtomicReferenceArray<Stack> known;

    /**
     * @param largestBuffer bytes that an operand of a stack may have
     * @param mostBytes bytes that all of them may have together
     */
    Stacks(AttentionPlan one, long largestBuffer, long mostBytes) {
        this.one = one;
        most = most(largestBuffer, mostBytes);
        known = new AtomicReferenceArray<>(most + 1);
    }

    private int most(long largestBuffer, long mostBytes) {
        AttentionSpec pair = mostBytes == 0 ? null : Stack.spec(one.spec(), 2);
        if (pair == null) {
            return 1;
        }
        long sum = 0;
        long largest = 0;
        for (Operand operand : OPERANDS) {
            if (one.spec().has(operand)) {
                if (Stack.isShared(one.spec(), pair, operand)) {
                    shared.add(operand);
                } else {
                    TensorSpec tensor = one.spec().operand(operand);
                    long bytes = tensor.extent() * tensor.dtype().bytes();
                    largest = Math.max(largest, bytes);
                    sum += bytes;
                }
            }
        }
        return (int) Math.min(MOST, Math.min(mostBytes / sum, largestBuffer / largest));
    }

    /** Whether these calls can be stacked, two at a time at least. */
    boolean take(List<AttentionArrays> calls) {
        if (most < 2 || calls.size() < 2) {
            return false;
        }
        for (Operand operand : shared) {
            for (AttentionArrays arrays : calls) {
                if (!ArrayShapes.isSame(arrays.get(operand), calls.get(0).get(operand))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** In how many stacks so many calls go. */
    int count(int calls) {
        return (calls - 1) / most + 1;
    }

    /** So many calls as one. */
    Stack of(int calls, PlannedCalls planner) {
        Stack stack = known.get(calls);
        if (stack == null) {
            stack = new Stack(one, planner.plan(Stack.spec(one.spec(), calls)), calls);
            known.set(calls, stack);
        }
        return stack;
    }
}
