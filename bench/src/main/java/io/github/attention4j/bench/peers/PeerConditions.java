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
    public static List<String> of(TimingRounds pace, List<PeerKind> kinds, List<PeerResult> results, boolean quick) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "Each contender runs in a process of its own, with its own defaults on all processors, inputs where it wants"
                        + " them beforehand, " + pace.rounds() + " turns of about " + Math.round(pace.sliceMillis())
                        + " ms each, one after the other. Medians. Every answer was checked first"
                        + (hasGradients(kinds) ? "." : ", on all rows or on 96 sampled ones."));
        lines.add(
                "\"added MB\" is how far the resident set grew during first call and warm-up beyond inputs and output, after a"
                        + " small call that loads code. \"processors\" is processor time over time; a measurement that had less than 85 %"
                        + " of what its contender had in its best one is starved: it is repeated, and left out of the median.");
        if (hasGradients(kinds)) {
            lines.add(
                    "Gradients of query, key and value, 24 rows of each, were checked against their definition in double precision;"
                            + " \"max error\" is a share of the largest element. FLOPs of backward are counted as 2.5 times those of forward."
                            + " \"backward only\" has the out and the lse of a forward call made beforehand. At more than 2^31 pairs"
                            + " gradients of key and value were checked by what they must add up to.");
        }
        kinds.stream()
                .filter(kind -> !kind.environment().isEmpty())
                .map(kind -> kind.name() + " is the same library with " + new TreeMap<>(kind.environment()) + ".")
                .forEach(lines::add);
        Map<String, String> given = environment(System.getenv());
        if (!given.isEmpty()) {
            lines.add("The environment of all sets " + given + ".");
        }
        TreeSet<String> versions = new TreeSet<>();
        TreeMap<String, String> failures = new TreeMap<>(); // a sentence for each contender that failed
        for (PeerResult result : results) {
            for (PeerRow row : result.rows()) {
                versions.add(row.version());
                if (row.status() == Status.FAILED) {
                    String name = row.kind().name();
                    failures.putIfAbsent(name, name + " FAILED at one shape or more: " + row.reason());
                }
            }
        }
        versions.remove("");
        lines.add("Versions: " + String.join("; ", versions) + ".");
        lines.addAll(failures.values());
        if (quick) {
            lines.add("This was a quick run: few shapes and rounds.");
        }
        return lines;
    }

    private static boolean hasGradients(List<PeerKind> kinds) {
        return kinds.stream().anyMatch(kind -> kind.pass().hasGradients());
    }

    static Map<String, String> environment(Map<String, String> all) {
        Map<String, String> relevant = new TreeMap<>(all);
        relevant.entrySet()
                .removeIf(each -> PREFIXES.stream().noneMatch(each.getKey()::startsWith)
                        || each.getValue().contains("/")); // a folder decides nothing
        return relevant;
    }
}
