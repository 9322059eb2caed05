package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Stream;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** An encoder on a device. Threads take turns: a batch fills the device. */
public final class DeviceEncoder implements AutoCloseable {
    /** Sizes of batches of so many tokens whose plans are kept. */
    private static final int MOST_STEPS = 32;

    private static final int SMALLEST_TEXT = 2;

    private final AttentionEngine engine;
    private final int mostRows;
    private final int longest;
    private final Stream stream;
    private final DeviceMemory memory;
    private final EncoderModel model;
    /** By tokens of a batch; what was used last is the last. */
    private final Map<Integer, Steps> steps = new LinkedHashMap<>(16, 0.75f, true);

    private boolean closed;

    /**
     * Brings the weights to the device.
     *
     * @param weightType of the linear layers' weights there
     * @param mostRows tokens of all batches whose tensors are kept
     * @param longest what every batch counts as having of tokens in its longest text, at least: attention gives the
     *     same bits only where it is asked for the same length
     * @throws IOException if the weights cannot be read
     */
    public DeviceEncoder(AttentionEngine engine, EncoderFiles files, DType weightType, int mostRows, int longest)
            throws IOException {
        this.engine = engine;
        this.mostRows = mostRows;
        this.longest = longest;
        stream = engine.newStream();
        memory = new DeviceMemory(engine, stream);
        try {
            EncoderWeights weights = EncoderWeights.upload(files, weightType, memory);
            model = new EncoderModel(files.config(), weights, files.pooling(), files.normalized());
        } catch (Throwable e) {
            memory.close();
            stream.close();
            throw e;
        }
    }

    /**
     * The vectors of texts, computed together.
     *
     * @param texts tokens of each, one text at least
     * @throws IllegalStateException after close
     */
    public float[][] vectors(int[][] texts) {
        return vectors(texts, null);
    }

    /**
     * Likewise, with somebody who is shown the attention of each layer, or null.
     *
     * @throws IllegalStateException after close
     */
    public synchronized float[][] vectors(int[][] texts, AttentionObserver observer) {
        if (closed) {
            throw new IllegalStateException("the encoder is closed");
        }
        return step(BatchSize.of(texts, longest)).run(texts, observer);
    }

    /** All batches of so many tokens. */
    private final class Steps implements AutoCloseable {
        private final RowTensors rows;
        private final Map<BatchSize, EncoderStep> bySize = new LinkedHashMap<>(16, 0.75f, true);

        Steps(int rows) {
            this.rows = new RowTensors(engine, stream, model.config(), rows);
        }

        EncoderStep step(BatchSize size) {
            EncoderStep step = bySize.get(size);
            if (step == null) {
                if (bySize.size() >= MOST_STEPS) {
                    removeOldest(bySize.values()).close();
                }
                step = new EncoderStep(engine, stream, model, rows, size);
                bySize.put(size, step);
            }
            return step;
        }

        @Override
        public void close() {
            bySize.values().forEach(EncoderStep::close);
            rows.close();
        }
    }

    private EncoderStep step(BatchSize size) {
        Steps ofRows = steps.get(size.rows());
        if (ofRows == null) {
            makeRoom(size.rows());
            ofRows = new Steps(size.rows());
            steps.put(size.rows(), ofRows);
        }
        return ofRows.step(size);
    }

    private void makeRoom(int rows) {
        long kept = rows;
        for (Integer each : steps.keySet()) {
            kept += each;
        }
        while (!steps.isEmpty() && kept > mostRows) {
            Steps oldest = removeOldest(steps.values());
            kept -= oldest.rows.rows();
            oldest.close();
        }
    }

    private static <T> T removeOldest(Collection<T> values) {
        Iterator<T> oldest = values.iterator();
        T value = oldest.next();
        oldest.remove();
        return value;
    }

    /** Which kernels compute a batch of this size, and why. */
    public synchronized String explain(int texts, int tokens) {
        int[][] some = new int[texts][Math.max(SMALLEST_TEXT, tokens / texts)];
        return step(BatchSize.of(some, longest)).explain();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            steps.values().forEach(Steps::close);
            memory.close();
            stream.close();
        }
    }
}
