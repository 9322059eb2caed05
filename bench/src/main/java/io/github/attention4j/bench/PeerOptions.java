package io.github.attention4j.bench;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.peers.PeerShapes;
import java.util.List;
import picocli.CommandLine.Option;

/** What {@code --peers} can be told beside the shapes. */
final class PeerOptions {
    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Contenders whose names contain this: attention4j, pytorch, onnx, loops (all).")
    List<String> only = List.of();

    @Option(names = "--group", split = ",", paramLabel = "main|heads|small", description = "Groups of shapes (all).")
    List<PeerShapes.Group> groups = List.of();

    @Option(
            names = "--bf16",
            description =
                    "Query, key, value and out in bf16, with those contenders that compute in it; errors are held against"
                            + " plain arithmetic in bf16.")
    boolean bf16;

    @Option(names = "--save", description = "Write Markdown and JSON to bench/results, named after date and processor.")
    boolean save;

    /** The shapes that are meant: those given, those of the groups, or all of a full or a quick run. */
    List<AttentionSpec> shapes(ShapeOptions shapes, boolean quick) {
        if (shapes.given()) {
            return shapes.specs();
        }
        return quick && groups.isEmpty() ? PeerShapes.quick() : PeerShapes.of(groups);
    }
}
