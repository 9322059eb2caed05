package io.github.attention4j.internal.cache;

import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Stream;
import java.util.stream.IntStream;

/** What a cache keeps on a device. What to do was checked and decided before; nothing here looks at what it holds. */
public interface KvStore extends AutoCloseable {
    /** Adds what an attention call reads. */
    void addTo(AttentionTensors tensors);

    /**
     * Enqueues all steps of a call, in their order: copies of pages, changes of the table and of lengths, new rows.
     *
     * @param keys the new rows, or null if the call has none
     * @param values likewise
     * @throws IllegalArgumentException if the tensors or the stream belong to another engine; nothing was enqueued then
     */
    void run(Stream stream, KvCall call, DeviceTensor keys, DeviceTensor values);

    /** In which order numbers of sequences are given out, so many from 0 on. */
    default int[] order(int sequences) {
        return IntStream.range(0, sequences).toArray();
    }

    /** Frees the tensors once no queued work uses them. */
    @Override
    void close();
}
