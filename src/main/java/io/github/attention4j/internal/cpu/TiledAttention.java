package io.github.attention4j.internal.cpu;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;

/**
 * Exact attention in one pass over the keys, on all threads of a {@link Team}: the twin in Java of the OpenCL kernel for CPU devices.
 *
 * <p>A work item is a tile of {@code tileQ} queries of one head. It walks the tiles of {@code tileKv} keys that its queries see, and takes
 * each through its {@link Panel}s: scores, mask, online softmax, outputs. Keys that no query of a panel sees are left out, and the mask is
 * only looked at where a panel's queries differ in what they see.
 */
final class TiledAttention {
    /** Below this many operations a call runs on the caller's thread alone: waking another takes about as long. */
    private static final double ALONE = 2e6;

    private final AttentionSpec spec;
    private final MicroKernels kernels;
    private final Team team;
    private final VisibleKeys visible;
    private final int lanes;
    private final int tileQ;
    private final int tileKv;
    private final float factor;
    private final ConcurrentLinkedQueue<Scratch> free = new ConcurrentLinkedQueue<>();

    TiledAttention(AttentionSpec spec, MicroKernels kernels, Team team) {
        this.spec = spec;
        this.kernels = kernels;
        this.team = team;
        visible = new VisibleKeys(spec, new Operands(), new Sequence(spec, new Operands(), 0));
        lanes = kernels.lanes(spec.queryLength());
        tileQ = Math.min(kernels.tileQ(spec.queryLength()), blocks(spec.queryLength(), lanes) * lanes);
        tileKv = kernels.tileKv();
        factor = spec.scale() * Panel.LOG2_E;
    }

    int tileQ() {
        return tileQ;
    }

    int tileKv() {
        return tileKv;
    }

    /** Queries of a panel. */
    int lanes() {
        return lanes;
    }

    int threads() {
        return team.threads();
    }

    /** What one thread needs for one work item; kept for the next. */
    private final class Scratch {
        final Panel[] panels = kernels.newPanels(tileQ / lanes, lanes, spec.headDim(), spec.valueDim());
        final float[] row = new float[Math.max(spec.headDim(), spec.valueDim())];
        final float[] lse = new float[tileQ];
        final TileRows keys = new TileRows(tileKv, spec.headDim());
        final TileRows values = new TileRows(tileKv, spec.valueDim());

        /** Lets go of the caller's arrays. */
        void release() {
            keys.array = null;
            values.array = null;
        }
    }

    /** Computes all rows. */
    void attend(Operands operands) {
        Call call = new Call(operands);
        int tiles = blocks(spec.queryLength(), tileQ);
        int items = Math.toIntExact((long) spec.batch() * spec.heads() * tiles);
        Team.Work work = next -> {
            Scratch scratch = free.poll();
            scratch = scratch == null ? new Scratch() : scratch;
            attend(next, tiles, scratch, call);
            scratch.release();
            free.add(scratch);
        };
        double operations = 2.0
                * spec.batch()
                * spec.heads()
                * spec.queryLength()
                * spec.keyLength()
                * (spec.headDim() + spec.valueDim());
        if (operations < ALONE) {
            Team.runAlone(items, work);
        } else {
            team.run(items, work);
        }
    }

    private record Call(HostRows query, HostRows key, HostRows value, HostRows out, HostRows lse) {
        Call(Operands operands) {
            this(
                    operands.get(Operand.QUERY),
                    operands.get(Operand.KEY),
                    operands.get(Operand.VALUE),
                    operands.get(Operand.OUT),
                    operands.get(Operand.LSE));
        }
    }

