package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DeviceException;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.calls.PlannedCalls;
import io.github.attention4j.internal.java.memory.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices, with the plans of each, how fast they are, and threads that wait for them. */
final class Workers {
    /** So many calls between two looks at devices that get no shares: what slowed one down may be over. */
    private static final int CALLS_BETWEEN_LOOKS = 256;

    private static final int TRIALS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final List<Backend> backends;
    private final boolean takesOver;
    private final List<PlannedCalls> calls = new ArrayList<>();
    private final Rates rates;
    private final long[] shares;
    private final AtomicInteger count = new AtomicInteger();
    private final ExecutorService threads;

    Workers(List<Backend> backends, boolean takesOver, Rates rates) {
        this.takesOver = takesOver;
        this.backends = List.copyOf(backends);
        backends.forEach(backend -> calls.add(new PlannedCalls(backend)));
        this.rates = rates;
        shares = new long[backends.size()];
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "attention4j-device-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    int count() {
        return backends.size();
    }

    /** Whether others compute the share of a device that fails. */
    boolean takesOver() {
        return takesOver;
    }

    String name(int device) {
        return '"' + backends.get(device).device().id() + '"';
    }

    AttentionPlan plan(Share share) {
        return calls.get(share.device()).plan(share.spec());
    }

    /** A cache whose sequences are shared out by speed. */
    SharedKvStore newKvStore(KvCacheSpec spec, float[] cosines, float[] sines, Owner owner) {
        int[] counts = Shares.counts(spec.sequences(), rates());
        return new SharedKvStore(spec, cosines, sines, owner, backends, counts);
    }

    /** Where the engine is closed, what waits for the work fails: shares that were started must be waited for. */
    void start(Runnable work, List<? extends CompletableFuture<?>> waiting) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException e) {
            var closed = new IllegalStateException("engine is closed", e);
            waiting.forEach(future -> future.completeExceptionally(closed));
        }
    }

    /** Computes a share, and learns from it. */
    void attend(Share share, AttentionArrays arrays) {
        long begin = System.nanoTime();
        calls.get(share.device()).attend(share.spec(), arrays);
        rates.add(share.device(), share.work(), System.nanoTime() - begin);
        synchronized (shares) {
            shares[share.device()]++;
        }
    }

    /** How fast each is; measured now where that is not known. */
    double[] rates() {
        boolean isTime = !rates.areGiven() && count.incrementAndGet() % CALLS_BETWEEN_LOOKS == 0;
        if (isTime || !rates.areMeasured()) {
            synchronized (rates) {
                double[] known = rates.all();
                for (int i = 0; i < known.length; i++) {
                    if (known[i] == 0 || isTime && isIdle(i)) {
                        tryToMeasure(i);
                    }
                }
            }
        }
        return rates.all();
    }

    private boolean isIdle(int device) {
        synchronized (shares) {
            boolean isIdle = shares[device] == 0;
            shares[device] = 0;
            return isIdle;
        }
    }

    /** A small attention, by which the best of a few runs counts: the first compiles. */
    private void measure(int device) {
        AttentionSpec spec =
                AttentionSpec.builder().heads(8).sequenceLength(256).headDim(64).build();
        float[] rows = new float[8 * 256 * 64];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (i % 17 - 8) / 8f;
        }
        AttentionArrays arrays = AttentionArrays.of(rows, rows, rows, new float[rows.length]);
        Share all = Share.of(device, spec);
        long best = Long.MAX_VALUE;
        for (int trial = 0; trial < TRIALS; trial++) {
            long begin = System.nanoTime();
            calls.get(device).attend(spec, arrays);
            best = Math.min(best, System.nanoTime() - begin);
        }
        rates.set(device, all.work(), best);
    }

    /** A device that fails gets no shares, if the others are to take over, and is told of. */
    private void tryToMeasure(int device) {
        try {
            measure(device);
        } catch (DeviceException e) {
            String what = name(device) + " failed when its speed was measured: " + e.getMessage();
            if (!takesOver) {
                throw new DeviceException(what + "; open an engine without it, or EngineOptions.withTakeOver(true)", e);
            }
            LOG.warn("{}; the others compute without it", what);
            rates.set(device, Double.MIN_NORMAL, 1);
        }
    }

    /** Frees what belongs to the devices, all of it, whatever fails. */
    void close() {
        threads.shutdown();
        RuntimeException failure = null;
        for (int i = 0; i < backends.size(); i++) {
            calls.get(i).clear();
            try {
                backends.get(i).close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
