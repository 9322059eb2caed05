package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DeviceException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.java.CalledPlan;
import io.github.attention4j.internal.java.JavaBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that several devices share: each computes its share, the last of them on the caller's thread. */
final class SharedPlan extends CalledPlan {
    private static final Logger LOG = LoggerFactory.getLogger(SharedPlan.class);

    private final Workers workers;
    /** Of devices that cannot compute this spec, why; null of others. */
    private final String[] reasons;

    private Shares.Cut cut;
    private List<Share> shares;

    SharedPlan(JavaBackend host, AttentionSpec spec, Workers workers) {
        super(host, spec);
        this.workers = workers;
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
            Shares.Cut now = Shares.cut(spec(), rates);
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

    @Override
    public void attend(AttentionArrays arrays) {
        List<Share> shares = currentShares();
        List<CompletableFuture<Void>> others = new ArrayList<>();
        for (Share share : shares.subList(0, shares.size() - 1)) {
            others.add(workers.start(() -> compute(share, arrays)));
        }
        CompletableFuture<Void> own = new CompletableFuture<>();
        try {
            compute(shares.get(shares.size() - 1), arrays);
            own.complete(null);
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
        }
        others.add(own);
        RuntimeException failure = null;
        for (int i = 0; i < shares.size(); i++) { // all of them: none may write to the arrays after this
            failure = failure(shares.get(i), others.get(i), arrays, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void compute(Share share, AttentionArrays arrays) {
        AttentionArrays own = Piece.cut(share, arrays);
        workers.attend(share, own);
        Piece.putBack(share, own, arrays);
    }

    /** What went wrong so far, with this share. */
    private RuntimeException failure(
            Share share, CompletableFuture<Void> done, AttentionArrays arrays, RuntimeException before) {
        Throwable cause = null;
        try {
            done.join();
        } catch (CompletionException e) {
            cause = e.getCause();
        } catch (CancellationException e) {
            cause = e;
        }
        if (cause == null) {
            return before;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        RuntimeException failure = named(share, (RuntimeException) cause);
        if (before == null && workers.takesOver() && failure instanceof DeviceException) {
            failure = takeOver(share, arrays, failure);
        }
        if (before != null && failure != null) {
            before.addSuppressed(failure);
            return before;
        }
        return failure;
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

    /** Null if another device computed the share. */
    private RuntimeException takeOver(Share share, AttentionArrays arrays, RuntimeException failure) {
        for (int other = 0; other < workers.count(); other++) {
            if (other == share.device() || reasons[other] != null) {
                continue;
            }
            try {
                compute(share.on(other), arrays);
                LOG.warn("{}; {} computed it", failure.getMessage(), workers.name(other));
                return null;
            } catch (DeviceException | UnsupportedByDeviceException e) {
                failure.addSuppressed(e);
            }
        }
        return failure;
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
        for (int i = 0; i < reasons.length; i++) {
            if (reasons[i] != null) {
                text.append("\n  not on ").append(workers.name(i)).append(": ").append(reasons[i]);
            }
        }
        for (Share share : shares) {
            text.append("\n").append(workers.name(share.device())).append(": ");
            text.append(workers.plan(share).explain());
        }
        return text.toString();
    }
}
