package io.github.attention4j.bench.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * An ONNX model of one node, as the bytes of its file. Field numbers are from onnx.proto; by hand, because the protobuf library would be a
 * dependency for a dozen of them.
 */
public final class OnnxModel {
    private static final int FLOAT = 1; // TensorProto.DataType, for inputs and outputs
    private static final int INT32 = 6;
    private static final int ATTRIBUTE_FLOAT = 1; // AttributeProto.AttributeType
    private static final int ATTRIBUTE_INT = 2;
    /** The version of the file format that opset 23 came with. */
    private static final int IR_VERSION = 11;

    private static final int OPSET = 23;

    private final String domain;
    private final ProtobufWriter node = new ProtobufWriter();
    private final List<ProtobufWriter> inputs = new ArrayList<>();
    private final List<ProtobufWriter> outputs = new ArrayList<>();

    /**
     * Starts a model.
     *
     * @param domain whose operator; empty for ONNX's own
     */
    public OnnxModel(String domain, String operator) {
        this.domain = domain;
        node.text(4, operator).text(7, domain);
    }

    /** The next input of the node, in 32-bit floats. */
    public OnnxModel input(String name, long... shape) {
        node.text(1, name);
        inputs.add(value(name, FLOAT, shape));
        return this;
    }

    /** The next input of the node, in 32-bit integers; no shape is a single number. */
    public OnnxModel integers(String name, long... shape) {
        node.text(1, name);
        inputs.add(value(name, INT32, shape));
        return this;
    }

    /** The next input of the node is left out. */
    public OnnxModel noInput() {
        node.text(1, "");
        return this;
    }

    /** The next output of the node, in 32-bit floats. */
    public OnnxModel output(String name, long... shape) {
        node.text(2, name);
        outputs.add(value(name, FLOAT, shape));
        return this;
    }

    /** An integer that the operator wants to know. */
    public OnnxModel attribute(String name, long value) {
        node.message(5, new ProtobufWriter().text(1, name).integer(3, value).integer(20, ATTRIBUTE_INT));
        return this;
    }

    /** A number that the operator wants to know. */
    public OnnxModel attribute(String name, float value) {
        node.message(5, new ProtobufWriter().text(1, name).number(2, value).integer(20, ATTRIBUTE_FLOAT));
        return this;
    }

    /** The file. */
    public byte[] bytes() {
        ProtobufWriter graph = new ProtobufWriter().message(1, node).text(2, "attention");
        inputs.forEach(input -> graph.message(11, input));
        outputs.forEach(output -> graph.message(12, output));
        ProtobufWriter model = new ProtobufWriter()
                .integer(1, IR_VERSION)
                .message(7, graph)
                .message(8, new ProtobufWriter().text(1, "").integer(2, OPSET));
        if (!domain.isEmpty()) {
            model.message(8, new ProtobufWriter().text(1, domain).integer(2, 1));
        }
        return model.bytes();
    }

    private static ProtobufWriter value(String name, int type, long... shape) {
        ProtobufWriter dimensions = new ProtobufWriter();
        for (long size : shape) {
            dimensions.message(1, new ProtobufWriter().integer(1, size));
        }
        ProtobufWriter tensor = new ProtobufWriter().integer(1, type).message(2, dimensions);
        return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
    }
}
