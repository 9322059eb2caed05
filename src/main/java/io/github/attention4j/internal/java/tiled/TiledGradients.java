package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;

/**
 * Gradients of exact attention in one pass over all pairs, on all threads of a {@link Threads}: the twin in Java of the
 * OpenCL kernel for CPU devices. As Dao, "FlashAttention-2" (2023), section 3.1.2, it makes the weights again from
 * scores and lse, and needs memory linear in the sequence length.
 *
 * <p>A work item is a share of the keys of one key/value head ({@link GradientWorker}). The queries of the head's group
 * walk past each tile of its keys, {@link GradientPairs} finds the gradients of their scores, and three products take
 * these to the gradients of keys and values, which stay with the tile, and of queries, of which each share has sums of
 * its own.
 */
public final class TiledGradients {
    private final AttentionSpec spec;
    private final MicroKernels kernels;
    private final Threads threads;
    private final GradientTiles tiles;
    private final ConcurrentLinkedQueue<GradientSpace> free = new ConcurrentLinkedQueue<>();

    public TiledGradients(AttentionSpec spec, MicroKernels kernels, Threads threads) {
        this.spec = spec;
        this.kernels = kernels;
        this.threads = threads;
        tiles = GradientTiles.of(spec, kernels);
    }

    /** What is computed together, in a few words. */
    public String describe() {
        return tiles.rows() + " queries x " + tiles.keys() + " keys, " + tiles.lanes() + " keys a panel, "
                + tiles.shares() + (tiles.shares() == 1 ? " share" : " shares") + " of a head's keys";
    }

    /** Computes all gradients that the spec asks for. */
    public void compute(Operands operands) {
        if (wantsMoreThanBias()) {
            computeAllButBias(operands);
        }
        if (spec.has(Operand.GRAD_BIAS)) {
            run(GradientBias.items(spec, tiles), operands, (space, pairs) -> {
                GradientBias bias = new GradientBias(spec, operands, tiles, space, pairs);
                return bias::compute;
            });
        }
    }

    private boolean wantsMoreThanBias() {
        for (Operand operand : Operand.values()) {
            if (operand != Operand.GRAD_BIAS && spec.isOutput(operand)) {
                return true;
            }
        }
        return false;
    }

    private void computeAllButBias(Operands operands) {
        int kvHeads = Math.multiplyExact(spec.batch(), spec.kvHeads());
        GradientShares shares = new GradientShares(kvHeads, tiles.shares());
        GradientHeads heads = new GradientHeads(spec, operands, tiles);
        GradientTensors tensors = new GradientTensors(spec, operands, kvHeads * tiles.shares());
        run(kvHeads * tiles.shares(), operands, (space, pairs) -> {
            GradientWorker worker = new GradientWorker(spec, operands, tiles, space, pairs, shares, heads, tensors);
            return item -> {
                int head = item / tiles.shares();
                worker.compute(head / spec.kvHeads(), head % spec.kvHeads(), item % tiles.shares());
            };
        });
        heads.write();
        tensors.write();
    }

    /** Makes what one thread runs for each item. */
    private interface Worker {
        IntConsumer of(GradientSpace space, GradientPairs pairs);
    }

    private void run(int items, Operands operands, Worker worker) {
        Threads.Work work = next -> {
            GradientSpace space = take();
            IntConsumer each = worker.of(space, new GradientPairs(spec, operands, kernels, space, tiles));
            for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
                each.accept(item);
            }
            give(space);
        };
        threads.run(items, work);
    }

    private GradientSpace take() {
        GradientSpace space = free.poll();
        return space == null ? new GradientSpace(spec, kernels, tiles) : space;
    }

    private void give(GradientSpace space) {
        space.release();
        free.add(space);
    }
}
