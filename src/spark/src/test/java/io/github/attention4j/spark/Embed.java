package io.github.attention4j.spark;

import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The README's second example: a column of texts becomes a column of vectors. */
public final class Embed {
    private Embed() {}

    /** Arguments: texts. */
    public static void main(String[] arguments) {
        Dataset<Row> texts = SparkSession.builder()
                .getOrCreate()
                .createDataset(List.of(arguments), Encoders.STRING())
                .toDF("text");
        TextEmbedding embedding = TextEmbedding.of("MiniLM", Embed::open); // a name, and how an executor opens it
        Dataset<Row> vectors = embedding.embed(texts, "text", "vector");
        vectors.selectExpr("text", "size(vector)").collectAsList().forEach(System.out::println);
    }

    private static TextEncoder open() {
        return TextEncoder.open(EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults());
    }
}
