package io.github.attention4j.bench;

import io.github.attention4j.bench.peers.PeerShapes;
import java.util.List;
import picocli.CommandLine.Option;

/** What {@code --peers} can be told beside the shapes. */
final class PeerOptions {
    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Contenders whose names contain this: attention4j, pytorch, onnx, tensorflow, nd4j, loops (all).")
    List<String> only = List.of();

    @Option(names = "--group", split = ",", paramLabel = "main|heads|small", description = "Groups of shapes (all).")
    List<PeerShapes.Group> groups = List.of();

    @Option(names = "--save", description = "Write Markdown and JSON to bench/results, named after date and processor.")
    boolean save;

    /** Whether any was given. */
    boolean given() {
        return save || !only.isEmpty() || !groups.isEmpty();
    }
}
