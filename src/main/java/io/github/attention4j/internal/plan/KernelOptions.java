package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.TensorSpec;
import java.util.Map;
import java.util.TreeMap;

/**
 * One compiled kernel: its name and its {@code -D} list. Every macro that the kernels ask for is set here or by the tiles and
 * nowhere else; the text is sorted, so it is also the key of the program cache. Lengths, strides, scale and masks that are ranges of keys are not
 * here: they change from call to call and must not compile anything.
 *
 * @param kernel the kernel function; its file is {@code kernel + ".cl"}
 * @param text what the driver's compiler is given
 * @param hasAssembly whether the kernel has instructions of a processor or GPU in it, as inline assembly
 */
public record KernelOptions(String kernel, String text, boolean hasAssembly) {
    private static final int BYTES = 1;
    private static final int BITS = 2;
    /** From this distance on, rows of a tile may lie so far apart that their distance in elements needs more than 32 bits. */
    private static final long FAR_ROWS = 1 << 22;
    /** Intel's compiler then gives a lane 256 registers instead of 128, and runs half as many sub-groups at once. */
    private static final String LARGE_REGISTER_FILE = " -cl-intel-256-GRF-per-thread";

    /** Without inline assembly. */
    public KernelOptions(String kernel, String text) {
        this(kernel, text, false);
    }

    /** The forward kernel that computes this spec with these tiles. */
    public static KernelOptions of(AttentionSpec spec, TileConfig tiles) {
        return of(spec, tiles, KeySplit.areRowsLong(spec));
    }

    /**
     * The same for tests and checks of what kernels of long rows do with short ones.
     *
     * @param areRowsLong whether the kernel must be able to share keys out; those of DECODE always are
     */
    public static KernelOptions of(AttentionSpec spec, TileConfig tiles, boolean areRowsLong) {
        KernelOptions options = withoutAssembly(spec, tiles, areRowsLong);
        return tiles.hasAssembly() ? new KernelOptions(options.kernel, options.text, true) : options;
    }

    private static KernelOptions withoutAssembly(AttentionSpec spec, TileConfig tiles, boolean areRowsLong) {
        Map<String, Integer> macros = macros(spec);
        macros.putAll(tiles.macros());
        if (tiles.family() != KernelFamily.DECODE && areRowsLong) {
            macros.put("IS_SPLIT", 1);
        }
        if (tiles instanceof GroupTiles || tiles instanceof DecodeGroups) {
            macros.put("IS_ALIGNED", flag(areFoursAligned(spec)));
            String kernel = tiles.family() == KernelFamily.TILES ? "attn_forward_tiles" : "attn_decode_tiles";
            return of(kernel, macros, tiles.compilerFlags());
        }
        if (tiles instanceof MatrixTiles matrix) {
            boolean large = !matrix.emulated() && matrix.unit().wantsLargeRegisterFile();
            boolean warpgroups = matrix.unit() == MatrixUnit.WGMMA;
            KernelOptions options = of(warpgroups ? "attn_forward_warpgroups" : "attn_forward_matrix", macros);
            return large ? new KernelOptions(options.kernel(), options.text() + LARGE_REGISTER_FILE) : options;
        }
        if (tiles instanceof DecodeRows) {
            macros.put("IS_ALIGNED", flag(areFoursAligned(spec)));
            return of("attn_decode_rows", macros, tiles.compilerFlags());
        }
        if (tiles instanceof DecodeLanes) {
            return of("attn_decode_lanes", macros);
        }
        boolean dot = tiles instanceof DotTiles;
        macros.putIfAbsent("DOT", 0);
        macros.put("IS_KEY_STAGED", flag(dot ? DotTiles.areKeysStaged(spec) : LaneTiles.areKeysStaged(spec)));
        macros.put("IS_VALUE_STAGED", flag(dot || LaneTiles.areValuesStaged(spec)));
        return of("attn_forward_lanes", macros);
    }

    /** Whether in all large operands, rows and their pieces of four elements begin at multiples of four and lie within reach. */
    static boolean areFoursAligned(AttentionSpec spec) {
        return isAligned(spec.operand(Operand.QUERY))
                && isAligned(spec.operand(Operand.KEY))
                && isAligned(spec.operand(Operand.VALUE))
                && isAligned(spec.operand(Operand.OUT));
    }

    private static boolean isAligned(TensorSpec tensor) {
        long all = tensor.columns() | tensor.layout().start();
        for (int dimension = 0; dimension < 3; dimension++) {
            all |= tensor.stride(dimension);
        }
        return all % 4 == 0 && tensor.stride(2) < FAR_ROWS;
    }

    /** The kernel that writes {@link Operand#SCORES}, a query a work-group. */
    public static KernelOptions scores(AttentionSpec spec, KernelFamily family, Device device) {
        Map<String, Integer> macros = macros(spec);
        macros.put("ITEMS", scoreItems(family, device));
        return of("attn_scores", macros);
    }

    /** Work-items of a group of the kernel above. */
    public static int scoreItems(KernelFamily family, Device device) {
        boolean isOfLanes =
                family == KernelFamily.LANES || family == KernelFamily.DECODE && device.type() == Device.Type.CPU;
        return isOfLanes ? 1 : (int) Math.min(64, device.maxWorkGroupSize());
    }

