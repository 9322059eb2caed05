package io.github.attention4j.bench.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The weights in an ONNX file: float initializers by name, and the inputs of each node by the node's name. Nothing else is read.
 *
 * <p>ONNX is a protobuf message; field numbers are from onnx.proto. Read here by hand because the protobuf library draws warnings
 * about its use of internals from newer JVMs, and because nothing is copied this way.
 */
final class OnnxFile {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_NAME = 3;
    private static final int TENSOR_DATA_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW_DATA = 9;
    private static final int TYPE_FLOAT = 1;

    private final Map<String, ByteBuffer> floats = new HashMap<>();
    private final Map<String, String> secondInputs = new HashMap<>();

    OnnxFile(ByteBuffer file) {
        fields(file, (field, model) -> {
            if (field == MODEL_GRAPH) {
                fields(model, this::readGraph);
            }
        });
    }

    /** The initializer of this name. */
    float[] weights(String name, int elements) {
        ByteBuffer raw = floats.get(name);
        if (raw == null || raw.remaining() != elements * Float.BYTES) {
            throw new IllegalArgumentException("the model file must hold " + elements + " floats named " + name
                    + ", but has " + (raw == null ? "no such weights" : raw.remaining() / Float.BYTES)
                    + "; is this the model that the bench was written for?");
        }
        float[] values = new float[elements];
        raw.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** The second input of the node of this name: the weights of an anonymous matrix product. */
    float[] weightsOfNode(String node, int elements) {
        return weights(secondInputs.getOrDefault(node, "the second input of " + node), elements);
    }

    private void readGraph(int field, ByteBuffer content) {
        if (field == GRAPH_NODE) {
            readNode(content);
        } else if (field == GRAPH_INITIALIZER) {
            readTensor(content);
        }
    }

    private void readNode(ByteBuffer node) {
        String[] found = new String[2]; // name, second input
        int[] inputs = {0};
        fields(node, (field, content) -> {
            if (field == NODE_NAME) {
                found[0] = text(content);
            } else if (field == NODE_INPUT && ++inputs[0] == 2) {
                found[1] = text(content);
            }
        });
        if (found[0] != null && found[1] != null) {
            secondInputs.put(found[0], found[1]);
        }
    }

    private void readTensor(ByteBuffer tensor) {
        String[] name = {""};
        ByteBuffer[] data = {null};
        boolean[] isFloat = {false};
        fields(tensor, (field, content) -> {
            switch (field) {
                case TENSOR_NAME -> name[0] = text(content);
                case TENSOR_RAW_DATA -> data[0] = content;
                case TENSOR_DATA_TYPE -> isFloat[0] = varint(content) == TYPE_FLOAT;
                default -> {} // the caller knows the shapes
            }
        });
        if (isFloat[0] && data[0] != null) {
            floats.put(name[0], data[0]);
        }
    }

    /** Calls {@code visit} with number and content of each field; a number's content is the bytes of its varint. */
    private static void fields(ByteBuffer message, BiConsumer<Integer, ByteBuffer> visit) {
        ByteBuffer in = message.duplicate();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int from = in.position();
            int length =
                    switch ((int) (tag & 7)) {
                        case 0 -> varintLength(in);
                        case 1 -> Long.BYTES;
                        case 2 -> {
                            int bytes = Math.toIntExact(varint(in));
                            from = in.position();
                            yield bytes;
                        }
                        case 5 -> Integer.BYTES;
                        default ->
                            throw new IllegalArgumentException("the model file must be protobuf, but has wire type "
                                    + (tag & 7) + " at byte " + from + "; was the download cut short?");
                    };
            visit.accept((int) (tag >>> 3), in.slice(from, length));
            in.position(from + length);
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static int varintLength(ByteBuffer in) {
        ByteBuffer ahead = in.duplicate();
        varint(ahead);
        return ahead.position() - in.position();
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
