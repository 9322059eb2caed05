package io.github.attention4j.onnx;

import io.github.attention4j.AttentionEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder of ONNX's node tests: {@code model.onnx}, and {@code test_data_set_N} with {@code input_N.pb} and
 * {@code output_N.pb}.
 *
 * @param folder where
 */
record OnnxCase(Path folder) {
    /** Where the cases that come with the tests are: in a file system of their own, which stays open. */
    static Path ofThisProject() {
        try {
            Path file = Files.createTempFile("onnx", ".zip");
            file.toFile().deleteOnExit();
            try (InputStream cases = OnnxCase.class.getResourceAsStream("cases.zip")) {
                Files.copy(cases, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return FileSystems.newFileSystem(file).getPath("/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cases in a folder, by name. */
    static List<OnnxCase> in(Path folder) {
        return list(folder, "test_").stream().map(OnnxCase::new).toList();
    }

    String name() {
        return folder.getFileName().toString();
    }

    OnnxNode node() {
        return OnnxNode.read(bytes(folder.resolve("model.onnx")));
    }

    /**
     * Runs all data sets.
     *
     * @throws AssertionError if an output is missing, too many, or not as expected
     * @throws IllegalArgumentException if the request is refused
     */
    void check(AttentionEngine engine) {
        OnnxNode node = node();
        List<Path> sets = list(folder, "test_data_set_");
        if (sets.isEmpty()) {
            throw new AssertionError(name() + " has no test_data_set");
        }
        for (Path set : sets) {
            Map<String, OnnxTensor> inputs = tensors(set, "input_");
            Map<String, OnnxTensor> outputs =
                    switch (node.label()) {
                        case "Attention-23", "Attention-24", "Attention-25" ->
                            new OnnxAttention(node, inputs).run(engine);
                        case "RotaryEmbedding-23" -> new OnnxRotary(node, inputs).run(engine);
                        case "TensorScatter-24" -> new OnnxTensorScatter(node, inputs).run(engine);
                        case "ai.onnx.preview.FlexAttention-1" -> new OnnxFlexAttention(node, inputs).run(engine);
                        default -> throw new IllegalArgumentException(node.label() + " is not known");
                    };
            if (!node.inputs().containsAll(inputs.keySet())) {
                throw new AssertionError("the node takes " + node.inputs() + ", but there are " + inputs.keySet());
            }
            compare(outputs, tensors(set, "output_"));
        }
    }

    private static void compare(Map<String, OnnxTensor> outputs, Map<String, OnnxTensor> expected) {
        if (!outputs.keySet().equals(expected.keySet())) {
            throw new AssertionError("outputs are " + outputs.keySet() + " instead of " + expected.keySet());
        }
        for (String output : new TreeSet<>(expected.keySet())) {
            String difference = outputs.get(output).difference(expected.get(output));
            if (difference != null) {
                throw new AssertionError(output + ": " + difference);
            }
        }
    }

    private static Map<String, OnnxTensor> tensors(Path set, String prefix) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (Path file : list(set, prefix)) {
            OnnxTensorReader reader = new OnnxTensorReader(bytes(file));
            if (tensors.put(reader.name(), reader.tensor()) != null) {
                throw new IllegalArgumentException("two tensors are named " + reader.name() + " in " + set);
            }
        }
        return tensors;
    }

    private static List<Path> list(Path folder, String prefix) {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(
                    files.filter(file -> file.getFileName().toString().startsWith(prefix))
                            .sorted()
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    private static ByteBuffer bytes(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
