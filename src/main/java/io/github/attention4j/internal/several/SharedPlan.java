package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.java.CalledPlan;
import io.github.attention4j.internal.java.JavaBackend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that several devices share: each computes its share, the last of them on the caller's thread. */
final class SharedPlan extends CalledPlan {
    private static final Logger LOG = LoggerFactory.getLogger(SharedPlan.class);

    private final JavaBackend host;
    private final Workers workers;
    /** Of devices that cannot compute this spec, why; null of others. */
    private final String[] reasons;

    private final Shares cutter;
    private Shares.Cut cut;
    private List<Share> shares;

    SharedPlan(JavaBackend host, AttentionSpec spec, Workers workers, Shares cutter) {
        super(host, spec);
        this.host = host;
        this.workers = workers;
        this.cutter = cutter;
        reasons = new String[workers.count()];
        currentShares();
    }

    /**
     * By what is known of the devices now.
     *
     * @throws UnsupportedByDeviceException if none can compute it
     */
    private synchronized List<Share> currentShares() {
        while (true) {
            double[] rates = workers.rates();
            for (int i = 0; i < rates.length; i++) {
                rates[i] = reasons[i] == null ? rates[i] : 0;
            }
            Shares.Cut now = cutter.cut(spec(), rates);
            if (now.equals(cut)) {
                return shares;
            }
            List<Share> made = Shares.of(spec(), now);
            if (canBePlanned(made)) {
                cut = now;
                shares = made;
                return made;
            }
        }
    }

    private boolean canBePlanned(List<Share> shares) {
        for (Share share : shares) {
            try {
                workers.plan(share);
            } catch (UnsupportedByDeviceException e) {
                reasons[share.device()] = e.getMessage();
                if (countOfAble() == 0) {
                    throw new UnsupportedByDeviceException(
                            "no device can compute it; " + workers.name(share.device()) + ": " + e.getMessage(),
                            e.explain());
                }
                return false;
            }
        }
        return true;
    }

    private int countOfAble() {
        int able = 0;
        for (String reason : reasons) {
            able += reason == null ? 1 : 0;
        }
        return able;
    }

    /** Calls on a cache go where its sequences are. */
    @Override
    protected Runnable work(AttentionTensors tensors) {
        if (!(tensors.get(Operand.KEY) instanceof SharedTensor key)) {
            return super.work(tensors);
        }
        key.store().requireOf(host);
        AttentionArrays arrays = arrays(tensors, operand -> !isOf(key.store(), tensors.get(operand)));
        return key.store().using(new CachedCall(spec(), key.store(), arrays, workers)::run);
    }

    private static boolean isOf(SharedKvStore store, DeviceTensor tensor) {
        return tensor instanceof SharedTensor shared && shared.store() == store;
    }

    @Override
    public void attend(AttentionArrays arrays) {
        List<Share> all = currentShares();
        List<CompletableFuture<AttentionArrays>> done = new ArrayList<>();
        all.forEach(share -> done.add(new CompletableFuture<>()));
        int begin = 0;
        for (int end = 1; end <= all.size(); end++) {
            if (end == all.size() || all.get(end).device() != all.get(begin).device()) {
                List<Share> own = all.subList(begin, end);
                List<CompletableFuture<AttentionArrays>> ownDone = done.subList(begin, end);
                begin = end;
                if (end < all.size()) {
                    workers.start(() -> compute(own, ownDone, arrays), ownDone);
                } else {
                    compute(own, ownDone, arrays);
                }
            }
        }
        List<AttentionArrays> results = new ArrayList<>();
        Throwable failure = null;
        for (int i = 0; i < all.size(); i++) { // all of them: none may write to the arrays after this
            try {
                results.add(result(all.get(i), done.get(i), arrays));
            } catch (RuntimeException | Error e) {
                failure = failure == null ? e : with(failure, e);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        Union.of(all, results, arrays);
    }

    /** The shares of a device, one behind another. */
    private void compute(List<Share> own, List<CompletableFuture<AttentionArrays>> done, AttentionArrays arrays) {
        for (int i = 0; i < own.size(); i++) {
            try {
                done.get(i).complete(compute(own.get(i), arrays));
            } catch (RuntimeException | Error e) {
                done.get(i).completeExceptionally(e);
            }
        }
    }

    private static Throwable with(Throwable first, Throwable next) {
        first.addSuppressed(next);
        return first;
    }

    /** The arrays of the share, whose outputs are in those of the call if it has them for itself. */
    private AttentionArrays compute(Share share, AttentionArrays arrays) {
        AttentionArrays own = Piece.cut(share, arrays);
        workers.attend(share, own);
        Piece.putBack(share, own, arrays);
        return own;
    }

    /** What a device made of its share; or another one, if that is wanted and it failed. */
    private AttentionArrays result(Share share, CompletableFuture<AttentionArrays> done, AttentionArrays arrays) {
        try {
            return done.join();
        } catch (CompletionException e) { // which join makes of any failure
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            RuntimeException failure = named(share, (RuntimeException) e.getCause());
            if (workers.takesOver() && failure instanceof DeviceException) {
                return takeOver(share, arrays, failure);
            }
            throw failure;
        }
    }

    private RuntimeException named(Share share, RuntimeException cause) {
        if (!(cause instanceof DeviceException)) {
            return cause; // as a closed engine, which is no device's fault
        }
        return new DeviceException(
                workers.name(share.device()) + " failed in its share of a call, " + share + ": " + cause.getMessage()
                        + (workers.takesOver()
                                ? ""
                                : "; with EngineOptions.withTakeOver(true) the others would compute it"),
                cause);
    }

    private AttentionArrays takeOver(Share share, AttentionArrays arrays, RuntimeException failure) {
        for (int other = 0; other < workers.count(); other++) {
            if (other == share.device() || reasons[other] != null) {
                continue;
            }
            try {
                AttentionArrays result = compute(share.on(other), arrays);
                LOG.warn("{}; {} computed it", failure.getMessage(), workers.name(other));
                return result;
            } catch (DeviceException | UnsupportedByDeviceException e) {
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    @Override
    public KernelFamily family() {
        return workers.plan(currentShares().get(0)).family();
    }

    @Override
    public String explain() {
        List<Share> shares = currentShares();
        StringBuilder text = new StringBuilder("shared out over " + workers.count() + " devices by measured speed:");
        for (Share share : shares) {
            text.append("\n  ")
                    .append(workers.name(share.device()))
                    .append(" computes ")
                    .append(share);
        }
        for (int device = 0; device < workers.count(); device++) {
            if (reasons[device] != null) {
                text.append("\n  not on ")
                        .append(workers.name(device))
                        .append(": ")
                        .append(reasons[device]);
            } else {
                text.append("\n  ").append(workers.name(device)).append(": ").append(Balance.of(device, shares));
            }
        }
        for (By by : By.values()) {
            String reason = Obstacles.to(by, spec());
            if (reason != null) {
                text.append("\n  not cut into ").append(by).append(": ").append(reason);
            }
        }
        Set<String> known = new HashSet<>();
        for (Share share : shares) {
            String plan = "\n" + workers.name(share.device()) + ": "
                    + workers.plan(share).explain();
            text.append(known.add(plan) ? plan : "");
        }
        return text.toString();
    }
}
