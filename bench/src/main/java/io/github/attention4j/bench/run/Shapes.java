package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Shapes as {@link Case#shape} writes them, and those that are measured when none are asked for. */
public final class Shapes {
    private static final Pattern SHAPE = Pattern.compile(
            "(\\d{1,9})x(\\d{1,9})(?:[/x](\\d{1,9}))?x(\\d{1,9})x(\\d{1,9})x(\\d{1,9})(?:->(\\d{1,9}))?( causal)?");

    /** Part of the shapes that libraries are compared on. */
    public enum Group {
        /** Long sequences, causal and not, one with grouped heads. */
        MAIN(
                "1x16x2048x2048x64",
                "1x16x2048x2048x64 causal",
                "1x8x4096x4096x128",
                "1x8x4096x4096x128 causal",
                "1x32/8x1024x1024x128",
                "1x32/8x1024x1024x128 causal",
                "1x12x512x512x64",
                "1x12x512x512x64 causal",
                "1x8x16384x16384x64"),
        /** Other sizes of rows. */
        HEADS("1x8x2048x2048x32", "1x8x2048x2048x80", "1x8x2048x2048x96", "1x8x2048x2048x256"),
        /** Little work, or work that is hard to share. */
        SMALL(
                "1x12x64x64x64",
                "1x12x128x128x64",
                "32x12x64x64x64",
                "1x1x4096x4096x64",
                "1x2x8192x17x64",
                "8x32/8x4x4096x128");

        private final List<AttentionSpec> specs;

        Group(String... shapes) {
            specs = all(shapes);
        }
    }

    private Shapes() {}

    /** The shapes of the groups, or of all if none is given. */
    public static List<AttentionSpec> of(List<Group> groups) {
        Stream<Group> chosen = groups.isEmpty() ? Arrays.stream(Group.values()) : groups.stream();
        return chosen.flatMap(group -> group.specs.stream()).toList();
    }

    /** Those that gradients are compared on, each plain and causal. */
    public static List<AttentionSpec> ofGradients() {
        return all(
                "1x16x2048x2048x64",
                "1x16x2048x2048x64 causal",
                "1x8x4096x4096x128",
                "1x8x4096x4096x128 causal",
                "1x32/8x1024x1024x128",
                "1x32/8x1024x1024x128 causal",
                "1x12x512x512x64",
                "1x12x512x512x64 causal");
    }

    /** One head of 131,072 queries and keys, a sixteenth of that in a quick run: what memory is shown at. */
    public static AttentionSpec longest(boolean quick) {
        return parse(quick ? "1x1x8192x8192x64" : "1x1x131072x131072x64");
    }

    /** Few and short ones, to try out a comparison of libraries. */
    public static List<AttentionSpec> few() {
        return all("1x12x512x512x64 causal", "1x12x128x128x64");
    }

    /**
     * Those that devices are compared on, small enough for plain loops to take part on two processors: an encoder, long
     * rows, grouped heads, and decoding one token.
     */
    public static List<AttentionSpec> ofDevices() {
        return all("1x12x512x512x64 causal", "1x8x1024x1024x64", "1x8/2x1024x1024x128 causal", "4x8/2x1x4096x128");
    }

    private static List<AttentionSpec> all(String... shapes) {
        return Stream.of(shapes).map(Shapes::parse).toList();
    }

    /**
     * A spec from {@code batch x heads/kvHeads x queryLength x keyLength x headDim}, with {@code x} for the slash, too.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static AttentionSpec parse(String shape) {
        Matcher sizes = SHAPE.matcher(shape);
        if (!sizes.matches()) {
            throw new IllegalArgumentException(
                    "shape must be batch x heads x kvHeads x queryLength x keyLength x headDim,"
                            + " such as 1x12x12x512x512x64, but is \"" + shape + "\"");
        }
        int[] n = new int[8];
        for (int i = 1; i < n.length; i++) {
            String otherwise = i == 3 ? sizes.group(2) : i == 7 ? sizes.group(6) : null;
            n[i] = Integer.parseInt(sizes.group(i) == null ? otherwise : sizes.group(i));
        }
        return spec(n[1], n[2], n[3], n[4], n[5], n[6], n[7], sizes.group(8) != null);
    }

    /** A spec of these sizes. */
    public static AttentionSpec spec(
            int batch, int heads, int kvHeads, int queries, int keys, int headDim, int valueDim, boolean causal) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(batch)
                .heads(heads)
                .kvHeads(kvHeads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(headDim)
                .valueDim(valueDim);
        return (causal ? builder.causal() : builder).build();
    }
}
