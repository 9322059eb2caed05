package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Stream;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** An encoder on a device. Threads take turns: a batch fills the device. */
public final class DeviceEncoder implements AutoCloseable {
    /** Sizes of batches whose tensors are kept, and tokens of all of them. */
    private static final int MOST_STEPS = 32;

    private static final int SMALLEST_TEXT = 2;

    private final AttentionEngine engine;
    private final EncoderFiles files;
    private final int mostRows;
    private final int longest;
    private final Stream stream;
    private final DeviceMemory memory;
    private final EncoderWeights weights;
    /** The one that was used last is the last. */
    private final Map<BatchSize, EncoderStep> steps = new LinkedHashMap<>(16, 0.75f, true);

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
        this.files = files;
        this.mostRows = mostRows;
        this.longest = longest;
        stream = engine.newStream();
        memory = new DeviceMemory(engine, stream);
        try {
            weights = EncoderWeights.upload(files, weightType, memory);
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

    private EncoderStep step(BatchSize size) {
        EncoderStep step = steps.get(size);
        if (step == null) {
            makeRoom(size.rows());
            step = new EncoderStep(engine, stream, files, weights, size);
            steps.put(size, step);
        }
        return step;
    }

    private void makeRoom(int rows) {
        long kept = rows;
        for (EncoderStep step : steps.values()) {
            kept += step.rows();
        }
        Iterator<EncoderStep> oldest = steps.values().iterator();
        while (oldest.hasNext() && (steps.size() >= MOST_STEPS || kept > mostRows)) {
            EncoderStep step = oldest.next();
            kept -= step.rows();
            oldest.remove();
            step.close();
        }
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
            steps.values().forEach(EncoderStep::close);
            memory.close();
            stream.close();
        }
    }
}
