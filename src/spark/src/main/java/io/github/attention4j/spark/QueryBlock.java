package io.github.attention4j.spark;

import java.io.Serializable;

/**
 * Some of the queries of a call, and in backward calls what belongs to them; blocks are what is broadcast. Fields, not
 * a record: Kryo cannot write those.
 */
final class QueryBlock implements Serializable {
    private static final long serialVersionUID = 1;

    /** Where they begin among all queries. */
    final int firstRow;

    final int rows;
    /** [batch, heads, rows, headDim]. */
    final float[] query;
    /** [batch, heads, rows, valueDim], of backward calls, as all that follow. */
    final float[] out;
    /** [batch, heads, rows]. */
    final float[] lse;
    /** [batch, heads, rows, valueDim]. */
    final float[] gradOut;

    QueryBlock(int firstRow, int rows, float[] query, float[] out, float[] lse, float[] gradOut) {
        this.firstRow = firstRow;
        this.rows = rows;
        this.query = query;
        this.out = out;
        this.lse = lse;
        this.gradOut = gradOut;
    }
}
