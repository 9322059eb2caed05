package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shapes given on the command line: every combination of the lists. */
final class ShapeOptions {
    private final Arguments arguments;

    private ShapeOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * All combinations; none if no shape is given.
     *
     * @throws IllegalArgumentException if one of them is no valid spec
     */
    static List<AttentionSpec> specs(Arguments arguments) {
        return arguments.hasShapes() ? new ShapeOptions(arguments).specs() : List.of();
    }

    private List<AttentionSpec> specs() {
        List<AttentionSpec> specs = new ArrayList<>();
        for (int batch : given("--batch", 1)) {
            for (int heads : given("--heads", 8)) {
                for (int kvHeads : given("--kv-heads", heads)) {
                    for (int[] length : lengths()) {
                        for (int headDim : given("--head-dim", 64)) {
                            for (int valueDim : given("--value-dim", headDim)) {
                                for (boolean causal : masks()) {
                                    specs.add(Shapes.spec(
                                            batch, heads, kvHeads, length[0], length[1], headDim, valueDim, causal));
                                }
                            }
                        }
                    }
                }
            }
        }
        return specs;
    }

    /** Pairs of queries and keys. */
    private List<int[]> lengths() {
        List<int[]> pairs = new ArrayList<>();
        if (arguments.has("--query-length") && arguments.has("--key-length")) {
            for (int queries : given("--query-length", 0)) {
                given("--key-length", 0).forEach(keys -> pairs.add(new int[] {queries, keys}));
            }
        } else {
            String only = arguments.has("--query-length") ? "--query-length" : "--key-length";
            given(arguments.has("--length") ? "--length" : only, 1024).forEach(n -> pairs.add(new int[] {n, n}));
        }
        return pairs;
    }

    private boolean[] masks() {
        String causal = !arguments.has("--causal")
                ? "no"
                : arguments.texts("--causal").isEmpty()
                        ? "yes"
                        : arguments.text("--causal").toLowerCase(Locale.ROOT);
        return causal.equals("both") ? new boolean[] {false, true} : new boolean[] {causal.equals("yes")};
    }

    private List<Integer> given(String option, int otherwise) {
        return arguments.has(option)
                ? arguments.texts(option).stream().map(Integer::valueOf).toList()
                : List.of(otherwise);
    }
}
