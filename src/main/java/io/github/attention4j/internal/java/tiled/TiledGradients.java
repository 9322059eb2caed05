package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.List;
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

    /** Computes all gradients that the spec asks for, of all calls, whose work items the threads share. */
    public void compute(List<Operands> calls) {
        if (wantsMoreThanBias()) {
            computeAllButBias(calls);
        }
        if (spec.has(Operand.GRAD_BIAS)) {
            run(GradientBias.items(spec, tiles), calls, (call, space, pairs) -> {
                GradientBias bias = new GradientBias(spec, calls.get(call), tiles, space, pairs);
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

    private void computeAllButBias(List<Operands> calls) {
        int items = Math.multiplyExact(spec.batch(), Math.multiplyExact(spec.kvHeads(), tiles.shares()));
        GradientSums[] sums = new GradientSums[calls.size()];
        for (int call = 0; call < sums.length; call++) {
            sums[call] = new GradientSums(spec, calls.get(call), tiles, items);
        }
        run(items, calls, (call, space, pairs) -> {
            GradientSums own = sums[call];
            GradientWorker worker =
                    new GradientWorker(spec, calls.get(call), tiles, space, pairs, own.shares, own.heads, own.tensors);
            return item -> {
                int head = item / tiles.shares();
                worker.compute(head / spec.kvHeads(), head % spec.kvHeads(), item % tiles.shares());
                own.done();
            };
        });
    }

    /** Makes what one thread runs for each item of a call. */
    private interface Worker {
        IntConsumer of(int call, GradientSpace space, GradientPairs pairs);
    }

    private void run(int itemsOfCall, List<Operands> calls, Worker worker) {
        threads.run(Math.multiplyExact(itemsOfCall, calls.size()), next -> {
            GradientSpace space = take();
            Threads.runCalls(
                    next,
                    itemsOfCall,
                    call -> worker.of(call, space, new GradientPairs(spec, calls.get(call), kernels, space, tiles)));
            give(space);
        });
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
