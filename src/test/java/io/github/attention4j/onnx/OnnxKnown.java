package io.github.attention4j.onnx;

import java.util.Arrays;
import java.util.Map;

/** A node of a graph on scores whose result is known before any score: shapes, and what counts along them. */
final class OnnxKnown {
    private final OnnxNode node;
    private final Map<String, OnnxValue> values;
    private final int[] shape;

    /** In a graph of which some values are there, and whose terms have a shape. */
    OnnxKnown(OnnxNode node, Map<String, OnnxValue> values, int... shape) {
        this.node = node;
        this.values = values;
        this.shape = shape;
    }

    OnnxTensor compute() {
        return switch (node.operator()) {
            case "Shape" -> {
                OnnxTensor of = input(0).tensor();
                yield integers(of == null ? shape : of.dims());
            }
            case "Gather" -> gather(input(0).ints(), input(1).tensor());
            case "Range" -> range(input(0).tensor(), input(1).number(), input(2).number());
            case "Reshape" -> reshape(known(), input(1).ints());
            case "Unsqueeze" -> unsqueeze(known(), input(1).ints());
            case "Squeeze" ->
                node.inputs().size() > 1 ? squeeze(known(), input(1).ints()) : squeeze(known(), new int[0]);
            default -> (OnnxTensor) node.attributes().get("value");
        };
    }

    private OnnxValue input(int index) {
        return values.get(node.inputs().get(index));
    }

    private OnnxTensor known() {
        OnnxTensor tensor = input(0).tensor();
        if (tensor == null) {
            throw new IllegalArgumentException(node.operator() + " must not be of what depends on scores");
        }
        return tensor;
    }

    private static OnnxTensor integers(int... numbers) {
        double[] elements = new double[numbers.length];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = numbers[i];
        }
        return new OnnxTensor(OnnxType.INT64, new int[] {numbers.length}, elements);
    }

    /** Of a list, along its only dimension. */
    private static OnnxTensor gather(int[] list, OnnxTensor indices) {
        double[] elements = new double[indices.values().length];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = list[Math.floorMod((int) indices.values()[i], list.length)];
        }
        return new OnnxTensor(OnnxType.INT64, indices.dims(), elements);
    }

    private static OnnxTensor range(OnnxTensor start, double limit, double step) {
        double first = start.values()[0];
        double[] elements = new double[(int) Math.max(0, Math.ceil((limit - first) / step))];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = first + i * step;
        }
        return new OnnxTensor(start.type(), new int[] {elements.length}, elements);
    }

    /** 0 keeps a size, −1 is what is left. */
    private static OnnxTensor reshape(OnnxTensor tensor, int... sizes) {
        int[] dims = sizes.clone();
        int product = 1;
        int open = -1;
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] == 0 ? tensor.dims()[i] : dims[i];
            open = dims[i] < 0 ? i : open;
            product *= dims[i] < 0 ? 1 : dims[i];
        }
        if (open >= 0) {
            dims[open] = tensor.values().length / product;
        }
        return new OnnxTensor(tensor.type(), dims, tensor.values());
    }

    private static OnnxTensor unsqueeze(OnnxTensor tensor, int... axes) {
        int[] dims = new int[tensor.rank() + axes.length];
        for (int axis : axes) {
            dims[Math.floorMod(axis, dims.length)] = 1;
        }
        int from = 0;
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] == 1 ? 1 : tensor.dims()[from++];
        }
        return new OnnxTensor(tensor.type(), dims, tensor.values());
    }

    /** All dimensions of size 1, where none is named. */
    private static OnnxTensor squeeze(OnnxTensor tensor, int... axes) {
        boolean[] isGone = new boolean[tensor.rank()];
        for (int axis : axes) {
            isGone[Math.floorMod(axis, isGone.length)] = true;
        }
        int[] dims = new int[tensor.rank()];
        int rank = 0;
        for (int i = 0; i < isGone.length; i++) {
            if (axes.length > 0 ? !isGone[i] : tensor.dims()[i] != 1) {
                dims[rank++] = tensor.dims()[i];
            }
        }
        return new OnnxTensor(tensor.type(), Arrays.copyOf(dims, rank), tensor.values());
    }
}
