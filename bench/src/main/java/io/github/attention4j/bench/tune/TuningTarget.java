package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Shapes;
import io.github.attention4j.internal.plan.Candidates;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * What one row of the tuning table speaks for.
 *
 * @param family the kernel family
 * @param type of query, key, value and out
 * @param headDim the head size, or the value size if that is larger
 * @param shapes what the tiles must do for, or empty: a problem without and one with a causal mask, of a length that
 *     suits the device
 * @param command what is run to measure it
 */
public record TuningTarget(KernelFamily family, DType type, int headDim, List<AttentionSpec> shapes, String command) {
    /** A target for each head size of the shapes, smallest first. */
    static List<TuningTarget> of(KernelFamily family, DType type, List<AttentionSpec> shapes, String command) {
        Map<Integer, List<AttentionSpec>> bySize = shapes.stream()
                .collect(Collectors.groupingBy(
                        shape -> Math.max(shape.headDim(), shape.valueDim()), TreeMap::new, Collectors.toList()));
        return bySize.entrySet().stream()
                .map(each -> new TuningTarget(family, type, each.getKey(), each.getValue(), command))
                .toList();
    }

    /** Whether its problems are those of text generation, which are compared with nothing else. */
    boolean isOfFewQueries() {
        return family == KernelFamily.DECODE && !shapes.isEmpty();
    }

    /**
     * Whether a row of a tuning table may say what was found: not where tiles follow from the number of query rows,
     * which tables do not know.
     */
    boolean isForTables() {
        return family != KernelFamily.DECODE;
    }

    /** The problems that tiles are measured on; the length counts only if no shapes are given. */
    List<Case> problems(int length) {
        if (!shapes.isEmpty()) {
            return shapes.stream()
                    .map(shape -> problem(shape.toBuilder().types(type).build()))
                    .toList();
        }
        AttentionSpec plain = plain(length);
        return List.of(problem(plain), problem(plain.toBuilder().causal().build()));
    }

    /** What the planner is asked about: any of the problems will do, for tables know no lengths. */
    AttentionSpec spec() {
        return shapes.isEmpty()
                ? plain(1)
                : shapes.get(0).toBuilder().types(type).build();
    }

    /** A short problem, to see how fast the family is at all. */
    Case sample(int length) {
        return problem(plain(length));
    }

    private AttentionSpec plain(int length) {
        AttentionSpec floats = Shapes.parse("1x16x" + length + "x" + length + "x" + headDim);
        return floats.toBuilder().types(type).build();
    }

    private static Case problem(AttentionSpec spec) {
        return Case.random("random data", spec);
    }

    private String masks() {
        long bounded = shapes.stream().filter(shape -> shape.mask().isBounded()).count();
        return shapes.isEmpty() || bounded > 0 && bounded < shapes.size() ? "any" : bounded > 0 ? "yes" : "no";
    }

    private int most(ToIntFunction<AttentionSpec> count) {
        return shapes.stream().mapToInt(count).max().orElse(0);
    }

    private String measuredWith() {
        return shapes.isEmpty() ? command : command + " on " + Case.shape(shapes.get(0));
    }

    /** The line of a tuning table that makes the planner take these tiles on this device, where they are legal. */
    public String row(Device device, Tiles tiles, double gflops) {
        // How many query rows share keys decides about tiles of DECODE, and of no other family.
        boolean counts = family == KernelFamily.DECODE;
        int queries = counts ? most(AttentionSpec::queryLength) : 0;
        int heads = counts ? most(AttentionSpec::groupSize) : 0;
        Candidates.Key key = new Candidates.Key(device, type, headDim, queries, heads, masks());
        return Candidates.line(key, tiles, gflops, measuredWith());
    }

    /** What a row of this target is for, as {@link Candidates#key} finds it in a line. */
    public String key(Device device) {
        return Candidates.key(row(
                device, Candidates.guesses(family, spec(), device).iterator().next(), 0));
    }

    /** A table of lines. */
    public static String table(List<String> rows) {
        return Candidates.HEADER + "\n" + rows.stream().map(row -> row + "\n").collect(Collectors.joining());
    }

    @Override
    public String toString() {
        String masks = masks();
        return family + " " + type + " headDim " + headDim
                + (masks.equals("any") ? "" : masks.equals("yes") ? " causal" : " not causal");
    }
}
