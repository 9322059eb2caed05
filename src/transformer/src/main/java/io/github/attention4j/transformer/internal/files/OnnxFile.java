package io.github.attention4j.transformer.internal.files;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_TENSOR = 5;
    private static final int TENSOR_DATA_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW_DATA = 9;
    private static final int TYPE_FLOAT = 1;
    private static final int TYPE_LONG = 7;

    private final Map<String, ByteBuffer> floats = new HashMap<>();
    private final Map<String, List<String>> inputs = new HashMap<>();
    private final Map<String, Long> constants = new HashMap<>();
    private final String file;

    /** A field of a message; the content of a number is the bytes of its varint. */
    private record Field(int number, boolean isMessage, ByteBuffer content) {
        private String text() {
            return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
        }
    }

    /**
     * Reads the whole file.
     *
     * @param name what messages call it
     * @throws IOException if it is no such file, or damaged
     */
    public OnnxFile(String name, ByteBuffer file) throws IOException {
        this.file = name;
        try {
            read(file);
        } catch (IndexOutOfBoundsException | BufferUnderflowException | ArithmeticException e) {
            throw new IOException(
                    name + " is no ONNX file: a length in it leads beyond its end; was the download cut short?", e);
        }
        if (floats.isEmpty()) {
            throw new IOException(
                    name + " is no ONNX file of a model, or its weights are in another file: it has none");
        }
    }

    private void read(ByteBuffer file) throws IOException {
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

    /** Whether there is an initializer of floats of this name. */
    public boolean has(String name) {
        return floats.containsKey(name);
    }

    /** How many floats the initializer of this name has; 0 if there is none. */
    public int elements(String name) {
        return floats.containsKey(name) ? floats.get(name).remaining() / Float.BYTES : 0;
    }

    /**
     * The initializer of this name.
     *
     * @throws IOException if there is none of so many floats
     */
    public FloatBuffer weights(String name, int elements) throws IOException {
        ByteBuffer raw = floats.get(name);
        if (raw == null || raw.remaining() != (long) elements * Float.BYTES) {
            throw new IOException(file + " must hold " + elements + " floats named " + name + ", but has "
                    + (raw == null ? "no such weights" : raw.remaining() / Float.BYTES)
                    + "; is this a model of the BERT family?");
        }
        return raw.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    /** The second input of the node of this name: the weights of an anonymous matrix product. */
    public FloatBuffer weightsOfNode(String node, int elements) throws IOException {
        List<String> names = inputs.getOrDefault(node, List.of());
        return weights(names.size() < 2 ? "the second input of " + node : names.get(1), elements);
    }

    /** The one whole number that a node of this name is. */
    public long constant(String node) throws IOException {
        Long value = constants.get(node);
        if (value == null) {
            throw new IOException(file + " must hold a number named " + node + ", but has none"
                    + "; is this a model of the BERT family?");
        }
        return value;
    }

    private void readNode(List<Field> node) throws IOException {
        List<String> names = new ArrayList<>();
        String name = "";
        for (Field field : node) {
            switch (field.number) {
                case NODE_INPUT -> names.add(field.text());
                case NODE_NAME -> name = field.text();
                default -> {}
            }
        }
        inputs.put(name, names);
        for (Field field : node) {
            if (field.number == NODE_ATTRIBUTE) {
                for (Field part : fields(field.content)) {
                    if (part.number == ATTRIBUTE_TENSOR && part.isMessage) {
                        readConstant(name, fields(part.content));
                    }
                }
            }
        }
    }

    private void readConstant(String node, List<Field> tensor) {
        ByteBuffer data = null;
        boolean isLong = false;
        for (Field field : tensor) {
            switch (field.number) {
                case TENSOR_RAW_DATA -> data = field.content;
                case TENSOR_DATA_TYPE -> isLong = varint(field.content.duplicate()) == TYPE_LONG;
                default -> {}
            }
        }
        if (isLong && data != null && data.remaining() == Long.BYTES) {
            constants.put(node, data.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong());
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

    private static List<Field> fields(ByteBuffer message) throws IOException {
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
                            throw new IOException("the model file must be protobuf, but has wire type " + (tag & 7)
                                    + " at byte " + from + "; was the download cut short?");
                    };
            fields.add(new Field((int) (tag >>> 3), (tag & 7) == 2, in.slice(from, end - from)));
            in.position(end);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new ArithmeticException("a number of more than 64 bits");
    }
}
