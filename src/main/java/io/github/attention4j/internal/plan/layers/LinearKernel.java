package io.github.attention4j.internal.plan.layers;

import static io.github.attention4j.layers.LayerOperand.BIAS;

import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.operand.TypeNumbers;
import io.github.attention4j.layers.LayerOperand;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/** What kernels of linear layers are compiled with and given: the other side of {@code lib/layers/linear.clh}. */
final class LinearKernel {
    private LinearKernel() {}

    /** The kernel for a product with these tiles. */
    static KernelOptions options(LinearProduct product, LinearTiles tiles) {
        Map<String, Integer> macros = new TreeMap<>(tiles.macros(product));
        macros.put("INPUT_TYPE", type(product, product.input()));
        macros.put("WEIGHT_TYPE", type(product, product.weight()));
        macros.put("BIAS_TYPE", type(product, product.spec().has(BIAS) ? BIAS : null));
        macros.put("RESIDUAL_TYPE", type(product, product.residual()));
        macros.put("OUT_TYPE", type(product, product.out()));
        macros.put("IS_INPUT_TURNED", product.isInputTurned() ? 1 : 0);
        macros.put("IS_WEIGHT_TURNED", product.isWeightTurned() ? 1 : 0);
        macros.put("ACTIVATION", product.activation().ordinal());
        return KernelOptions.layer(tiles.kernelName(), macros, tiles.compilerFlags(), tiles.hasAssembly());
    }

    private static int type(LinearProduct product, LayerOperand operand) {
        return operand == null
                ? TypeNumbers.NONE
                : TypeNumbers.of(product.tensor(operand).dtype());
    }

    /** {@code LinearParams}. */
    static ByteBuffer params(LinearProduct product) {
        ByteBuffer params =
                ByteBuffer.allocateDirect(8 * Long.BYTES + 4 * Integer.BYTES).order(ByteOrder.nativeOrder());
        put(params, product, product.input());
        put(params, product, product.weight());
        put(params, product, product.residual());
        put(params, product, product.out());
        params.putInt(product.rows())
                .putInt(product.depth())
                .putInt(product.columns())
                .putInt(0);
        return params.flip();
    }

    private static void put(ByteBuffer params, LinearProduct product, LayerOperand operand) {
        if (operand == null) {
            params.putLong(0).putLong(0);
            return;
        }
        TensorSpec tensor = product.tensor(operand);
        params.putLong(tensor.layout().start()).putLong(tensor.layout().rowStride());
    }
}
