package io.github.attention4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Texts that go through executors get the vectors that they get from one encoder. */
class TextEmbeddingTest {
    private static final AtomicInteger OPENED = new AtomicInteger();

    /** In Java, for which nothing is compiled. */
    static TextEncoder encoder() {
        OPENED.incrementAndGet();
        EncoderOptions options = EncoderOptions.defaults().withDevice("java").withBatchTokens(64);
        return TextEncoder.open(EncoderSource.allMiniLmL6V2(), options);
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            texts.add("a kitten naps ".repeat(i % 5 + 1) + i);
        }
        texts.set(3, null);
        texts.set(4, "");
        return texts;
    }

    @Test
    void aColumnOfTextsBecomesAColumnOfVectors() {
        List<String> texts = texts();
        TextEmbedding embedding = TextEmbedding.of("MiniLM", TextEmbeddingTest::encoder);
        Dataset<Row> rows = LocalSpark.session()
                .createDataset(texts, Encoders.STRING())
                .repartition(3)
                .selectExpr("value AS text", "length(value) AS size");
        List<Row> embedded = embedding.embed(rows, "text", "vector").collectAsList();
        embedding
                .embed(LocalSpark.context().parallelize(texts, 5))
                .collect()
                .forEach(vector -> assertEquals(384, vector == null ? 384 : vector.length));
        assertEquals(texts.size(), embedded.size());
        TextEncoder encoder = ExecutorEncoder.get("MiniLM", TextEmbeddingTest::encoder);
        for (Row row : embedded) {
            String text = row.getString(0);
            List<Float> vector = row.getList(2);
            if (text == null) {
                assertNull(vector);
                continue;
            }
            assertEquals(text.length(), row.getInt(1));
            float[] found = new float[vector.size()];
            for (int i = 0; i < found.length; i++) {
                found[i] = vector.get(i);
            }
            assertArrayEquals(encoder.embed(text), found, 2e-6f);
        }
        assertEquals(1, OPENED.get(), "one model for all tasks");
    }

    @Test
    void aColumnThatHoldsNoTextsIsRefused() {
        Dataset<Row> rows = LocalSpark.session().range(3).toDF();
        TextEmbedding embedding = TextEmbedding.of("none", TextEmbeddingTest::encoder);
        var error = assertThrows(IllegalArgumentException.class, () -> embedding.embed(rows, "id", "vector"));
        assertEquals("column id must hold strings, but is of type bigint", error.getMessage());
    }
}
