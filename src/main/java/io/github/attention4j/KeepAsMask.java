package io.github.attention4j;

import io.github.attention4j.score.Expression;
import io.github.attention4j.score.KeepWindow;
import io.github.attention4j.score.Operation;

/** What of a keep function is a window becomes one of the mask, so that keys outside are not visited. */
final class KeepAsMask {
    private final AttentionSpec spec;

    private KeepAsMask(AttentionSpec spec) {
        this.spec = spec;
    }

    static AttentionSpec of(AttentionSpec spec) {
        // Diagonals that are given may be any numbers, a prefix lifts the mask's right bound, and a block that is seen
        // whole is not asked the function.
        boolean isKnown = spec.mask().alignment() != Mask.Alignment.GIVEN
                && !spec.has(Operand.PREFIX_LENGTHS)
                && !spec.has(Operand.BLOCK_MASK);
        return spec.keep() == null || !isKnown ? spec : new KeepAsMask(spec).narrowed();
    }

    private AttentionSpec narrowed() {
        boolean isTopLeft = spec.mask().alignment() == Mask.Alignment.TOP_LEFT || mayBeTopLeft();
        Operation query = isTopLeft ? Operation.QUERY : Operation.QUERY_POSITION;
        KeepWindow window = KeepWindow.of(spec.keep(), query, Math.max(spec.queryLength(), spec.keyLength()));
        if (!window.isBounded()) {
            return spec;
        }
        Mask mask = spec.mask();
        Mask narrow = new Mask(
                narrower(mask.left(), window.left()),
                narrower(mask.right(), window.right()),
                isTopLeft ? Mask.Alignment.TOP_LEFT : mask.alignment());
        return spec.toBuilder().mask(narrow).keepOrNone(window.rest()).build();
    }

    /** Whether queries may be counted from the first key on: nothing asks where they stand. */
    private boolean mayBeTopLeft() {
        return !spec.mask().isBounded() && !asks(spec.keep()) && (spec.score() == null || !asks(spec.score()));
    }

    private static boolean asks(Expression function) {
        return function.has(Operation.QUERY_POSITION);
    }

    private static int narrower(int one, int other) {
        return one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other);
    }
}