    private void attend(IntSupplier next, int tiles, Scratch scratch, Call call) {
        for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
            int head = item / tiles;
            int tile = tiles - 1 - item % tiles; // with a causal mask the last tile of a head is the longest: first
            attendTile(scratch, call, head / spec.heads(), head % spec.heads(), tile * tileQ);
        }
    }

    private void attendTile(Scratch scratch, Call call, int batch, int head, int firstRow) {
        int rows = Math.min(tileQ, spec.queryLength() - firstRow);
        int kvHead = head / spec.groupSize();
        loadQueries(scratch, call.query, batch, head, firstRow, rows);
        int end = visible.end(0, firstRow + rows - 1);
        for (int first = 0; first < end; first += tileKv) {
            int keys = Math.min(tileKv, end - first);
            scratch.keys.show(call.key, batch, kvHead, first, keys);
            scratch.values.show(call.value, batch, kvHead, first, keys);
            for (int row = 0; row < rows; row += lanes) {
                int last = Math.min(row + lanes, rows) - 1;
                attendPanel(scratch, scratch.panels[row / lanes], firstRow + row, firstRow + last, first, keys);
            }
        }
        storeOutputs(scratch, call, batch, head, firstRow, rows);
    }

    private void loadQueries(Scratch scratch, HostRows query, int batch, int head, int firstRow, int rows) {
        for (int row = 0; row < rows; row++) {
            Panel panel = scratch.panels[row / lanes];
            if (row % lanes == 0) {
                panel.start();
            }
            query.read(query.at(batch, head, firstRow + row), scratch.row, 0, spec.headDim());
            panel.load(row % lanes, scratch.row, factor);
        }
    }

    /** Takes one tile of keys through the queries {@code firstRow} to {@code lastRow}. */
    private void attendPanel(Scratch scratch, Panel panel, int firstRow, int lastRow, int firstKey, int tileKeys) {
        int keys = Math.min(tileKeys, visible.end(0, lastRow) - firstKey);
        if (keys <= 0) {
            return;
        }
        int seenByAll = Math.max(0, Math.min(keys, visible.end(0, firstRow) - firstKey));
        panel.scores(scratch.keys.array, scratch.keys.at, scratch.keys.stride, keys);
        int hidden = 0;
        for (int key = seenByAll; key < keys; key++) {
            hidden = hiddenLanes(hidden, firstRow, lastRow, firstKey + key);
            panel.hide(key, hidden);
        }
        panel.softmax(keys);
        TileRows values = scratch.values;
        if (allFinite(panel, values, seenByAll, keys)) {
            panel.accumulate(values.array, values.at, values.stride, keys);
        } else { // a masked NaN would come through its weight of 0
            panel.accumulate(values.array, values.at, values.stride, seenByAll);
            hidden = 0;
            for (int key = seenByAll; key < keys; key++) {
                hidden = hiddenLanes(hidden, firstRow, lastRow, firstKey + key);
                panel.accumulateHidden(values.array, values.at + key * values.stride, key, hidden);
            }
        }
    }

    /** How many of a panel's lanes, from the first, do not see the key, if {@code atLeast} do not; lanes beyond the last row see what it sees. */
    private int hiddenLanes(int atLeast, int firstRow, int lastRow, int key) {
        int row = firstRow + atLeast;
        while (row < lastRow && visible.end(0, row) <= key) {
            row++;
        }
        return row - firstRow;
    }

    private boolean allFinite(Panel panel, TileRows values, int from, int to) {
        for (int key = from; key < to; key++) {
            if (!panel.finite(values.array, values.at + key * values.stride, spec.valueDim())) {
                return false;
            }
        }
        return true;
    }

    private void storeOutputs(Scratch scratch, Call call, int batch, int head, int firstRow, int rows) {
        for (int row = 0; row < rows; row++) {
            Panel panel = scratch.panels[row / lanes];
            panel.store(row % lanes, scratch.row);
            call.out.write(call.out.at(batch, head, firstRow + row), scratch.row, 0, spec.valueDim());
            scratch.lse[row] = panel.lse(row % lanes);
        }
        if (call.lse != null) {
            call.lse.write(call.lse.at(batch, head, firstRow), scratch.lse, 0, rows);
        }
    }

    private static int blocks(int n, int size) {
        return (n + size - 1) / size;
    }
}
