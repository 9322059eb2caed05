package io.github.attention4j.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import java.util.Set;

/** Which element types of DJL are which of attention4j. */
final class Types {
    private Types() {}

    /** The type of an array of floats. */
    static DType of(String name, NDArray array) {
        return switch (array.getDataType()) {
            case FLOAT32 -> DType.F32;
            case FLOAT16 -> DType.F16;
            case BFLOAT16 -> DType.BF16;
            default ->
                throw new IllegalArgumentException(
                        name + " is of type " + array.getDataType().name()
                                + ", but must be FLOAT32, FLOAT16 or BFLOAT16; convert it: toType(DataType.FLOAT32, false)");
        };
    }

    /** The type of results. */
    static DataType of(DType type) {
        return switch (type) {
            case F32 -> DataType.FLOAT32;
            case F16 -> DataType.FLOAT16;
            case BF16 -> DataType.BFLOAT16;
            case I32 -> DataType.INT32;
            case I8 -> DataType.INT8;
            case U8, BIT, I4 -> DataType.UINT8;
        };
    }

    /** Refuses what DJL's PyTorch answers by ending the JVM: it knows no BFLOAT16. */
    static void requireMakes(Operand operand, DType type, NDArray query) {
        Engine engine = query.getManager().getEngine(); // bare buffers have none
        if (type == DType.BF16 && engine != null && engine.getEngineName().equals("PyTorch")) {
            throw new UnsupportedOperationException(operand.label()
                    + " would be of type BFLOAT16, which DJL's PyTorch has not; give it another one: type(Operand."
                    + operand + ", DType.F32)");
        }
    }

    static void requireFits(Operand operand, DType wanted, NDArray array) {
        Set<DataType> allowed =
                switch (wanted) {
                    case U8 -> Set.of(DataType.BOOLEAN, DataType.UINT8);
                    case BIT, I4 -> Set.of(DataType.UINT8, DataType.INT8);
                    default -> Set.of(of(wanted));
                };
        if (array.isSparse()) {
            throw new IllegalArgumentException(operand.label() + " is sparse, but must be dense; use toDense()");
        }
        if (!allowed.contains(array.getDataType())) {
            throw new IllegalArgumentException(operand.label() + " is of type "
                    + array.getDataType().name()
                    + ", but the spec's " + wanted + " is read from "
                    + of(wanted).name()
                    + "; convert it: toType(DataType." + of(wanted).name() + ", false), or give the spec another type");
        }
    }
}
