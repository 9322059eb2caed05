package io.github.attention4j.internal.kernel;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.operand.OperandRow;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What changes from call to call: the bytes of {@code AttnParams} in {@code kernels/lib/common/params.clh}, field by
 * field in its order.
 */
public final class KernelParams {
    private static final Operand[] OPERANDS = Operand.values();

    /** Of each tensor its start and four strides. */
    private static final int TENSOR_LONGS = 5;

    /** 3 longs, 23 ints and 3 floats behind the tensors. */
    private static final int REST = 3 * Long.BYTES + 23 * Integer.BYTES + 3 * Float.BYTES;

    /** Of a block mask its numbers of blocks, and two strides. */
    private static final int BLOCK_INTS = 4;

    private KernelParams() {}

    /**
     * The struct for this spec.
     *
     * @param groupQueries queries of a work-group
     * @param headsTakeTurns whether the first dimension of work-groups is that of heads
     * @param splits work-groups that share a row's keys
     * @param splitKeys keys of each; 0 for an even share of those that are seen
     */
    public static ByteBuffer of(
            AttentionSpec spec, int groupQueries, boolean headsTakeTurns, int splits, int splitKeys) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(bytes(spec)).order(ByteOrder.nativeOrder());
        long given = 0;
        for (Operand operand : OPERANDS) {
            given |= spec.has(operand) ? 1L << operand.ordinal() : 0;
            if (isTensor(operand, spec)) {
                putTensor(bytes, spec, operand);
            }
        }
        bytes.putLong(stride(spec, Operand.KEY_BEGINS, 0)).putLong(stride(spec, Operand.KEY_BEGINS, 1));
        bytes.putLong(given);
        bytes.putInt(spec.heads()).putInt(spec.groupSize());
        bytes.putInt(spec.queryLength()).putInt(spec.keyLength());
        bytes.putInt(spec.operand(Operand.QUERY).rows());
        bytes.putInt(spec.operand(Operand.KEY).rows());
        bytes.putInt(spec.operand(Operand.KEY).batch());
        bytes.putInt(spec.isPaged() ? spec.operand(Operand.PAGE_TABLE).rows() : 0);
        bytes.putInt(groupQueries).putInt(headsTakeTurns ? 1 : 0);
        bytes.putInt(spec.mask().alignment().ordinal());
        bytes.putInt(spec.mask().left()).putInt(spec.mask().right());
        bytes.putInt((int) stride(spec, Operand.ALIBI_SLOPES, 0));
        bytes.putInt((int) stride(spec, Operand.QUERY_POSITIONS, 0));
        bytes.putInt((int) stride(spec, Operand.KEY_POSITIONS, 0));
        bytes.putInt(spec.rotary() == null ? 0 : spec.rotary().positions());
        bytes.putInt(spec.scoreStage() == null ? 0 : spec.scoreStage().ordinal());
        bytes.putInt(splits).putInt(splitKeys);
        bytes.putInt(spec.dropoutThreshold());
        bytes.putInt(spec.batch());
        bytes.putInt(spec.accumulates() ? 1 : 0);
        bytes.putFloat(spec.scale()).putFloat(spec.softcap());
        bytes.putFloat((float) (1 / (1 - spec.dropoutThreshold() / 65536.0)));
        if (hasTensors(spec)) {
            for (int i = 0; i < CallTensor.MOST; i++) {
                putSizes(bytes, spec, OperandTable.scoreTensor(i));
            }
        }
        if (spec.has(Operand.BLOCK_MASK)) {
            bytes.putInt(Sizes.ceilDiv(spec.queryLength(), spec.blockQueries()));
            bytes.putInt(Sizes.ceilDiv(spec.keyLength(), spec.blockKeys()));
            bytes.putInt((int) stride(spec, Operand.BLOCK_MASK, 0)).putInt((int) stride(spec, Operand.BLOCK_MASK, 1));
        }
        return bytes.clear();
    }

    /** As {@code OPERAND_TENSORS} in the kernels. */
    private static boolean isTensor(Operand operand, AttentionSpec spec) {
        OperandRow row = OperandTable.of(operand);
        return row.role().isStrided() && (spec.isBackward() || !row.isOfBackward());
    }

    /**
     * The size of the struct: a tensor of five longs for each operand of the pass that may be strided, and the rest.
     */
    public static int bytes(AttentionSpec spec) {
        int tensors = 0;
        for (Operand operand : OPERANDS) {
            tensors += isTensor(operand, spec) ? 1 : 0;
        }
        int sizes = hasTensors(spec) ? CallTensor.MOST * CallTensor.RANK : 0;
        int blocks = spec.has(Operand.BLOCK_MASK) ? BLOCK_INTS : 0;
        return TENSOR_LONGS * Long.BYTES * tensors + REST + Integer.BYTES * (sizes + blocks);
    }

    /** Whether the user's functions may read tensors, whose sizes stand at the end of the struct then. */
    static boolean hasTensors(AttentionSpec spec) {
        for (int i = 0; i < CallTensor.MOST; i++) {
            if (spec.has(OperandTable.scoreTensor(i))) {
                return true;
            }
        }
        return false;
    }

    private static void putSizes(ByteBuffer bytes, AttentionSpec spec, Operand operand) {
        boolean isThere = spec.has(operand);
        bytes.putInt(isThere ? spec.operand(operand).batch() : 0);
        bytes.putInt(isThere ? spec.operand(operand).heads() : 0);
        bytes.putInt(isThere ? spec.operand(operand).rows() : 0);
        bytes.putInt(isThere ? spec.operand(operand).columns() : 0);
    }

    private static void putTensor(ByteBuffer bytes, AttentionSpec spec, Operand operand) {
        // Apart for what is not there: JDK 17's compiler, and it seems 25's, made code of both in one that read through
        // null and ended the JVM.
        if (!spec.has(operand)) {
            for (int i = 0; i < TENSOR_LONGS; i++) {
                bytes.putLong(0);
            }
            return;
        }
        TensorSpec tensor = spec.operand(operand);
        bytes.putLong(tensor.layout().start());
        for (int dimension = 0; dimension < TENSOR_LONGS - 1; dimension++) {
            bytes.putLong(tensor.stride(dimension));
        }
    }

    private static long stride(AttentionSpec spec, Operand operand, int dimension) {
        if (!spec.has(operand)) {
            return 0;
        }
        TensorSpec tensor = spec.operand(operand);
        return tensor.stride(dimension);
    }
}
