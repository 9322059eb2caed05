package io.github.attention4j.onnx;

import io.github.attention4j.Half;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads the message TensorProto, its elements as raw data or as typed numbers. Field numbers are from onnx.proto. */
final class OnnxTensorReader {
    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int INT64_DATA = 7;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int DOUBLE_DATA = 10;
    private static final int DOC_STRING = 12;

    private final List<Long> dims = new ArrayList<>();
    private final List<Double> typed = new ArrayList<>();
    private OnnxType type;
    private String name = "";
    private ByteBuffer raw;

    OnnxTensorReader(ByteBuffer message) {
        Protobuf tensor = new Protobuf(message);
        while (tensor.next()) {
            read(tensor);
        }
        if (type == null) {
            throw new IllegalArgumentException("tensor " + name + " has no element type; is this a TensorProto?");
        }
    }

    private void read(Protobuf tensor) {
        switch (tensor.field()) {
            case DIMS -> {
                for (long dim : tensor.integers()) {
                    dims.add(dim);
                }
            }
            case DATA_TYPE -> type = OnnxType.of(tensor.integer());
            case NAME -> name = tensor.text();
            case RAW_DATA -> raw = tensor.bytes();
            case FLOAT_DATA -> {
                for (ByteBuffer floats = tensor.fixed(); floats.hasRemaining(); ) {
                    typed.add((double) floats.getFloat());
                }
            }
            case DOUBLE_DATA -> {
                for (ByteBuffer doubles = tensor.fixed(); doubles.hasRemaining(); ) {
                    typed.add(doubles.getDouble());
                }
            }
            case INT32_DATA, INT64_DATA -> {
                for (long value : tensor.integers()) {
                    typed.add((double) value);
                }
            }
            case DOC_STRING -> {}
            default ->
                throw new IllegalArgumentException("field " + tensor.field() + " of tensor " + name
                        + " is not known; only raw data and typed numbers can be read");
        }
    }

    /** The name of the graph's input or output that this is. */
    String name() {
        return name;
    }

    OnnxTensor tensor() {
        int[] shape = new int[dims.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = Math.toIntExact(dims.get(i));
        }
        double[] values = raw == null ? new double[typed.size()] : fromRaw();
        for (int i = 0; i < typed.size(); i++) {
            values[i] = isBits() ? fromBits(typed.get(i).shortValue()) : typed.get(i);
        }
        return new OnnxTensor(type, shape, values);
    }

    /** Whether the elements are floats in 16 bits, which typed numbers hold as integers. */
    private boolean isBits() {
        return type == OnnxType.FLOAT16 || type == OnnxType.BFLOAT16;
    }

    private double fromBits(short bits) {
        return type == OnnxType.FLOAT16 ? Half.fromF16(bits) : Half.fromBf16(bits);
    }

    private double[] fromRaw() {
        if (!typed.isEmpty() || raw.remaining() % type.bytes() != 0) {
            throw new IllegalArgumentException("tensor " + name + " has " + raw.remaining() + " bytes of type " + type
                    + " and " + typed.size() + " typed numbers; one of the two is wrong");
        }
        ByteBuffer in = raw.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[in.remaining() / type.bytes()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case FLOAT -> in.getFloat();
                case DOUBLE -> in.getDouble();
                case FLOAT16, BFLOAT16 -> fromBits(in.getShort());
                case INT64 -> in.getLong();
                case INT32 -> in.getInt();
                case UINT8 -> in.get() & 0xff;
                case INT8, BOOL -> in.get();
            };
        }
        return values;
    }
}
