package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.several.Block.Range;

/** Which keys some queries may see by what a spec says before there are numbers. */
final class SeenKeys {
    private SeenKeys() {}

    /**
     * Whether some queries with the keys up to the last one that they see are a causal call by themselves, whose last
     * query stands at its last key too: then nothing else need be told of where they are.
     */
    static boolean areOwnEnd(AttentionSpec spec) {
        return spec.mask().right() == 0
                && spec.mask().alignment() == Mask.Alignment.BOTTOM_RIGHT
                && spec.keyLength() >= spec.queryLength()
                && !spec.has(Operand.PREFIX_LENGTHS)
                && areCut(spec);
    }

    /** Pages are found by a key's number, functions may ask for the number of keys, and some outputs have all keys. */
    private static boolean areCut(AttentionSpec spec) {
        return !spec.isPaged()
                && spec.score() == null
                && spec.keep() == null
                && !spec.has(Operand.BLOCK_MASK)
                && !spec.has(Operand.SCORES)
                && !spec.has(Operand.GRAD_BIAS);
    }

    /** The keys; at least one. */
    static Range of(AttentionSpec spec, Range queries) {
        int keys = spec.keyLength();
        Mask mask = spec.mask();
        if (!areCut(spec) || mask.alignment() == Mask.Alignment.GIVEN) {
            return Range.all(keys);
        }
        int diagonal = diagonal(spec);
        long end = keys;
        if (mask.right() != Mask.UNBOUNDED && !spec.has(Operand.PREFIX_LENGTHS)) {
            end = Math.max(1, Math.min(keys, (long) queries.end() + diagonal + mask.right()));
        }
        long first = 0;
        boolean isCounted = spec.has(Operand.KEY_LENGTHS) && mask.alignment() == Mask.Alignment.BOTTOM_RIGHT;
        if (mask.left() != Mask.UNBOUNDED && !isCounted && spec.rotary() == null) {
            first = Math.max(0, Math.min(end - 1, (long) queries.first() + diagonal - mask.left()));
            first -= first % Byte.SIZE; // bits of masks lie in whole bytes
        }
        return new Range((int) first, (int) (end - first));
    }

    /** At which key query 0 stands, where no numbers say otherwise. */
    static int diagonal(AttentionSpec spec) {
        return spec.mask().alignment() == Mask.Alignment.BOTTOM_RIGHT ? spec.keyLength() - spec.queryLength() : 0;
    }

    /** How many pairs of a head are seen in a block, about. */
    static double pairs(AttentionSpec spec, Block block) {
        Mask mask = spec.mask();
        if (!mask.isBounded() || mask.alignment() == Mask.Alignment.GIVEN) {
            return (double) block.queries().count() * block.keys().count();
        }
        long pairs = 0;
        for (int i = block.queries().first(); i < block.queries().end(); i++) {
            long at = (long) i + diagonal(spec);
            long first = mask.left() == Mask.UNBOUNDED ? 0 : at - mask.left();
            long end = mask.right() == Mask.UNBOUNDED ? Long.MAX_VALUE : at + mask.right() + 1;
            pairs += Math.max(
                    0,
                    Math.min(end, block.keys().end())
                            - Math.max(first, block.keys().first()));
        }
        return pairs;
    }
}
