package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Exact attention in one pass over the keys, on all threads of a {@link Threads}: the twin in Java of the OpenCL kernel
 * for CPU devices.
 *
 * <p>A work item is a tile of {@code tileQ} queries of one head of one batch entry ({@link TileWorker}). It walks the
 * tiles of {@code tileKv} keys that its queries see, and takes each through its {@link Panel}s: scores, {@link Score},
 * mask, online softmax, outputs. Keys that no query of a panel sees are left out, and the mask is only looked at where
 * a panel's queries differ in what they see ({@link MaskRows}).
 */
public final class TiledAttention {
    /** Below this many operations a call runs on the caller's thread alone: waking another takes about as long. */
    private static final double ALONE = 2e6;

    private final AttentionSpec spec;
    private final MicroKernels kernels;
    private final Threads threads;
    private final int lanes;
    private final int tileQ;
    private final int tileKv;
    private final ConcurrentLinkedQueue<TileSpace> free = new ConcurrentLinkedQueue<>();

    public TiledAttention(AttentionSpec spec, MicroKernels kernels, Threads threads) {
        this.spec = spec;
        this.kernels = kernels;
        this.threads = threads;
        lanes = kernels.lanes(spec.queryLength());
        tileQ = Math.min(kernels.tileQ(spec.queryLength()), blocks(spec.queryLength(), lanes) * lanes);
        tileKv = kernels.tileKv();
    }

    /** What is computed together, in a few words. */
    public String describe() {
        return tileQ + " queries x " + tileKv + " keys, " + lanes + " queries a panel";
    }

    /** Multiplications and additions of both products of a call, masks left out of account. */
    public static double operations(AttentionSpec spec) {
        double pairs = (double) spec.queryLength() * spec.keyLength();
        return 2 * pairs * spec.batch() * spec.heads() * (spec.headDim() + spec.valueDim());
    }

    /** Computes all rows of all entries of these calls, whose tiles the threads share. */
    public void attend(List<Operands> calls) {
        int tiles = blocks(spec.queryLength(), tileQ);
        int itemsOfCall = Math.toIntExact((long) spec.batch() * spec.heads() * tiles);
        int items = Math.multiplyExact(itemsOfCall, calls.size());
        Threads.Work work = next -> {
            TileSpace kept = free.poll();
            TileSpace space = kept == null ? new TileSpace(spec, kernels, tileQ, lanes) : kept;
            Threads.runCalls(next, itemsOfCall, call -> {
                TileWorker worker = new TileWorker(spec, calls.get(call), space, lanes, tileQ, tileKv);
                return item -> attend(worker, item / tiles, tiles - 1 - item % tiles);
            });
            space.release();
            free.add(space);
        };
        threads.run(items, operations(spec) * calls.size() / ALONE, work);
    }

    /** With a causal mask the last tile of a head is the longest, and so comes first. */
    private void attend(TileWorker worker, int head, int tile) {
        worker.attend(head / spec.heads(), head % spec.heads(), tile * tileQ);
    }

    private static int blocks(int n, int size) {
        return (n + size - 1) / size;
    }
}
