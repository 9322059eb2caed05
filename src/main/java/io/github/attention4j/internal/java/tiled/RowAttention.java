package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Exact attention of few queries over many keys, as in text generation: what counts is how fast keys and values are
 * read. The queries of all heads that share them go through them together, and the keys are shared out to the threads,
 * in shares of {@link #SHARE}, whose results are joined in their order. So the bits of a result depend neither on how
 * many threads there are nor on what else is in the batch.
 */
public final class RowAttention {
    /** Keys of a share: each of its items reads a few hundred thousand bytes. */
    static final int SHARE = 1024;

    /** Keys that are treated together, at most. */
    static final int TILE = 128;

    /** Keys of smaller pages are copied into whole tiles, which costs less than so many small tiles. */
    private static final int LEAST_TILE = 32;

    /** More queries of a head fill the lanes of {@link TiledAttention}. */
    private static final int MOST_QUERIES = 16;

    /** So few leave most lanes empty. */
    private static final int FEW_QUERIES = 4;

    /**
     * Of more queries each costs as much beside its keys here as a tile with all of them does with fewer keys (Zen 5).
     */
    private static final int KEYS_A_QUERY = 8;

    /** Below this many products a call runs on the caller's thread alone. */
    private static final double ALONE = 1e6;

    private final AttentionSpec spec;
    private final MicroKernels kernels;
    private final Threads threads;
    private final int shares;
    private final ConcurrentLinkedQueue<RowSpace> free = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Shares> freeShares = new ConcurrentLinkedQueue<>();

    public RowAttention(AttentionSpec spec, MicroKernels kernels, Threads threads) {
        this.spec = spec;
        this.kernels = kernels;
        this.threads = threads;
        shares = Math.max(1, (spec.keyLength() - 1) / SHARE + 1);
    }

    /** Whether a call is better computed here than in tiles with a query a lane. */
    public static boolean isMeantFor(AttentionSpec spec) {
        int queries = spec.queryLength();
        boolean areFew =
                queries <= FEW_QUERIES || queries <= MOST_QUERIES && spec.keyLength() >= KEYS_A_QUERY * queries;
        return areFew && !spec.has(Operand.ADDITIVE_VECTOR);
    }

    /** Keys that are treated together: those of a page lie side by side and can be read where they are. */
    static int tile(AttentionSpec spec) {
        int page = spec.operand(Operand.KEY).rows();
        return spec.isPaged() && page >= LEAST_TILE ? Math.min(TILE, page) : TILE;
    }

    /** What is computed together, in a few words. */
    public String describe() {
        return spec.queryLength() * spec.groupSize() + " query rows a key/value head x " + tile(spec)
                + " keys, shares of " + SHARE + " keys";
    }

    /** Computes all rows of all entries of these calls, whose shares of keys the threads share. */
    public void attend(List<Operands> calls) {
        int heads = Math.multiplyExact(spec.batch(), spec.kvHeads());
        int itemsOfCall = Math.multiplyExact(heads, shares);
        int items = Math.multiplyExact(itemsOfCall, calls.size());
        Shares[] found = new Shares[calls.size()];
        for (int call = 0; call < found.length && shares > 1; call++) {
            Shares kept = freeShares.poll();
            found[call] = kept == null ? new Shares(spec, shares) : kept;
        }
        AtomicIntegerArray done = new AtomicIntegerArray(Math.multiplyExact(heads, calls.size()));
        Threads.Work work = next -> {
            RowSpace kept = free.poll();
            RowSpace space = kept == null ? new RowSpace(spec, kernels) : kept;
            Threads.runCalls(next, itemsOfCall, call -> {
                RowWorker worker = new RowWorker(spec, calls.get(call), space);
                return item -> attend(worker, item, found[call], done, call * heads);
            });
            space.release();
            free.add(space);
        };
        double products = (double) heads * spec.groupSize() * spec.queryLength() * spec.keyLength() * spec.headDim();
        threads.run(items, products * calls.size() / ALONE, work);
        if (shares > 1) {
            freeShares.add(found[0]); // not all: many calls at once are no reason to keep as many for ever
        }
    }

    /**
     * Computes a share, and joins those of its head if it was the last.
     *
     * @param found of the call; null if a head has one share, of which the worker knows
     * @param firstHead the call's first in {@code done}
     */
    private void attend(RowWorker worker, int item, Shares found, AtomicIntegerArray done, int firstHead) {
        int head = item / shares;
        worker.attend(head / spec.kvHeads(), head % spec.kvHeads(), item % shares);
        if (found != null) {
            found.keep(item, worker.panels());
        }
        if (done.incrementAndGet(firstHead + head) == shares) {
            worker.join(head, found);
        }
    }
}
