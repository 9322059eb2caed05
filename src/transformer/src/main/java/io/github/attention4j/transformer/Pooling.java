package io.github.attention4j.transformer;

/** How the rows of a text become its one vector. */
public enum Pooling {
    /** The mean of all rows: the MiniLM, MPNet and E5 models. */
    MEAN,
    /** The first row, that of {@code [CLS]}: the BGE models. */
    FIRST
}
