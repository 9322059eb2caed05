package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import java.util.stream.Stream;

/** Which keys a query sees: every mask asked for every single key, with no cleverness about ranges. */
public final class Sight {
    private final Mask mask;
    private final Elements begins;
    private final Elements ends;
    private final Elements keepMask;
    private final Elements bias;
    private final PlainFunction keep;
    private final Elements blocks;
    private final int queryBlock;
    private final int keyBlock;
    private final int blocksOfKeys;

    /** @param withBias whether a bias of −∞ hides too; false while there is no bias yet */
    public Sight(AttentionSpec spec, AttentionArrays inputs, boolean withBias) {
        mask = spec.mask();
        begins = Elements.of(spec, inputs, Operand.KEY_BEGINS);
        ends = Elements.of(spec, inputs, Operand.KEY_ENDS);
        keepMask = Elements.of(spec, inputs, Operand.KEEP_MASK);
        keep = PlainFunction.of(spec, inputs, spec.keep(), false);
        blocks = Elements.of(spec, inputs, Operand.BLOCK_MASK);
        queryBlock = spec.blockQueries();
        keyBlock = spec.blockKeys();
        blocksOfKeys = blocks == null ? 0 : (spec.keyLength() + keyBlock - 1) / keyBlock;
        bias = withBias ? Elements.of(spec, inputs, Operand.BIAS) : null;
    }

    /** Whether nothing that hides keys has heads of its own. */
    boolean isSameForAllHeads() {
        return keep == null
                && Stream.of(begins, keepMask, bias, blocks)
                        .allMatch(hides -> hides == null || hides.tensor().heads() == 1);
    }

    /** Whether query {@code i} of the entry sees key {@code j}, in this query head. */
    public boolean sees(Entry entry, int head, int i, int j) {
        int batch = entry.batch();
        long own = i + entry.diagonal();
        return j < entry.keys()
                && (mask.left() == Mask.UNBOUNDED || j >= own - mask.left())
                && (mask.right() == Mask.UNBOUNDED || j <= own + mask.right() || j < entry.prefix())
                && (begins == null || begins.getInt(batch, head, i) <= j && j < ends.getInt(batch, head, i))
                && (keepMask == null || keepMask.kept(batch, head, i, j))
                && (bias == null || bias.get(batch, head, i, j) != Float.NEGATIVE_INFINITY)
                && keeps(entry, head, i, j);
    }

    /** A block that is not listed hides; one that is full does not ask the function. */
    private boolean keeps(Entry entry, int head, int i, int j) {
        if (blocks != null) {
            int block = j / keyBlock;
            int listed = blocks.getInt(entry.batch(), head, 0, i / queryBlock * (blocksOfKeys + 1) + block);
            if (listed == 2 * block + 1) {
                return true;
            }
            if (listed != 2 * block) {
                return false;
            }
        }
        return keep == null || keep.keeps(entry, head, i, j);
    }
}
