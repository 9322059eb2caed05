package io.github.attention4j.onnx;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph that is an attribute of a node. Field numbers are from onnx.proto.
 *
 * @param nodes in order
 * @param constants what comes with the graph, by name
 * @param inputs names
 * @param outputs names
 */
record OnnxGraph(List<OnnxNode> nodes, Map<String, OnnxTensor> constants, List<String> inputs, List<String> outputs) {
    private static final int NODE = 1;
    private static final int INITIALIZER = 5;
    private static final int INPUT = 11;
    private static final int OUTPUT = 12;
    private static final int VALUE_NAME = 1;

    /** Reads the message GraphProto of a model with these operator sets. */
    static OnnxGraph read(ByteBuffer message, Map<String, Long> opsets) {
        OnnxGraph read = new OnnxGraph(new ArrayList<>(), new HashMap<>(), new ArrayList<>(), new ArrayList<>());
        Protobuf graph = new Protobuf(message);
        while (graph.next()) {
            switch (graph.field()) {
                case NODE -> read.nodes.add(OnnxNode.read(new Protobuf(graph.bytes()), opsets));
                case INITIALIZER -> {
                    OnnxTensorReader reader = new OnnxTensorReader(graph.bytes());
                    read.constants.put(reader.name(), reader.tensor());
                }
                case INPUT -> read.inputs.add(nameOfValue(graph.bytes()));
                case OUTPUT -> read.outputs.add(nameOfValue(graph.bytes()));
                default -> {} // names, documentation, shapes in between
            }
        }
        return read;
    }

    private static String nameOfValue(ByteBuffer message) {
        Protobuf value = new Protobuf(message);
        while (value.next()) {
            if (value.field() == VALUE_NAME) {
                return value.text();
            }
        }
        return "";
    }
}
