package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Shapes given on the command line: every combination of the lists. */
final class ShapeOptions {
    /** Values of {@code --causal}. */
    enum Causal {
        YES,
        NO,
        BOTH
    }

    @Option(names = "--batch", split = ",", paramLabel = "N", description = "Entries of the batch (1).")
    List<Integer> batch = List.of();

    @Option(names = "--heads", split = ",", paramLabel = "N", description = "Query heads (8).")
    List<Integer> heads = List.of();

    @Option(
            names = "--kv-heads",
            split = ",",
            paramLabel = "N",
            description = "Key/value heads, a divisor of the query heads (as many as query heads).")
    List<Integer> kvHeads = List.of();

    @Option(names = "--length", split = ",", paramLabel = "N", description = "Queries and keys alike (1024).")
    List<Integer> length = List.of();

    @Option(names = "--query-length", split = ",", paramLabel = "N", description = "Queries (as many as keys).")
    List<Integer> queryLength = List.of();

    @Option(names = "--key-length", split = ",", paramLabel = "N", description = "Keys (as many as queries).")
    List<Integer> keyLength = List.of();

    @Option(names = "--head-dim", split = ",", paramLabel = "N", description = "Size of a query and key row (64).")
    List<Integer> headDim = List.of();

    @Option(names = "--value-dim", split = ",", paramLabel = "N", description = "Size of a value row (as headDim).")
    List<Integer> valueDim = List.of();

    @Option(
            names = "--causal",
            arity = "0..1",
            fallbackValue = "YES",
            paramLabel = "yes|no|both",
            description = "With a causal mask; the last query sees the last key (no).")
    Causal causal;

    /** Whether any shape was given. */
    boolean given() {
        return causal != null
                || List.of(batch, heads, kvHeads, length, queryLength, keyLength, headDim, valueDim).stream()
                        .anyMatch(list -> !list.isEmpty());
    }

    /**
     * All combinations; 0 stands for "not given" where the default depends on the others.
     *
     * @throws IllegalArgumentException if one of them is no valid spec
     */
    List<AttentionSpec> specs() {
        List<AttentionSpec> specs = new ArrayList<>();
        for (int b : or(batch, 1)) {
            for (int h : or(heads, 8)) {
                for (int kv : or(kvHeads, h)) {
                    for (int[] lengths : lengths()) {
                        addForLengths(specs, b, h, kv, lengths);
                    }
                }
            }
        }
        return specs;
    }

    private void addForLengths(List<AttentionSpec> specs, int b, int h, int kv, int[] lengths) {
        for (int d : or(headDim, 64)) {
            for (int dv : or(valueDim, d)) {
                for (boolean masked : masks()) {
                    AttentionSpecBuilder builder = AttentionSpec.builder()
                            .batch(b)
                            .heads(h)
                            .kvHeads(kv)
                            .queryLength(lengths[0])
                            .keyLength(lengths[1])
                            .headDim(d)
                            .valueDim(dv);
                    specs.add((masked ? builder.causal() : builder).build());
                }
            }
        }
    }

    private List<int[]> lengths() {
        List<int[]> pairs = new ArrayList<>();
        if (queryLength.isEmpty() || keyLength.isEmpty()) {
            for (int n : or(length, or(queryLength, or(keyLength, 1024)))) {
                pairs.add(new int[] {n, n});
            }
            return pairs;
        }
        for (int q : queryLength) {
            for (int k : keyLength) {
                pairs.add(new int[] {q, k});
            }
        }
        return pairs;
    }

    private boolean[] masks() {
        return causal == Causal.BOTH ? new boolean[] {false, true} : new boolean[] {causal == Causal.YES};
    }

    private static List<Integer> or(List<Integer> given, int otherwise) {
        return or(given, List.of(otherwise));
    }

    private static List<Integer> or(List<Integer> given, List<Integer> otherwise) {
        return given.isEmpty() ? otherwise : given;
    }
}
