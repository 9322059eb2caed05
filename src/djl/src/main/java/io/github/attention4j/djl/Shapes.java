package io.github.attention4j.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.Arrays;

/** Which shapes of arrays fit which operands. */
final class Shapes {
    private static final int RANK = 4;

    private Shapes() {}

    static void requireSpec(String name, NDArray array) {
        int dimensions = array.getShape().dimension();
        if (dimensions < 1 || dimensions > RANK) {
            throw new IllegalArgumentException(name
                    + " must have the shape [batch, heads, rows, columns], of which the first may be missing, but has "
                    + array.getShape() + "; reshape it");
        }
    }

    /** The size of a dimension of [batch, heads, rows, columns]. */
    static int size(NDArray array, int dimension) {
        Shape shape = array.getShape();
        int missing = RANK - shape.dimension();
        return dimension < missing ? 1 : Math.toIntExact(shape.get(dimension - missing));
    }

    /** The shape of an operand: its rows as they are stored, so that bits and four-bit numbers count in bytes. */
    static Shape of(TensorSpec operand) {
        return new Shape(operand.batch(), operand.heads(), operand.rows(), operand.rowUnits());
    }

    static void requireFits(Operand operand, TensorSpec wanted, NDArray array) {
        if (!wanted.isDense()) {
            throw new IllegalArgumentException(operand.label()
                    + " has a layout of its own in the spec, but an NDArray lies densely; leave the layout away and "
                    + "transpose the array");
        }
        if (!Arrays.equals(withoutOnes(of(wanted)), withoutOnes(array.getShape()))) {
            throw new IllegalArgumentException(operand.label() + " has the shape " + array.getShape()
                    + ", but the spec's is " + of(wanted) + " (dimensions of 1 may be missing)");
        }
    }

    private static long[] withoutOnes(Shape shape) {
        return Arrays.stream(shape.getShape()).filter(size -> size != 1).toArray();
    }
}
