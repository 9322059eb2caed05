package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.peers.PeerRow.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** How the comparison was made, and what did not take part, in sentences. */
public final class PeerConditions {
    /** Variables that decide about threads or kernels of the libraries. */
    private static final List<String> PREFIXES =
            List.of("OMP_", "GOMP_", "KMP_", "OPENBLAS_", "MKL_", "DNNL_", "POCL_");

    private PeerConditions() {}

    /** The sentences. */
    public static List<String> of(PeerPace pace, List<PeerKind> kinds, List<PeerResult> results, boolean quick) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "Each contender runs in a process of its own, with its own defaults on all processors, inputs where it wants"
                        + " them beforehand, " + pace.rounds() + " turns of about " + Math.round(pace.sliceMillis())
                        + " ms each, one after the other. Medians. Every answer was checked first, on all rows or on 96 sampled ones.");
        lines.add(
                "\"added MB\" is how far the resident set grew during first call and warm-up beyond inputs and output, after a"
                        + " small call that loads code. \"processors\" is processor time over time; a measurement that had less than 85 %"
                        + " of what its contender had in its best one is starved: it is repeated, and left out of the median.");
        for (PeerKind kind : kinds) {
            if (!kind.environment().isEmpty()) {
                lines.add(kind.name() + " is the same library with " + new TreeMap<>(kind.environment()) + ".");
            }
        }
        Map<String, String> given = environment(System.getenv());
        if (!given.isEmpty()) {
            lines.add("The environment of all sets " + given + ".");
        }
        lines.add("Versions: " + String.join("; ", versions(results)) + ".");
        lines.addAll(absent(results));
        if (quick) {
            lines.add("This was a quick run: few shapes and rounds.");
        }
        return lines;
    }

    static Map<String, String> environment(Map<String, String> all) {
        Map<String, String> relevant = new TreeMap<>();
        all.forEach((name, value) -> {
            if (PREFIXES.stream().anyMatch(name::startsWith) && !value.contains("/")) { // a folder decides nothing
                relevant.put(name, value);
            }
        });
        return relevant;
    }

    private static TreeSet<String> versions(List<PeerResult> results) {
        TreeSet<String> versions = new TreeSet<>();
        for (PeerResult result : results) {
            for (PeerRow row : result.rows()) {
                if (!row.version().isEmpty()) {
                    versions.add(row.version());
                }
            }
        }
        return versions;
    }

    /** A sentence for each contender that did not run at all, and why. */
    private static List<String> absent(List<PeerResult> results) {
        Map<String, String> reasons = new TreeMap<>();
        for (PeerResult result : results) {
            for (PeerRow row : result.rows()) {
                if (row.status() == Status.FAILED) {
                    reasons.putIfAbsent(row.kind().name(), row.reason());
                }
            }
        }
        List<String> lines = new ArrayList<>();
        reasons.forEach((name, reason) -> lines.add(name + " FAILED at one shape or more: " + reason));
        return lines;
    }
}
