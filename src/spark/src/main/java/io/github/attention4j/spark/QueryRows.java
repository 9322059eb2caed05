package io.github.attention4j.spark;

import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import java.util.Arrays;

/** The rows of a call's queries, cut into blocks and put together again; in the driver. */
final class QueryRows {
    private final AttentionSpec spec;
    private final int rowsOfBlock;

    /**
     * Chooses the blocks.
     *
     * @throws IllegalArgumentException if not even the part of one query for each head has at most so many bytes
     */
    QueryRows(AttentionSpec spec, long maxPartBytes) {
        this.spec = spec;
        int columns = Math.max(spec.valueDim() + 1, spec.headDim());
        long bytesOfRow = (long) spec.batch() * spec.heads() * columns * Float.BYTES;
        if (bytesOfRow > maxPartBytes) {
            throw new IllegalArgumentException(
                    "a part may have " + maxPartBytes + " bytes, but that of one query takes "
                            + bytesOfRow + ": " + spec.batch() * spec.heads() + " heads of " + columns
                            + " floats; allow more by withMaxPartBytes, or call for fewer heads");
        }
        rowsOfBlock = (int) Math.min(spec.queryLength(), maxPartBytes / bytesOfRow);
    }

    int blocks() {
        return (spec.queryLength() + rowsOfBlock - 1) / rowsOfBlock;
    }

    QueryBlock[] cut(float[] query) {
        return cut(query, null, null, null);
    }

    QueryBlock[] cut(float[] query, float[] out, float[] lse, float[] gradOut) {
        QueryBlock[] blocks = new QueryBlock[blocks()];
        for (int block = 0; block < blocks.length; block++) {
            int first = block * rowsOfBlock;
            int rows = rows(block);
            blocks[block] = new QueryBlock(
                    first,
                    rows,
                    part(query, spec.headDim(), first, rows),
                    part(out, spec.valueDim(), first, rows),
                    part(lse, 1, first, rows),
                    part(gradOut, spec.valueDim(), first, rows));
        }
        return blocks;
    }

    private int rows(int block) {
        return Math.min(rowsOfBlock, spec.queryLength() - block * rowsOfBlock);
    }

    private float[] part(float[] all, int columns, int first, int rows) {
        if (all == null) {
            return null;
        }
        float[] part = new float[spec.batch() * spec.heads() * rows * columns];
        for (int head = 0; head < spec.batch() * spec.heads(); head++) {
            int from = (head * spec.queryLength() + first) * columns;
            System.arraycopy(all, from, part, head * rows * columns, rows * columns);
        }
        return part;
    }

    private void put(float[] part, float[] all, int columns, int block) {
        int rows = rows(block);
        for (int head = 0; head < spec.batch() * spec.heads(); head++) {
            int to = (head * spec.queryLength() + block * rowsOfBlock) * columns;
            System.arraycopy(part, head * rows * columns, all, to, rows * columns);
        }
    }

    /** The whole result; queries of blocks without a part saw no key. */
    AttentionResult result(Part[] parts) {
        float[] out = new float[Math.toIntExact(spec.outElements())];
        float[] lse = new float[Math.toIntExact(spec.lseElements())];
        Arrays.fill(lse, Float.NEGATIVE_INFINITY);
        for (int block = 0; block < blocks(); block++) {
            if (parts[block] instanceof AttentionPart part) {
                put(part.out(), out, spec.valueDim(), block);
                put(part.lse(), lse, 1, block);
            }
        }
        return new AttentionResult(out, lse);
    }

    /** The whole gradient of the queries. */
    float[] gradient(Part[] parts) {
        float[] gradient = new float[Math.toIntExact(spec.queryElements())];
        for (int block = 0; block < blocks(); block++) {
            if (parts[block] instanceof GradientPart part) {
                put(part.gradient(), gradient, spec.headDim(), block);
            }
        }
        return gradient;
    }
}
