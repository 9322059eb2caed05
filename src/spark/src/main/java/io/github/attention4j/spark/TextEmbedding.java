package io.github.attention4j.spark;

import io.github.attention4j.transformer.TextEncoder;
import java.util.Iterator;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Turns texts into vectors in the executors, by one model in each, which all of its tasks share. Texts are gone through
 * as a stream, sorted by length within a window of some thousands, and cut into batches by tokens, as
 * {@link TextEncoder} does it; none is padded.
 */
public final class TextEmbedding {
    private final String name;
    private final EncoderOpening opening;

    private TextEmbedding(String name, EncoderOpening opening) {
        this.name = name;
        this.opening = opening;
    }

    /**
     * By the encoder that {@code opening} opens.
     *
     * @param name names the model within an executor: what has the same name shares the first that was opened
     * @param opening is sent to the executors; options are made within it, as {@code () -> TextEncoder.open(folder,
     *     EncoderOptions.defaults())} with {@code folder} made in it, too
     */
    public static TextEmbedding of(String name, EncoderOpening opening) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(opening, "opening");
        return new TextEmbedding(name, opening);
    }

    /** The vector of each text, in their order; of null, null. */
    public JavaRDD<float[]> embed(JavaRDD<String> texts) {
        Objects.requireNonNull(texts, "texts");
        String name = this.name;
        EncoderOpening opening = this.opening;
        return texts.mapPartitions(partition -> new TextWindows<String, float[]>(
                partition, text -> text, (text, vector) -> vector, () -> ExecutorEncoder.get(name, opening)));
    }

    /**
     * Rows with one column more.
     *
     * @param rows any
     * @param textColumn the column of texts; of null the vector is null
     * @param vectorColumn the new column, of arrays of floats, after all others
     * @throws IllegalArgumentException if there is no such column of strings
     */
    public Dataset<Row> embed(Dataset<Row> rows, String textColumn, String vectorColumn) {
        Objects.requireNonNull(rows, "rows");
        int index = rows.schema().fieldIndex(textColumn);
        if (!rows.schema().apply(index).dataType().equals(DataTypes.StringType)) {
            throw new IllegalArgumentException("column " + textColumn + " must hold strings, but is of type "
                    + rows.schema().apply(index).dataType().catalogString());
        }
        StructType schema =
                rows.schema().add(vectorColumn, DataTypes.createArrayType(DataTypes.FloatType, false), true);
        String name = this.name;
        EncoderOpening opening = this.opening;
        return rows.mapPartitions(
                (Iterator<Row> partition) -> new TextWindows<Row, Row>(
                        partition,
                        row -> row.getString(index),
                        TextEmbedding::withVector,
                        () -> ExecutorEncoder.get(name, opening)),
                Encoders.row(schema));
    }

    private static Row withVector(Row row, float[] vector) {
        Object[] values = new Object[row.size() + 1];
        for (int i = 0; i < row.size(); i++) {
            values[i] = row.get(i);
        }
        values[row.size()] = vector;
        return RowFactory.create(values);
    }
}
