package io.github.attention4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Rows of a dataset are the keys that they hold. */
class KeyRowsTest {
    private static final StructType SCHEMA = new StructType()
            .add("text", DataTypes.StringType)
            .add("position", DataTypes.IntegerType)
            .add("key", DataTypes.createArrayType(DataTypes.FloatType))
            .add("value", DataTypes.createArrayType(DataTypes.DoubleType));

    private final AttentionSpec spec = AttentionSpec.builder()
            .heads(4)
            .kvHeads(2)
            .queryLength(5)
            .keyLength(60)
            .headDim(8)
            .valueDim(3)
            .causal()
            .build();
    private final Sequence sequence = new Sequence(spec);

    private static Dataset<Row> dataset(List<Row> rows) {
        return LocalSpark.session().createDataset(rows, org.apache.spark.sql.Encoders.row(SCHEMA));
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int position = 0; position < spec.keyLength(); position++) {
            KeyShard one = sequence.shard(position, 1);
            Double[] value = new Double[one.value().length];
            Arrays.setAll(value, i -> (double) one.value()[i]);
            rows.add(RowFactory.create("some", position, one.key(), value));
        }
        return rows;
    }

    @Test
    void rowsInAnyOrder() {
        List<Row> rows = rows();
        Collections.shuffle(rows, new Random(3));
        ShardedAttention attention = ShardedAttention.of(spec).withDevice("java");
        Dataset<Row> dataset = dataset(rows);
        JavaRDD<KeyShard> scattered = attention.shards(dataset.repartition(3), "position", "key", "value");
        sequence.check(attention.attend(scattered, sequence.query), sequence.arrays());

        Dataset<Row> ranges = dataset.repartitionByRange(3, functions.col("position"));
        JavaRDD<KeyShard> ordered = attention.shards(ranges, "position", "key", "value");
        sequence.check(attention.attend(ordered, sequence.query), sequence.arrays());
        assertEquals(3, ordered.count());
        KeyShard first = ordered.first();
        assertArrayEquals(sequence.shard(0, first.rows()).key(), first.key());
    }

    @Test
    void rowsThatDoNotFit() {
        float[] key = new float[16];
        Double[] value = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
        assertWrong("the key at position 7 must have 16 numbers, but has 15", 7, new float[15], value);
        assertWrong("the value at position 7 must have 6 numbers, but has 1", 7, key, new Double[1]);
        assertWrong("the value at position 7 must have 6 numbers, but has a null among them", 7, key, new Double[6]);
        assertWrong("the key at position 7 must have 16 numbers, but has none", 7, null, value);
        assertWrong("each row must have a position, but one has none", null, key, value);
        assertWrong("positions must be between 0 and 2147483647, but one is -2", -2, key, value);
    }

    private void assertWrong(String sentence, Integer position, float[] key, Double[] value) {
        List<Row> rows = rows();
        rows.set(7, RowFactory.create("some", position, key, value));
        ShardedAttention attention = ShardedAttention.of(spec).withDevice("java");
        JavaRDD<KeyShard> shards = attention.shards(dataset(rows), "position", "key", "value");
        Exception error = assertThrows(Exception.class, () -> attention.attend(shards, sequence.query));
        assertTrue(error.getMessage().contains(sentence), error::getMessage);
    }

    @Test
    void aBatchIsRefused() {
        AttentionSpec batch = spec.toBuilder().batch(2).build();
        var error = assertThrows(IllegalArgumentException.class, () -> ShardedAttention.of(batch)
                .shards(dataset(rows()), "position", "key", "value"));
        assertTrue(error.getMessage().contains("the spec's batch is 2"), error::getMessage);
    }
}
