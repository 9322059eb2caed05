package io.github.attention4j;

import io.github.attention4j.internal.cache.KvCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.cache.Sequences;
import java.util.Objects;

/**
 * Keys and values of sequences that grow, in the memory of an engine's device: text generation appends those of each
 * new token and attends to all. Appending writes the new rows only; with {@link DType#I8} and {@link DType#I4} it
 * quantises them on the way, and rotates keys if the spec says so.
 *
 * <p>Sequences are small numbers from {@link #newSequence}. Entry b of the batch of an attention call is sequence b,
 * and one that there is not, or that is empty, has no keys. {@link #applyTo(AttentionSpecBuilder)} and
 * {@link #addTo(AttentionTensors)} fill in what a call needs to know of the cache; a call leaves sequences out by
 * giving them no queries ({@link AttentionSpecBuilder#raggedQueries}).
 *
 * <p>With pages, sequences take memory as they grow and share what they have in common ({@link #fork}). With a window,
 * a sequence gives pages back as it leaves them behind; its table keeps an entry for each page it ever had, so that
 * positions, masks and rotary embeddings are those of the whole sequence, and the mask, which {@code applyTo} sets,
 * hides what is gone.
 *
 * <p>Calls are checked against what the cache will hold when all that was enqueued is done. They must all go to one
 * stream, or to streams that the caller makes wait for each other. May be used by several threads. A call that fails
 * with an {@link IllegalArgumentException} or an {@link IllegalStateException} changed nothing; after a
 * {@link DeviceException} what the cache holds is undefined.
 */
public final class KvCache implements AutoCloseable {
    private final KvCacheSpec spec;
    private final KvStore store;
    private final Sequences sequences;
    private final KvCall call = new KvCall();
    private final KvAppend checks;
    private final int[] oneSequence = new int[1];
    private final int[] oneCount = new int[1];
    private boolean closed;

    /** Takes the store over, and closes it if the host has no room for its part. */
    static KvCache make(KvCacheSpec spec, KvStore store) {
        try {
            return new KvCache(spec, store);
        } catch (OutOfMemoryError e) {
            store.close();
            throw new DeviceException(
                    "out of memory for the tables of a cache of " + spec.sequences() + " sequences and " + spec.pages()
                            + " pages, maxLength " + spec.maxLength() + ": the JVM's heap has at most "
                            + Runtime.getRuntime().maxMemory()
                            + " bytes; ask for fewer sequences or pages, or start the JVM with a larger -Xmx",
                    e);
        }
    }

    private KvCache(KvCacheSpec spec, KvStore store) {
        this.spec = spec;
        this.store = store;
        int[] order = store.order(spec.sequences());
        sequences = new Sequences(order, spec.maxLength(), spec.pageSize(), spec.pages(), spec.window());
        checks = new KvAppend(spec, sequences);
    }

    /** The shape of the cache. */
    public KvCacheSpec spec() {
        return spec;
    }

    /**
     * Sets batch, kvHeads, headDim, valueDim, keyLength, key lengths, the types of key and value, pages, and with a
     * window the mask. The rest is the caller's: heads, queryLength, {@code causal()}, the types of query and out. Keys
     * of the cache keep their rotation: do not ask for {@code rotary} too.
     */
    public AttentionSpecBuilder applyTo(AttentionSpecBuilder builder) {
        return spec.applyTo(builder);
    }

    /**
     * Sets {@link Operand#KEY}, {@link Operand#VALUE}, {@link Operand#KEY_LENGTHS}, and where there are any page table
     * and scales. Once is enough for all calls.
     */
    public synchronized AttentionTensors addTo(AttentionTensors tensors) {
        requireOpen();
        Objects.requireNonNull(tensors, "tensors");
        store.addTo(tensors);
        return tensors;
    }

    /**
     * Begins an empty sequence.
     *
     * @return its number, from 0 to {@code sequences - 1}; numbers of freed sequences are given out again
     * @throws CacheFullException if there are as many as the cache can hold
     */
    public synchronized int newSequence() {
        requireOpen();
        int sequence = sequences.open();
        if (sequence < 0) {
            throw new CacheFullException("the cache holds " + spec.sequences()
                    + " sequences, as many as it can; free one, or make a cache for more");
        }
        return sequence;
    }

    /** Rows of a sequence, with all that was enqueued. */
    public synchronized int length(int sequence) {
        requireSequence(sequence);
        return sequences.length(sequence);
    }

    /** Sequences that there are. */
    public synchronized int sequenceCount() {
        return sequences.count();
    }

    /** Pages that no sequence has; 0 without pages. */
    public synchronized int freePages() {
        return sequences.freePages();
    }

    /**
     * Enqueues new rows of one sequence, as many as the tensors have.
     *
     * @param stream a stream of the cache's engine, see the class on which
     * @param sequence from {@link #newSequence} or {@link #fork}
     * @param keys F32, F16 or BF16: [1, kvHeads, rows, headDim], or [1, rows, kvHeads, headDim] with
     *     {@link Layout.Order#BATCH_ROW_HEAD}
     * @param values likewise, [.., valueDim], of the same type
     * @throws CacheFullException if the sequence would be longer than maxLength, or the free pages are too few; nothing
     *     was changed
     * @throws IllegalArgumentException if there is no such sequence, or a tensor does not fit, or is of another engine
     * @throws IllegalStateException if cache, stream, tensors or engine are closed
     */
    public synchronized void append(Stream stream, int sequence, DeviceTensor keys, DeviceTensor values) {
        requireOpen();
        Objects.requireNonNull(stream, "stream");
        oneSequence[0] = sequence;
        oneCount[0] = checks.rowsOf(Objects.requireNonNull(keys, "keys"));
        append(stream, oneSequence, oneCount, keys, values);
    }

