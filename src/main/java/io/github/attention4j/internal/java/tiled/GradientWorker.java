package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import java.util.Arrays;

/**
 * One thread's part of one call of {@link TiledGradients}: computes work items, each a share of the keys of a key/value
 * head.
 */
final class GradientWorker {
    private final AttentionSpec spec;
    private final Operands operands;
    private final GradientTiles tiles;
    private final GradientSpace space;
    private final GradientPairs pairs;
    private final GradientRows rows;
    private final GradientShares shares;
    private final GradientHeads heads;
    private final GradientTensors tensors;
    private final RotaryTable rotary;
    private final int headDim;
    private final int valueDim;
    private final Rows gradQuery;
    private final Rows gradKey;
    private final Rows gradValue;
    private Sequence sequence;
    private int kvHead;
    private int share;
    private HeadRows[] group;
    private int blocks;

    /** Of each member of the group and block of queries; null until there is something to add. */
    private float[][] gradQueries;

    GradientWorker(
            AttentionSpec spec,
            Operands operands,
            GradientTiles tiles,
            GradientSpace space,
            GradientPairs pairs,
            GradientShares shares,
            GradientHeads heads,
            GradientTensors tensors) {
        this.spec = spec;
        this.operands = operands;
        this.tiles = tiles;
        this.space = space;
        this.pairs = pairs;
        this.shares = shares;
        this.heads = heads;
        this.tensors = tensors;
        rows = new GradientRows(spec, space.row.length);
        rotary = RotaryTable.of(spec.rotary(), operands);
        headDim = spec.headDim();
        valueDim = spec.valueDim();
        gradQuery = operands.get(Operand.GRAD_QUERY);
        gradKey = operands.get(Operand.GRAD_KEY);
        gradValue = operands.get(Operand.GRAD_VALUE);
    }

    /** Computes a share of the keys of a key/value head of a batch entry. */
    void compute(int batch, int kvHead, int share) {
        this.kvHead = kvHead;
        this.share = share;
        sequence = new Sequence(spec, operands, batch);
        pairs.start(sequence);
        group = new HeadRows[spec.groupSize()];
        blocks = tiles.blocks(sequence.queries);
        gradQueries = new float[Math.multiplyExact(group.length, blocks)][];
        for (int member = 0; member < group.length; member++) {
            int head = kvHead * group.length + member;
            group[member] = new HeadRows(spec, operands, sequence, head, 0, sequence.queries, tiles.rows());
            if (share == 0) {
                heads.addSink(batch, group[member]);
            }
        }
        for (long first = (long) share * tiles.keys(); first < sequence.keys; first += tiles.shares() * tiles.keys()) {
            pairs.loadKeys(kvHead, (int) first);
            for (int block = 0; block < gradQueries.length; block++) {
                walk(block);
            }
            storeKeys();
        }
        if (share == 0) {
            storeOtherKeys();
        }
        if (gradQuery != null) {
            float[][][] all = shares.put(batch * spec.kvHeads() + kvHead, share, gradQueries);
            if (all != null) {
                storeQueries(all);
            }
        }
    }

    /** Takes a block of queries past the panels of keys. */
    private void walk(int block) {
        HeadRows head = group[block / blocks];
        boolean isSeen = pairs.show(head, block % blocks);
        for (int panel = 0; panel < space.panels.length && isSeen; panel++) {
            if (pairs.compute(panel)) {
                heads.addSlope(sequence.batch, head.head, share, pairs, panel);
                tensors.add((sequence.batch * spec.kvHeads() + kvHead) * tiles.shares() + share, pairs, panel);
                addProducts(panel, block);
            }
        }
    }

    /** From the gradients of scores to those of queries, keys and values. */
    private void addProducts(int number, int block) {
        GradientPanel panel = space.panels[number];
        int from = pairs.firstRow();
        int count = pairs.endRow() - from;
        pairs.gradDots(number);
        if (gradValue != null) {
            if (pairs.mayMultiply(space.gradOuts)) {
                TileRows gradOuts = space.gradOuts;
                panel.accumulateValues(gradOuts.array, pairs.at(gradOuts, from), gradOuts.stride, count);
            } else {
                accumulateValuesSeen(panel, from, count);
            }
        }
        if (pairs.vector() != null) {
            addAdditive(panel, block, from, count);
            return;
        }
        if (gradKey != null) {
            if (pairs.mayMultiply(space.queries)) {
                TileRows queries = space.queries;
                panel.accumulateKeys(queries.array, pairs.at(queries, from), queries.stride, count);
            } else {
                accumulateKeysSeen(panel, from, count);
            }
        }
        if (gradQuery != null) {
            accumulateQueries(number, block, from, count);
        }
    }

