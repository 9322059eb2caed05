package io.github.attention4j;

import io.github.attention4j.internal.plan.lanes.PairProduct;
import io.github.attention4j.testing.DotEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;

/**
 * The first calls of a process that multiplies by AMX, or as it does: prints what their outputs are, bit for bit. Of
 * use only beside other processes that print the same: {@code native-test/amx-hunt}.
 */
final class AmxHunt {
    private static final int CALLS = 3;

    private AmxHunt() {}

    public static void main(String[] arguments) {
        PairProduct product = PairProduct.valueOf(arguments[0]);
        boolean isReal = product == PairProduct.AMX;
        int[] headDims = isReal ? new int[] {64, 128} : new int[] {64};
        int length = isReal ? 512 : 40;
        AttentionEngine engine = DotEngines.of(product);
        for (int headDim : headDims) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(isReal ? 16 : 1)
                    .sequenceLength(length)
                    .headDim(headDim)
                    .types(DType.BF16)
                    .type(Operand.OUT, DType.F32)
                    .causal()
                    .build();
            String explained = engine.plan(spec).explain();
            if (!explained.contains(DotEngines.macro(product))) {
                throw new IllegalStateException("not " + product + ": " + explained);
            }
            Problem problem = Problem.of(spec);
            for (int call = 0; call < CALLS; call++) {
                AttentionArrays outputs = problem.outputs();
                Way.ARRAYS.run(engine, spec, problem.inputs(), outputs);
                float[] out = (float[]) outputs.get(Operand.OUT);
                System.out.println("headDim " + headDim + " call " + call + ": bits " + Arrays.hashCode(out) + ", "
                        + count(out) + " of " + out.length + " are NaN");
            }
        }
        engine.close();
    }

    private static int count(float[] out) {
        int count = 0;
        for (float x : out) {
            count += Float.isNaN(x) ? 1 : 0;
        }
        return count;
    }
}
