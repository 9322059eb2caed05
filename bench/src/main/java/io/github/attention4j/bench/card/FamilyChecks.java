package io.github.attention4j.bench.card;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Case;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks kernel families request by request, the most important request of every family before the next: when time is
 * up, it is up for all of them alike.
 *
 * @param own the families that the planner takes on the device, to be checked on every request
 * @param others families made for other devices, to be checked on a few requests
 * @param cases the requests, the most important first
 * @param few how many requests the others get
 */
public record FamilyChecks(List<KernelFamily> own, List<KernelFamily> others, List<Case> cases, int few) {
    /** Checks one request on one family. */
    public interface Check {
        /** What became of it. */
        CheckResult run(KernelFamily family, Case request);
    }

    /** Likewise, with the families that are not the device's own from among all. */
    public static FamilyChecks of(List<KernelFamily> own, List<KernelFamily> all, List<Case> cases, int few) {
        List<KernelFamily> others =
                all.stream().filter(family -> !own.contains(family)).toList();
        return new FamilyChecks(own, others, cases, Math.min(few, cases.size()));
    }

    /** How many checks there are. */
    public int count() {
        return own.size() * cases.size() + others.size() * few;
    }

    /** All of them, in this order. */
    public List<CheckResult> run(Check check) {
        List<CheckResult> results = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            for (KernelFamily family : own) {
                results.add(check.run(family, cases.get(i)));
            }
            if (i == few - 1) { // not before the own have had theirs
                cases.subList(0, few)
                        .forEach(request -> others.forEach(other -> results.add(check.run(other, request))));
            }
        }
        return results;
    }

    /** {@code "43 requests on [TILES, DECODE], the first 4 of them on [LANES]"}. */
    public String describe() {
        return cases.size() + " requests on " + own
                + (others.isEmpty() || few == 0 ? "" : ", the first " + few + " of them on " + others);
    }
}