    private void addAdditive(GradientPanel panel, int block, int from, int count) {
        TileRows queries = space.queries;
        Arrays.fill(space.gradVector, 0);
        panel.accumulateAdditive(
                pairs.vector(),
                queries.array,
                pairs.at(queries, from),
                queries.stride,
                count,
                gradQueries(block),
                pairs.inBlock(from) * headDim,
                space.gradVector);
        heads.addVector(sequence.batch, kvHead * group.length + block / blocks, share, space.gradVector);
    }

    private float[] gradQueries(int block) {
        if (gradQueries[block] == null) {
            gradQueries[block] = new float[tiles.rows() * headDim];
        }
        return gradQueries[block];
    }

    private void accumulateValuesSeen(GradientPanel panel, int from, int count) {
        TileRows rows = space.gradOuts;
        int first = pairs.inBlock(from);
        panel.accumulateValues(rows.usual(), first * valueDim, valueDim, count);
        for (int row = 0; row < count; row++) {
            if (rows.isUnusual(first + row)) {
                panel.accumulateValuesSeen(rows.array, pairs.at(rows, from + row), row);
            }
        }
    }

    private void accumulateKeysSeen(GradientPanel panel, int from, int count) {
        TileRows rows = space.queries;
        int first = pairs.inBlock(from);
        panel.accumulateKeys(rows.usual(), first * headDim, headDim, count);
        for (int row = 0; row < count; row++) {
            if (rows.isUnusual(first + row)) {
                panel.accumulateKeysSeen(rows.array, pairs.at(rows, from + row), row);
            }
        }
    }

    private void accumulateQueries(int number, int block, int from, int count) {
        GradientPanel panel = space.panels[number];
        float[] target = gradQueries(block);
        int at = pairs.inBlock(from) * headDim;
        int keys = pairs.keys(number);
        panel.accumulateQueries(target, at, headDim, count, keys);
        for (int lane = 0; lane < keys; lane++) {
            if (!space.isUsual[number][lane]) {
                float[] key = pairs.readKey(kvHead, pairs.firstKey(number) + lane);
                panel.accumulateQueriesSeeing(lane, key, target, at, headDim, count);
            }
        }
    }

    private void storeKeys() {
        for (int panel = 0; panel < space.panels.length; panel++) {
            for (int lane = 0; lane < pairs.keys(panel); lane++) {
                int j = pairs.firstKey(panel) + lane;
                if (gradKey != null) {
                    space.panels[panel].gradKey(lane, space.row);
                    store(gradKey, kvHead, sequence.firstKey + j, RotaryTable.ofKey(operands, sequence, j));
                }
                if (gradValue != null) {
                    space.panels[panel].gradValue(lane, space.row);
                    int at = gradValue.at(sequence.batch, kvHead, sequence.firstKey + j);
                    rows.write(gradValue, at, space.row, valueDim);
                }
            }
        }
    }

    /** Writes a query's or a key's gradient, but for the scale, and for the rotation to a position. */
    private void store(Rows target, int head, int row, int position) {
        double scale = spec.scale();
        for (int d = 0; d < headDim; d++) {
            space.row[d] *= scale;
        }
        if (rotary != null) {
            rotary.rotateBack(space.row, 0, position);
        }
        rows.write(target, target.at(sequence.batch, head, row), space.row, headDim);
    }

    /** Rows of the entry that are no keys. */
    private void storeOtherKeys() {
        int from = sequence.firstKey + sequence.keys;
        int to = sequence.firstKey + sequence.keyRows;
        if (gradKey != null) {
            rows.writeZeros(gradKey, sequence.batch, kvHead, from, to, headDim);
        }
        if (gradValue != null) {
            rows.writeZeros(gradValue, sequence.batch, kvHead, from, to, valueDim);
        }
    }

    private void storeQueries(float[][][] all) {
        for (int member = 0; member < group.length; member++) {
            int head = group[member].head;
            for (int i = 0; i < sequence.queries; i++) {
                int at = i % tiles.rows() * headDim;
                sum(all, member * blocks + i / tiles.rows(), at);
                store(gradQuery, head, sequence.firstQuery + i, RotaryTable.ofQuery(operands, sequence, i));
            }
            int end = sequence.firstQuery + sequence.queries;
            int to = sequence.firstQuery + sequence.queryRows;
            rows.writeZeros(gradQuery, sequence.batch, head, end, to, headDim);
        }
    }

    private void sum(float[][][] all, int block, int at) {
        Arrays.fill(space.row, 0);
        for (float[][] ofShare : all) {
            float[] rows = ofShare[block];
            for (int d = 0; d < headDim && rows != null; d++) {
                space.row[d] += rows[at + d];
            }
        }
    }
}
