package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The shapes of the comparison, in groups. */
public final class PeerShapes {
    private static final Pattern SHAPE = Pattern.compile("(\\d+)x(\\d+)(?:/(\\d+))?x(\\d+)x(\\d+)x(\\d+)( causal)?");

    /** Part of the shapes: {@code batch x heads/kvHeads x queryLength x keyLength x headDim}, as in reports. */
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

        private final List<String> shapes;

        Group(String... shapes) {
            this.shapes = List.of(shapes);
        }
    }

    private PeerShapes() {}

    /** The shapes of the groups, or of all if none is given. */
    public static List<AttentionSpec> of(List<Group> groups) {
        Stream<Group> chosen = groups.isEmpty() ? Arrays.stream(Group.values()) : groups.stream();
        return chosen.flatMap(group -> group.shapes.stream())
                .map(PeerShapes::spec)
                .toList();
    }

    /** Few and short ones, to try it out. */
    public static List<AttentionSpec> quick() {
        return Stream.of("1x12x512x512x64 causal", "1x12x128x128x64")
                .map(PeerShapes::spec)
                .toList();
    }

    static AttentionSpec spec(String shape) {
        Matcher sizes = SHAPE.matcher(shape);
        if (!sizes.matches()) {
            throw new IllegalArgumentException("no shape: " + shape);
        }
        int heads = Integer.parseInt(sizes.group(2));
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(Integer.parseInt(sizes.group(1)))
                .heads(heads)
                .kvHeads(sizes.group(3) == null ? heads : Integer.parseInt(sizes.group(3)))
                .queryLength(Integer.parseInt(sizes.group(4)))
                .keyLength(Integer.parseInt(sizes.group(5)))
                .headDim(Integer.parseInt(sizes.group(6)));
        return (sizes.group(7) == null ? builder : builder.causal()).build();
    }
}
