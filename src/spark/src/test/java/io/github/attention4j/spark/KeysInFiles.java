package io.github.attention4j.spark;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.testing.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A measurement, run by {@code src/spark/measure}: 64 queries over four million keys of 64 floats with values of as
 * many, in files of 2 GB, read and attended to in a heap of 1 GB; by Spark in this JVM, and by one engine alone.
 */
public final class KeysInFiles {
    private static final int ROWS = 1 << 16;
    private static final int FILES = 64;
    private static final int DIM = 64;
    private static final int ROUNDS = 5;
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(1)
            .queryLength(64)
            .keyLength(FILES * ROWS)
            .headDim(DIM)
            .build();

    private KeysInFiles() {}

    /** Arguments: a folder for the files, and a device's id or nothing for the best. */
    public static void main(String[] arguments) throws IOException {
        String folder = arguments[0];
        String device = arguments.length > 1 ? arguments[1] : null;
        write(Path.of(folder));
        float[] query = Sequence.random(new Random(1), SPEC.queryElements());
        JavaSparkContext spark = LocalSpark.context();
        JavaRDD<KeyShard> shards = spark.parallelize(
                        IntStream.range(0, FILES).boxed().toList(), FILES / 4)
                .map(file -> read(folder, file));
        ShardedAttention sharded = ShardedAttention.of(SPEC);
        ShardedAttention onDevice = device == null ? sharded : sharded.withDevice(device);
        try (AttentionEngine engine = device == null ? AttentionEngine.open() : AttentionEngine.open(device)) {
            double difference = Verdict.largestDifference(
                    alone(engine, folder, query).out(),
                    onDevice.attend(shards, query).out());
            System.out.printf(
                    Locale.ROOT, "%s; answers differ by %.1e%n", engine.device().name(), difference);
            if (!(difference < 1e-5)) {
                throw new AssertionError("one of them is wrong");
            }
            double[] one = new double[ROUNDS];
            double[] many = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) { // in turns, so that others' load is on both
                one[round] = nanosecondsOfAKey(() -> alone(engine, folder, query));
                many[round] = nanosecondsOfAKey(() -> onDevice.attend(shards, query));
                System.out.printf(
                        Locale.ROOT, "one engine %.0f ns a key, Spark %.0f ns a key%n", one[round], many[round]);
            }
            double[] ratios = IntStream.range(0, ROUNDS)
                    .mapToDouble(i -> many[i] / one[i])
                    .toArray();
            System.out.printf(
                    Locale.ROOT,
                    "medians: one engine %.0f ns a key, Spark %.0f ns a key, ratio %.2f%n",
                    median(one),
                    median(many),
                    median(ratios));
        }
        printTasks(spark);
    }

    private static double nanosecondsOfAKey(Supplier<AttentionResult> call) {
        long start = System.nanoTime();
        call.get();
        return (System.nanoTime() - start) / (double) SPEC.keyLength();
    }

    private static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static AttentionResult alone(AttentionEngine engine, String folder, float[] query) {
        AttentionSpec spec = SPEC.toBuilder().keyLength(ROWS).build();
        PairwiseMerge merge = new PairwiseMerge();
        for (int file = 0; file < FILES; file++) {
            KeyShard shard = read(folder, file);
            AttentionResult part = engine.attendWithLse(spec, query, shard.key(), shard.value());
            merge.add(new AttentionPart(part.out(), part.lse()));
        }
        AttentionPart all = (AttentionPart) merge.result();
        return new AttentionResult(all.out(), all.lse());
    }

    private static Path file(Path folder, int file) {
        return folder.resolve("keys-" + file + ".f32");
    }

    private static KeyShard read(String folder, int file) {
        float[] key = new float[ROWS * DIM];
        float[] value = new float[ROWS * DIM];
        try (FileChannel channel = FileChannel.open(file(Path.of(folder), file))) {
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
            for (float[] array : List.of(key, value)) {
                for (int at = 0; at < array.length; at += piece.limit() / Float.BYTES) {
                    piece.clear();
                    while (piece.hasRemaining() && channel.read(piece) >= 0) {}
                    piece.flip().asFloatBuffer().get(array, at, piece.limit() / Float.BYTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new KeyShard(file * ROWS, ROWS, key, value);
    }

    private static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        SplittableRandom random = new SplittableRandom(3);
        ByteBuffer rows =
                ByteBuffer.allocateDirect(2 * ROWS * DIM * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int file = 0; file < FILES; file++) {
            rows.clear();
            while (rows.hasRemaining()) {
                rows.putFloat((float) random.nextDouble(-2, 2));
            }
            rows.flip();
            try (FileChannel channel = FileChannel.open(
                    file(folder, file),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                while (rows.hasRemaining()) {
                    channel.write(rows);
                }
            }
        }
    }

    /** What Spark itself takes for a task, for the model of cost. */
    private static void printTasks(JavaSparkContext spark) {
        int tasks = 2000;
        JavaRDD<Integer> nothing = spark.parallelize(List.of(0), tasks);
        nothing.count();
        long start = System.nanoTime();
        nothing.count();
        System.out.printf(
                Locale.ROOT, "%.2f ms for a task that does nothing%n", (System.nanoTime() - start) / 1e6 / tasks);
    }
}
