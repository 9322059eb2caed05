package io.github.attention4j.onnx;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one node of a model that tests an operator. Field numbers are from onnx.proto.
 *
 * @param operator the name of the operator
 * @param version the version of the operator: the operator set in which it last changed, as of the one that the model
 *     imports
 * @param attributes {@code Long}, {@code Float}, {@code String}, {@link OnnxTensor}, {@link OnnxGraph}, or what else
 *     protobuf holds as its bytes
 * @param inputs the names of the inputs by place; empty for one that is left out
 * @param outputs likewise
 */
record OnnxNode(
        String operator, int version, Map<String, Object> attributes, List<String> inputs, List<String> outputs) {
    /** The newest operator set known here; a later one may change what the operators mean. */
    private static final int NEWEST = 28;

    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPSET_IMPORT = 8;
    private static final int OPSET_DOMAIN = 1;
    private static final int OPSET_VERSION = 2;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int NODE_DOMAIN = 7;
    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_FLOAT = 2;
    private static final int ATTRIBUTE_INT = 3;
    private static final int ATTRIBUTE_TEXT = 4;
    private static final int ATTRIBUTE_TENSOR = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_DOC_STRING = 13;
    private static final int ATTRIBUTE_TYPE = 20;

    /** Reads the message ModelProto. */
    static OnnxNode read(ByteBuffer file) {
        List<ByteBuffer> nodes = new ArrayList<>();
        Map<String, Long> opsets = new HashMap<>();
        Protobuf model = new Protobuf(file);
        while (model.next()) {
            if (model.field() == MODEL_OPSET_IMPORT) {
                readOpset(new Protobuf(model.bytes()), opsets);
            } else if (model.field() == MODEL_GRAPH) {
                Protobuf graph = new Protobuf(model.bytes());
                while (graph.next()) {
                    if (graph.field() == GRAPH_NODE) {
                        nodes.add(graph.bytes());
                    }
                }
            }
        }
        if (nodes.size() != 1) {
            throw new IllegalArgumentException(
                    "a model that tests an operator must have 1 node, but has " + nodes.size());
        }
        return read(new Protobuf(nodes.get(0)), opsets);
    }

    private static void readOpset(Protobuf opset, Map<String, Long> opsets) {
        String domain = "";
        long version = 0;
        while (opset.next()) {
            switch (opset.field()) {
                case OPSET_DOMAIN -> domain = opset.text();
                case OPSET_VERSION -> version = opset.integer();
                default -> throw new IllegalArgumentException("field " + opset.field() + " of an opset is not known");
            }
        }
        opsets.put(domain, version);
    }

    /** Reads the message NodeProto of a model with these operator sets. */
    static OnnxNode read(Protobuf node, Map<String, Long> opsets) {
        String operator = "";
        String domain = "";
        Map<String, Object> attributes = new HashMap<>();
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        while (node.next()) {
            switch (node.field()) {
                case NODE_INPUT -> inputs.add(node.text());
                case NODE_OUTPUT -> outputs.add(node.text());
                case NODE_OPERATOR -> operator = node.text();
                case NODE_ATTRIBUTE -> readAttribute(new Protobuf(node.bytes()), attributes, opsets);
                case NODE_DOMAIN -> domain = node.text();
                default -> {} // names and documentation
            }
        }
        Long opset = opsets.get(domain);
        if (opset == null) {
            throw new IllegalArgumentException("the model does not import the operator set of \"" + domain + "\"");
        }
        String fullName = domain.isEmpty() || domain.equals("ai.onnx") ? operator : domain + "." + operator;
        return new OnnxNode(fullName, lastChange(fullName, Math.toIntExact(opset)), attributes, inputs, outputs);
    }

    private static void readAttribute(Protobuf attribute, Map<String, Object> attributes, Map<String, Long> opsets) {
        String name = "";
        Object value = null;
        while (attribute.next()) {
            switch (attribute.field()) {
                case ATTRIBUTE_NAME -> name = attribute.text();
                case ATTRIBUTE_FLOAT -> value = attribute.number();
                case ATTRIBUTE_INT -> value = attribute.integer();
                case ATTRIBUTE_TEXT -> value = attribute.text();
                case ATTRIBUTE_TENSOR -> value = new OnnxTensorReader(attribute.bytes()).tensor();
                case ATTRIBUTE_GRAPH -> value = OnnxGraph.read(attribute.bytes(), opsets);
                case ATTRIBUTE_TYPE, ATTRIBUTE_DOC_STRING -> {}
                default -> value = attribute.fixed();
            }
        }
        attributes.put(name, value);
    }

    private static int lastChange(String operator, int opset) {
        int[] changes =
                switch (operator) {
                    case "Attention" -> new int[] {23, 24, 25};
                    case "RotaryEmbedding" -> new int[] {23};
                    case "TensorScatter" -> new int[] {24};
                    default -> new int[] {opset};
                };
        if (opset < changes[0] || opset > Math.max(NEWEST, changes[0])) {
            throw new IllegalArgumentException(operator + " is known in the operator sets " + changes[0] + " to "
                    + NEWEST + ", but the model imports " + opset);
        }
        int last = changes[0];
        for (int change : changes) {
            last = change <= opset ? change : last;
        }
        return last;
    }

    /** "Attention-23". */
    String label() {
        return operator + "-" + version;
    }

    boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    /** An attribute that is an integer. */
    int integer(String attribute, int otherwise) {
        return has(attribute) ? Math.toIntExact(value(attribute, Long.class)) : otherwise;
    }

    /** An attribute that is a float. */
    float number(String attribute, float otherwise) {
        return has(attribute) ? value(attribute, Float.class) : otherwise;
    }

    private <T> T value(String attribute, Class<T> type) {
        Object value = attributes.get(attribute);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    attribute + " of " + label() + " must be a " + type.getSimpleName() + ", but is " + value);
        }
        return type.cast(value);
    }

    /** Refuses what the operator of this version does not have, so that nothing asked for is passed over in silence. */
    void require(Set<String> known, int mostInputs, int mostOutputs) {
        for (String attribute : attributes.keySet()) {
            if (!known.contains(attribute)) {
                throw new IllegalArgumentException(label() + " has no attribute " + attribute + ", only " + known);
            }
        }
        if (inputs.size() > mostInputs || outputs.size() > mostOutputs) {
            throw new IllegalArgumentException(label() + " has at most " + mostInputs + " inputs and " + mostOutputs
                    + " outputs, but is given " + inputs + " and " + outputs);
        }
    }

    /** The name of the output at this place, or an empty one if it is not asked for. */
    String output(int place) {
        return place < outputs.size() ? outputs.get(place) : "";
    }

    /** The tensor at this place, or null if it is left out. */
    OnnxTensor input(int place, Map<String, OnnxTensor> tensors) {
        String name = place < inputs.size() ? inputs.get(place) : "";
        if (name.isEmpty()) {
            return null;
        }
        OnnxTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "there is no tensor for input " + name + " of " + label() + ", only for " + tensors.keySet());
        }
        return tensor;
    }

    /** The tensor at this place, which must not be left out. */
    OnnxTensor required(int place, Map<String, OnnxTensor> tensors) {
        OnnxTensor tensor = input(place, tensors);
        if (tensor == null) {
            throw new IllegalArgumentException(label() + " needs an input at place " + place + ", but has " + inputs);
        }
        return tensor;
    }
}
