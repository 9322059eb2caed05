package io.github.attention4j.transformer.internal.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights in an ONNX file: float initializers by name, and the inputs of each node by the node's name. Nothing else
 * is read.
 *
 * <p>ONNX is a protobuf message; field numbers are from onnx.proto. Read here by hand because the protobuf library
 * draws warnings about its use of internals from newer JVMs, and because nothing is copied this way.
 */
public final class OnnxFile {
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
    private final Map<String, List<String>> inputs = new HashMap<>();

    /** A field of a message; the content of a number is the bytes of its varint. */
    private record Field(int number, ByteBuffer content) {
        private String text() {
            return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
        }
    }

    /** Reads the whole file. */
    public OnnxFile(ByteBuffer file) {
        for (Field model : fields(file)) {
            if (model.number == MODEL_GRAPH) {
                for (Field part : fields(model.content)) {
                    switch (part.number) {
                        case GRAPH_NODE -> readNode(fields(part.content));
                        case GRAPH_INITIALIZER -> readTensor(fields(part.content));
                        default -> {} // neither weights nor where they are used
                    }
                }
            }
        }
    }

    /**
     * The initializer of this name.
     *
     * @throws IllegalArgumentException if there is none of so many floats
     */
    public float[] weights(String name, int elements) {
        ByteBuffer raw = floats.get(name);
        if (raw == null || raw.remaining() != elements * Float.BYTES) {
            throw new IllegalArgumentException("the model file must hold " + elements + " floats named " + name
                    + ", but has " + (raw == null ? "no such weights" : raw.remaining() / Float.BYTES)
                    + "; is this the model that this program was written for?");
        }
        float[] values = new float[elements];
        raw.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** The second input of the node of this name: the weights of an anonymous matrix product. */
    public float[] weightsOfNode(String node, int elements) {
        List<String> names = inputs.getOrDefault(node, List.of());
        return weights(names.size() < 2 ? "the second input of " + node : names.get(1), elements);
    }

    private void readNode(List<Field> node) {
        List<String> names = new ArrayList<>();
        for (Field field : node) {
            switch (field.number) {
                case NODE_INPUT -> names.add(field.text());
                case NODE_NAME -> inputs.put(field.text(), names);
                default -> {}
            }
        }
    }

    private void readTensor(List<Field> tensor) {
        String name = "";
        ByteBuffer data = null;
        boolean isFloat = false;
        for (Field field : tensor) {
            switch (field.number) {
                case TENSOR_NAME -> name = field.text();
                case TENSOR_RAW_DATA -> data = field.content;
                case TENSOR_DATA_TYPE -> isFloat = varint(field.content.duplicate()) == TYPE_FLOAT;
                default -> {} // the caller knows the shapes
            }
        }
        if (isFloat && data != null) {
            floats.put(name, data);
        }
    }

    private static List<Field> fields(ByteBuffer message) {
        List<Field> fields = new ArrayList<>();
        ByteBuffer in = message.duplicate();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int from = in.position();
            int end =
                    switch ((int) (tag & 7)) {
                        case 0 -> {
                            varint(in);
                            yield in.position();
                        }
                        case 1 -> from + Long.BYTES;
                        case 2 -> {
                            int bytes = Math.toIntExact(varint(in));
                            from = in.position();
                            yield from + bytes;
                        }
                        case 5 -> from + Integer.BYTES;
                        default ->
                            throw new IllegalArgumentException("the model file must be protobuf, but has wire type "
                                    + (tag & 7) + " at byte " + from + "; was the download cut short?");
                    };
            fields.add(new Field((int) (tag >>> 3), in.slice(from, end - from)));
            in.position(end);
        }
        return fields;
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
}
