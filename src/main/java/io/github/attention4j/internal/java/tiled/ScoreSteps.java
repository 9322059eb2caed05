package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.HostRows;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;

/** What happens to the scores of a tile between product and softmax where it is asked for; masks by position are with {@link TileKeys}. For one thread. */
final class ScoreSteps {
    private final float softcap;
    private final HostRows bias;
    private final HostRows keepMask;
    private final HostRows slopes;
    private final int lanes;

    /** A row of a mask. */
    private final float[] row;

    /** The rows of a panel's queries, [key][lane] as its scores. */
    private final float[] turned;

    private Sequence sequence;
    private int head;
    private float slope;

    private ScoreSteps(AttentionSpec spec, Operands operands, int lanes, int tileKv) {
        softcap = spec.softcap();
        bias = operands.get(Operand.BIAS);
        keepMask = operands.get(Operand.KEEP_MASK);
        slopes = operands.get(Operand.ALIBI_SLOPES);
        this.lanes = lanes;
        row = mayHide() ? new float[tileKv] : null;
        turned = mayHide() ? new float[tileKv * lanes] : null;
    }

    /** The steps of a call, or null if there are none. */
    static ScoreSteps of(AttentionSpec spec, Operands operands, int lanes, int tileKv) {
        ScoreSteps steps = new ScoreSteps(spec, operands, lanes, tileKv);
        return steps.softcap > 0 || steps.slopes != null || steps.mayHide() ? steps : null;
    }

    /** Whether keys may be hidden in other ways than by position. */
    boolean mayHide() {
        return bias != null || keepMask != null;
    }

    /** Begins with a head of a batch entry. */
    void start(Sequence sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        slope = slopes == null ? 0 : slopes.number(sequence.batch, head, 0);
    }

    /** Takes a panel's scores of the queries {@code firstQuery} to {@code firstQuery + queries - 1} through the steps. */
    void apply(Panel panel, int firstQuery, int queries, int firstKey, int keys) {
        if (softcap > 0) {
            panel.cap(keys, softcap);
        }
        if (slopes != null) {
            panel.addAlibi(keys, slope, firstQuery + sequence.shift() - firstKey);
        }
        if (bias != null) { // last, with the keep-mask: what they hide stays hidden
            if (read(bias, firstQuery, queries, firstKey, keys)) {
                panel.addBias(row, 0, keys);
            } else {
                panel.addBias(turned, lanes, keys);
            }
        }
        if (keepMask != null) {
            if (read(keepMask, firstQuery, queries, firstKey, keys)) {
                panel.keep(row, 0, keys);
            } else {
                panel.keep(turned, lanes, keys);
            }
        }
    }

    /** Fills {@link #row}, and says so, if it holds for all queries of a panel; else {@link #turned}. */
    private boolean read(HostRows mask, int firstQuery, int queries, int firstKey, int keys) {
        if (mask.rowStride == 0) {
            mask.read(mask.at(sequence.batch, head, firstQuery), firstKey, row, 0, keys);
            return true;
        }
        for (int lane = 0; lane < queries; lane++) {
            mask.read(mask.at(sequence.batch, head, firstQuery + lane), firstKey, row, 0, keys);
            turn(row, turned, lane, lanes, keys);
        }
        return false;
    }

    private static void turn(float[] row, float[] turned, int lane, int lanes, int keys) {
        for (int j = 0; j < keys; j++) {
            turned[j * lanes + lane] = row[j];
        }
    }

    /** Whether these masks let the query see the key. */
    boolean sees(int query, int key) {
        return shows(bias, query, key, Float.NEGATIVE_INFINITY) && shows(keepMask, query, key, 0);
    }

    private boolean shows(HostRows mask, int query, int key, float hides) {
        if (mask == null) {
            return true;
        }
        mask.read(mask.at(sequence.batch, head, query), key, row, 0, 1);
        return row[0] != hides;
    }
}