    /** The kernel that joins shares of the keys, a query row a work-group; it depends on little, so few programs serve all specs. */
    public static KernelOptions combine(AttentionSpec spec, KernelFamily family, Device device) {
        Map<String, Integer> macros = sorted(
                "VALUE_DIM", spec.valueDim(), "OUT_TYPE", type(spec, Operand.OUT), "ITEMS", combineItems(device));
        for (String type : new String[] {"QUERY_TYPE", "KEY_TYPE", "VALUE_TYPE", "HEAD_DIM"}) {
            macros.put(type, 1);
        }
        if (family == KernelFamily.MATRIX
                || family == KernelFamily.LANES) { // which may round weights: see softmax_mean
            int type = type(spec, Operand.VALUE);
            macros.put("VALUE_TYPE", type <= type(DType.BF16) ? type : 1);
        }
        for (String none : new String[] {
            "BIAS_TYPE", "KEEP_TYPE", "HAS_SOFTCAP", "HAS_ALIBI", "ROTARY_DIM", "IS_INTERLEAVED", "PAGE_SIZE"
        }) {
            macros.put(none, 0);
        }
        return of("attn_combine", macros);
    }

    /** Work-items of a group of the kernel above. */
    public static int combineItems(Device device) {
        return device.type() == Device.Type.CPU ? 1 : (int) Math.min(64, device.maxWorkGroupSize());
    }

    /** The kernel that merges two partial results. */
    public static KernelOptions merge(int valueDim, DType parts, DType out) {
        return of("attn_merge", sorted("VALUE_DIM", valueDim, "VALUE_TYPE", type(parts), "OUT_TYPE", type(out)));
    }

    /** The kernel that rotates rows. */
    public static KernelOptions rotate(Rotary rotary, int columns, DType type) {
        Map<String, Integer> macros = sorted("HEAD_DIM", columns, "QUERY_TYPE", type(type), "ROTARY_DIM", rotary.dim());
        macros.put("IS_INTERLEAVED", flag(rotary.interleaved()));
        return of("attn_rotate", macros);
    }

    /** The kernel that appends rows of a type to a cache. */
    public static KernelOptions append(KvCacheSpec cache, DType rows) {
        Map<String, Integer> macros =
                sorted("HEAD_DIM", cache.headDim(), "VALUE_DIM", cache.valueDim(), "QUERY_TYPE", type(rows));
        macros.put("KEY_TYPE", type(cache.type()));
        macros.put("ROTARY_DIM", cache.rotary() == null ? 0 : cache.rotary().dim());
        macros.put(
                "IS_INTERLEAVED", flag(cache.rotary() != null && cache.rotary().interleaved()));
        return of("kv_append", macros);
    }

    /** The kernel that changes a few numbers of a tensor of integers. */
    public static KernelOptions write() {
        return new KernelOptions("kv_write", "-cl-std=CL1.2");
    }

    private static Map<String, Integer> macros(AttentionSpec spec) {
        Map<String, Integer> macros = sorted("HEAD_DIM", spec.headDim(), "VALUE_DIM", spec.valueDim(), "KEEP_TYPE", 0);
        macros.put("QUERY_TYPE", type(spec, Operand.QUERY));
        macros.put("KEY_TYPE", type(spec, Operand.KEY));
        macros.put("VALUE_TYPE", type(spec, Operand.VALUE));
        macros.put("OUT_TYPE", type(spec, Operand.OUT));
        macros.put("BIAS_TYPE", type(spec, Operand.BIAS));
        if (spec.has(Operand.KEEP_MASK)) {
            macros.put("KEEP_TYPE", spec.operand(Operand.KEEP_MASK).dtype() == DType.BIT ? BITS : BYTES);
        }
        macros.put("PAGE_SIZE", spec.isPaged() ? spec.operand(Operand.KEY).rows() : 0);
        macros.put("HAS_SOFTCAP", flag(spec.softcap() > 0));
        macros.put("HAS_ALIBI", flag(spec.has(Operand.ALIBI_SLOPES)));
        macros.put("ROTARY_DIM", spec.rotary() == null ? 0 : spec.rotary().dim());
        macros.put("IS_INTERLEAVED", flag(spec.rotary() != null && spec.rotary().interleaved()));
        return macros;
    }

    private static KernelOptions of(String kernel, Map<String, Integer> macros) {
        return of(kernel, macros, "-cl-std=CL1.2");
    }

    private static KernelOptions of(String kernel, Map<String, Integer> macros, String flags) {
        StringBuilder text = new StringBuilder(flags);
        for (Map.Entry<String, Integer> macro : macros.entrySet()) {
            text.append(" -D ").append(macro.getKey()).append('=').append(macro.getValue());
        }
        return new KernelOptions(kernel, text.toString());
    }

    private static Map<String, Integer> sorted(
            String first, int firstValue, String second, int secondValue, String third, int thirdValue) {
        Map<String, Integer> macros = new TreeMap<>();
        macros.put(first, firstValue);
        macros.put(second, secondValue);
        macros.put(third, thirdValue);
        return macros;
    }

    private static int type(AttentionSpec spec, Operand operand) {
        return spec.has(operand) ? type(spec.operand(operand).dtype()) : 0;
    }

    /** The number of a type in {@code lib/common/types.clh}. */
    private static int type(DType type) {
        return switch (type) {
            case F32 -> 1;
            case F16 -> 2;
            case BF16 -> 3;
            case I8 -> 4;
            case I4 -> 5;
            case I32, U8, BIT -> throw new IllegalArgumentException("kernels do not compute with " + type);
        };
    }

    @Override
    public boolean equals(Object other) { // written out for a fast start, see AttentionSpec
        return other instanceof KernelOptions that && kernel.equals(that.kernel) && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return 31 * kernel.hashCode() + text.hashCode();
    }

    private static int flag(boolean on) {
        return on ? 1 : 0;
    }
}
