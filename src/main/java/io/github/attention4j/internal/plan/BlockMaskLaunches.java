package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.BlockScope;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelParams;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.RowGroups;
import io.github.attention4j.internal.plan.lanes.LanesGuesses;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The kernels that make the block masks of a spec: what is seen of each block, tables of that, and in which order tiles
 * are worked on.
 */
public final class BlockMaskLaunches {
    /** Blocks that a work-item of a processor judges at once, see {@code lib/blocks/search.clh}. */
    private static final int CHUNK = 16;
    /** Work-items of a processor for each of its cores, so that none is waited for long. */
    private static final int SHARES = 8;

    private final AttentionSpec spec;
    private final Device device;
    private final int rows;
    private final int columns;
    private final int masks;

    public BlockMaskLaunches(AttentionSpec spec, Device device) {
        this.spec = spec;
        this.device = device;
        rows = Sizes.ceilDiv(spec.queryLength(), spec.blockQueries());
        columns = Sizes.ceilDiv(spec.keyLength(), spec.blockKeys());
        TensorSpec mask = spec.operand(Operand.BLOCK_MASK);
        masks = mask.batch() * mask.heads();
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    /** Whether their text is that of processors, with vectors. */
    public boolean isOnProcessor() {
        return device.type() == Device.Type.CPU;
    }

    private int items() {
        return RowGroups.items(device);
    }

    /** What is seen of each block; it takes all operands of the call. */
    public Launch search() {
        Map<String, Integer> macros = new TreeMap<>();
        macros.put("ITEMS", items());
        if (isOnProcessor()) {
            macros.put("LANES", LanesGuesses.lanes(device));
        }
        long groups = ceilDiv(columns, (long) span() * items());
        return new Launch(
                KernelOptions.blockMask("attn_block_search", spec, true, macros), groups, rows, masks, items(), true);
    }

    /** The tables and the order; they take the mask alone. */
    public List<Launch> tables() {
        long orders = spec.operand(Operand.BLOCK_MASK).columns()
                - (rows * (columns + 1L) + columns * (rows + 1L)); // as many numbers as tiles of all sizes
        return orders == 0
                ? List.of(ofMasks("attn_block_tables", rows + columns))
                : List.of(ofMasks("attn_block_tables", rows + columns), ofMasks("attn_block_order", orders));
    }

    private Launch ofMasks(String kernel, long numbers) {
        KernelOptions options = KernelOptions.blockMask(kernel, spec, false, Map.of("ITEMS", items()));
        return new Launch(options, ceilDiv(numbers, items()), masks, 1, items(), true);
    }

    /**
     * Blocks of a work-item: on a GPU one, on a processor a whole row of them, whose ranges are found once, unless
     * there are few rows.
     */
    private int span() {
        if (!isOnProcessor()) {
            return 1;
        }
        long each = ceilDiv((long) rows * masks * columns, (long) SHARES * device.computeUnits());
        return (int) Math.min(columns, ceilDiv(each, CHUNK) * CHUNK);
    }

    /** The struct that all are given; {@code attn_block_search.cl} says what stands in the place of which number. */
    public ByteBuffer params() {
        BlockScope scope = BlockScope.of(spec);
        return KernelParams.of(spec, span(), false, scope.batches(), scope.heads());
    }

    /** What they hand to one another, in bytes: see {@code lib/blocks/scratch.clh}. */
    public long scratchBytes() {
        long blocks = ceilDiv((long) masks * rows * columns, Integer.BYTES) * Integer.BYTES;
        return blocks + (long) Integer.BYTES * masks * (rows + columns);
    }
}
