package io.github.attention4j.bench.decode;

import com.sun.management.ThreadMXBean;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.bench.memory.Resident;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Many tokens through a small cache, whose pages are used again and again, to see whether anything grows. Each step appends a row to each of
 * three sequences and attends it; a window gives pages back as it leaves them, and sequences end and begin.
 */
public final class LongRun {
    /** Steps until everything that is made once is made; what follows is measured. */
    private static final int WARM_UP = 1000;

    /** Asking for it makes garbage, so that is done once. */
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int SEQUENCES = 3;
    private static final int HEADS = 4;
    private static final int KV_HEADS = 2;
    private static final int HEAD_DIM = 8;
    private static final int WINDOW = 20;
    /** Steps that a sequence lives; each of the three a little longer than the one before. */
    private static final int LIFE = 150;

    private static final int LIFE_MORE = 20;
    /** How far an answer may be from the right one. */
    public static final double TOLERANCE = 1e-4;

    private static final KvCacheSpec SPEC = KvCacheSpec.builder()
            .sequences(SEQUENCES)
            .maxLength(LIFE + LIFE_MORE * SEQUENCES)
            .kvHeads(KV_HEADS)
            .headDim(HEAD_DIM)
            .window(WINDOW)
            .paged(16, 9) // three for each, if what the window left behind comes back
            .build();

    private final int[] numbers = new int[SEQUENCES];
    private final int[] ones = new int[SEQUENCES];
    /** When each sequence began. */
    private final int[] begun = new int[SEQUENCES];

    private LongRun() {
        Arrays.fill(ones, 1);
    }

    /**
     * What grew.
     *
     * @param device on which
     * @param steps how many were measured
     * @param natives objects of the driver's that there are now and were not when measuring began
     * @param heapBytes that a step's append and attention took from Java's heap, on average
     * @param residentBytes how much more memory the process has in use, Java's heap with it, or −1 where that is not known
     * @param error the largest difference from the right answer
     */
    public record Growth(String device, int steps, long natives, double heapBytes, long residentBytes, double error) {
        /** In a sentence. */
        public String sentence() {
            return "%s: %,d steps on recycled pages: %+d native objects, %.0f bytes of Java heap a step, memory of the process %s."
                    .formatted(
                            device,
                            steps,
                            natives,
                            heapBytes,
                            residentBytes == -1 ? "not known" : "%+.1f MB".formatted(residentBytes * 1e-6));
        }
    }

    /** Runs so many steps, after some to warm up. */
    public static Growth run(AttentionEngine engine, int steps) {
        return new LongRun().measure(engine, steps);
    }

    private Growth measure(AttentionEngine engine, int steps) {
        try (KvCache cache = engine.newKvCache(SPEC);
                Stream stream = engine.newStream();
                DeviceTensor keys = engine.allocate(DType.F32, SEQUENCES, KV_HEADS, 1, HEAD_DIM);
                DeviceTensor values = engine.allocate(DType.F32, SEQUENCES, KV_HEADS, 1, HEAD_DIM);
                DeviceTensor query = engine.allocate(DType.F32, SEQUENCES, HEADS, 1, HEAD_DIM);
                DeviceTensor out = engine.allocate(DType.F32, SEQUENCES, HEADS, 1, HEAD_DIM)) {
            AttentionSpec spec = cache.applyTo(
                            AttentionSpec.builder().heads(HEADS).queryLength(1))
                    .build();
            AttentionPlan plan = engine.plan(spec);
            AttentionTensors tensors = cache.addTo(new AttentionTensors())
                    .with(Operand.QUERY, query)
                    .with(Operand.OUT, out);
            float[] row = new float[Math.toIntExact(values.elements())];
            float[] result = new float[Math.toIntExact(out.elements())];
            keys.upload(stream, row);
            query.upload(stream, result);
            for (int i = 0; i < SEQUENCES; i++) {
                numbers[i] = cache.newSequence();
            }
            long natives = 0;
            long resident = 0;
            long heap = 0;
            double error = 0;
            for (int step = 0; step < WARM_UP + steps; step++) {
                if (step == WARM_UP) {
                    natives = LiveNatives.count();
                    resident = Resident.now();
                }
                endAndBegin(cache, stream, step);
                Arrays.fill(row, value(step));
                values.upload(stream, row);
                long allocated = allocated();
                cache.append(stream, numbers, ones, keys, values);
                plan.enqueue(stream, tensors);
                heap += step < WARM_UP ? 0 : allocated() - allocated;
                out.download(stream, result);
                error = Math.max(error, error(step, result));
            }
            long now = Resident.now();
            return new Growth(
                    engine.device().id(),
                    steps,
                    LiveNatives.count() - natives,
                    (double) heap / steps,
                    now == -1 ? -1 : now - resident,
                    error);
        }
    }

    private void endAndBegin(KvCache cache, Stream stream, int step) {
        for (int i = 0; i < SEQUENCES; i++) {
            if (step - begun[i] > LIFE + LIFE_MORE * i) {
                cache.free(stream, numbers[i]);
                numbers[i] = cache.newSequence();
                begun[i] = step;
            }
        }
    }

    /** How far the answer is from the means of the values in the window: all keys are 0, so all weights are the same. */
    private double error(int step, float[] out) {
        double error = 0;
        for (int i = 0; i < SEQUENCES; i++) {
            int first = Math.max(begun[i], step - WINDOW);
            double sum = 0;
            for (int seen = first; seen <= step; seen++) {
                sum += value(seen);
            }
            int width = HEADS * HEAD_DIM;
            for (int c = 0; c < width; c++) {
                double difference = Math.abs(sum / (step + 1 - first) - out[numbers[i] * width + c]);
                error = difference <= error ? error : Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
            }
        }
        return error;
    }

    private static float value(int step) {
        return step * 37 % 64;
    }

    private static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