    /**
     * Enqueues new rows of several sequences, each behind what it has.
     *
     * @param numbers sequences, none twice
     * @param counts how many rows each gets, 0 or more
     * @param keys F32, F16 or BF16: [sequences, kvHeads, rows, headDim] with the rows of each named sequence first in
     *     its entry, or [1, kvHeads, total, headDim] with those of all behind one another; heads and rows change places
     *     with {@link Layout.Order#BATCH_ROW_HEAD}
     * @param values likewise, [.., valueDim], of the same type
     * @throws CacheFullException if a sequence would be longer than maxLength, or the free pages are too few; nothing
     *     was changed
     * @throws IllegalArgumentException if numbers, counts or tensors do not fit, or a tensor is of another engine
     * @throws IllegalStateException if cache, stream, tensors or engine are closed
     */
    public synchronized void append(
            Stream stream, int[] numbers, int[] counts, DeviceTensor keys, DeviceTensor values) {
        requireOpen();
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(numbers, "numbers");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(values, "values");
        checks.checkTensors(numbers.length, counts, keys, values);
        checks.checkSequences(numbers, counts);
        boolean behindOneAnother = keys.batch() == 1;
        boolean rowsFirst = spec.order() == Layout.Order.BATCH_ROW_HEAD;
        int entryRows = spec.kvHeads() * checks.rowsOf(keys); // checked with the tensors, as is the sum below
        call.clear();
        call.headStep = rowsFirst ? 1 : checks.rowsOf(keys);
        call.rowStep = rowsFirst ? spec.kvHeads() : 1;
        sequences.begin();
        boolean enqueued = false;
        try {
            long before = 0;
            for (int i = 0; i < numbers.length; i++) {
                if (!sequences.makeRoom(numbers[i], counts[i], call)) {
                    sequences.rollBack();
                    throw checks.full(numbers, counts);
                }
                if (counts[i] > 0) {
                    call.rows.add(numbers[i]);
                    call.rows.add(counts[i]);
                    call.rows.add(sequences.length(numbers[i]));
                    call.rows.add((int) (behindOneAnother ? before * call.rowStep : (long) i * entryRows));
                }
                call.mostRows = Math.max(call.mostRows, counts[i]);
                before += counts[i];
            }
            store.run(stream, call, keys, values);
            enqueued = true;
        } finally {
            if (!enqueued) {
                sequences.rollBack();
            }
        }
        sequences.commit(call);
    }

    /**
     * Enqueues a new sequence that has the rows of another. With pages it shares them, and whichever is appended to
     * first gets a copy of a last page that is not full; else all rows are copied.
     *
     * @return its number
     * @throws CacheFullException if the cache holds as many sequences as it can
     */
    public synchronized int fork(Stream stream, int sequence) {
        requireSequence(sequence);
        Objects.requireNonNull(stream, "stream");
        int copy = newSequence();
        boolean enqueued = false;
        try {
            call.clear();
            sequences.fork(sequence, copy, call);
            store.run(stream, call, null, null);
            enqueued = true;
        } finally {
            if (!enqueued) {
                sequences.close(copy);
            }
        }
        sequences.commitFork(sequence, copy, call);
        return copy;
    }

    /**
     * Enqueues that a sequence loses its last rows, as after a guess that was wrong.
     *
     * @param stream a stream of the cache's engine, see the class on which
     * @param length rows that stay
     * @throws IllegalStateException if cache, stream or engine are closed
     * @throws IllegalArgumentException if there is no such sequence, if it has fewer, or if with a window a query right
     *     behind {@code length} would see rows that are gone
     */
    public synchronized void trim(Stream stream, int sequence, int length) {
        requireSequence(sequence);
        Objects.requireNonNull(stream, "stream");
        int least = sequences.leastTrim(sequence);
        if (length < 0 || length > sequences.length(sequence) || length < least && length != 0) {
            throw new IllegalArgumentException("length must be 0 or from " + least + " to "
                    + sequences.length(sequence) + ", the rows of sequence " + sequence + ", but is " + length
                    + (least == 0 ? "" : "; what the window left behind is gone"));
        }
        setLength(stream, sequence, length);
        sequences.trim(sequence, length);
    }

    /**
     * Enqueues that a sequence ends; its pages are free at once for what is enqueued after.
     *
     * @param stream a stream of the cache's engine, see the class on which
     * @throws IllegalArgumentException if there is no such sequence
     * @throws IllegalStateException if cache, stream or engine are closed
     */
    public synchronized void free(Stream stream, int sequence) {
        requireSequence(sequence);
        Objects.requireNonNull(stream, "stream");
        setLength(stream, sequence, 0);
        sequences.close(sequence);
    }

    private void setLength(Stream stream, int sequence, int length) {
        call.clear();
        call.lengths.add(sequence);
        call.lengths.add(length);
        store.run(stream, call, null, null);
    }

    private void requireSequence(int sequence) {
        requireOpen();
        checks.requireSequence(sequence);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("cache is closed");
        }
    }

    /** Frees the memory once no queued work uses it. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        store.close();
    }
}
