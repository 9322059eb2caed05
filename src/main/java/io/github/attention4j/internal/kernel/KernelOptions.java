package io.github.attention4j.internal.kernel;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.internal.operand.OperandRow;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import io.github.attention4j.internal.operand.TypeNumbers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One compiled kernel: its name and its {@code -D} list. Every macro that the kernels ask for is set here or by the
 * tiles and nowhere else; the text is sorted, so it is also the key of the program cache. Lengths, strides, scale and
 * masks that are ranges of keys are not here: they change from call to call and must not compile anything.
 *
 * @param kernel the kernel function; its file is {@code kernel + ".cl"}
 * @param text what the driver's compiler is given
 * @param hasAssembly whether the kernel has instructions of a processor or GPU in it, as inline assembly
 * @param hasMarkedInstructions whether it has instructions as marked comments, which become instructions in the built
 *     program
 * @param functions what stands in front of the kernel's text: macros of the user's functions; empty for none
 */
public record KernelOptions(
        String kernel, String text, boolean hasAssembly, boolean hasMarkedInstructions, String functions) {
    /** The version of OpenCL C that kernels are written in. */
    public static final String LANGUAGE = "-cl-std=CL1.2";

    private static final Operand[] OPERANDS = Operand.values();
    /**
     * What makes a program one that other instructions or another way through the kernel belong to; the rest are sizes.
     */
    private static final List<String> WAYS = List.of(
            "ACTIVATION",
            "BYTE_DOT",
            "DOT",
            "EMULATED",
            "HAS_BLOCK_MASK",
            "INPUT_TYPE",
            "IS_INPUT_TURNED",
            "IS_SPLIT",
            "IS_WEIGHT_TURNED",
            "KEY_TYPE",
            "PIECES",
            "PING_PONG",
            "PRODUCER",
            "SHUFFLE",
            "STAGES",
            "UNIT",
            "UNIT_TYPE",
            "WEIGHT_TYPE");

    /** Without inline assembly. */
    public KernelOptions(String kernel, String text) {
        this(kernel, text, false, false, "");
    }

    /**
     * A kernel that computes attention.
     *
     * @param kernel the kernel function
     * @param spec what it computes
     * @param tiles macros beside those of the spec
     * @param flags what the compiler is told beside macros
     */
    public static KernelOptions attention(
            String kernel,
            AttentionSpec spec,
            Map<String, Integer> tiles,
            String flags,
            boolean hasAssembly,
            boolean hasMarkedInstructions) {
        Map<String, Integer> macros = macros(spec);
        macros.putAll(tiles);
        return new KernelOptions(
                kernel, text(macros, flags), hasAssembly, hasMarkedInstructions, FunctionText.of(spec));
    }

    /** The same for another kernel, without assembly. */
    public KernelOptions of(String other) {
        return new KernelOptions(other, text, false, false, functions);
    }

    /**
     * Kernel, types of what is multiplied and instructions: what programs have in common that are right or wrong
     * together.
     */
    public String way() {
        StringBuilder way = new StringBuilder(kernel);
        for (String macro : WAYS) {
            String before = " -D " + macro + "=";
            int at = text.indexOf(before);
            if (at >= 0) {
                int end = text.indexOf(' ', at + before.length());
                way.append(text, at + " -D".length(), end < 0 ? text.length() : end);
            }
        }
        for (String function : new String[] {"HAS_SCORE_FUNCTION", "HAS_KEEP_FUNCTION"}) {
            way.append(functions.contains(" " + function + " ") ? " " + function : "");
        }
        return way.toString();
    }

    /**
     * The kernel that writes {@link Operand#SCORES}, a query a work-group.
     *
     * @param items work-items of a group
     */
    public static KernelOptions scores(AttentionSpec spec, int items) {
        Map<String, Integer> macros = macros(spec);
        macros.put("ITEMS", items);
        return of("attn_scores", macros, spec);
    }

    /**
     * The kernel that joins shares of the keys, a query row a work-group; it depends on little, so few programs serve
     * all specs.
     *
     * @param areWeightsRounded whether the shares' weights may have been rounded to the type of the values: see
     *     {@code softmax_mean}
     * @param items work-items of a group
     */
    public static KernelOptions combine(AttentionSpec spec, boolean areWeightsRounded, int items) {
        Map<String, Integer> macros = least(spec, Operand.OUT);
        macros.put("VALUE_DIM", spec.valueDim());
        if (areWeightsRounded && spec.operand(Operand.VALUE).dtype().isFloat()) {
            macros.put("VALUE_TYPE", type(spec, Operand.VALUE));
        }
        String dropout = OperandTable.of(Operand.DROPOUT_STATE).macro(); // what is kept is multiplied there
        macros.put(dropout, flag(spec.has(Operand.DROPOUT_STATE)));
        macros.put("ITEMS", items);
        return of("attn_combine", macros);
    }

    /** Macros of a kernel that asks for little, so that few programs serve all specs: the types of these operands. */
    private static Map<String, Integer> least(AttentionSpec spec, Operand... typed) {
        Map<String, Integer> macros = new TreeMap<>();
        for (Operand operand : OPERANDS) { // none but those that must have a type
            OperandRow row = OperandTable.of(operand);
            if (row.macro() != null && (spec.isBackward() || !row.isOfBackward())) {
                macros.put(row.macro(), row.role() == Role.MAIN ? 1 : 0);
            }
        }
        for (Operand operand : typed) {
            macros.put(OperandTable.of(operand).macro(), type(spec, operand));
        }
        for (String none : new String[] {"HAS_SOFTCAP", "ROTARY_DIM", "IS_INTERLEAVED", "PAGE_SIZE"}) {
            macros.put(none, 0);
        }
        macros.put("HEAD_DIM", 1);
        macros.put("VALUE_DIM", 1);
        putLonger(macros, spec);
        if (spec.isBackward()) {
            macros.put("IS_BACKWARD", 1);
        }
        return macros;
    }

    /**
     * Whether it multiplies in a way that was run on one machine, or on none: by AMX, or as that does, f32 in pieces on
     * a matrix unit, or on tiles that a copy engine brings. It is checked on every driver.
     */
    public boolean isExperimental() {
        return text.contains("DOT=3") // BYTE_DOT too
                || text.contains("DOT=4")
                || text.contains(" -D PIECES=")
                || text.contains(" -D STAGES=");
    }

    /** Whether the kernel is one of gradients. */
    public boolean isBackward() {
        return text.contains(" -D IS_BACKWARD=1");
    }

    /** The kernel of {@code delta}, the first of gradients, a query row a work-group. */
    public static KernelOptions delta(AttentionSpec spec, int items) {
        Map<String, Integer> macros = least(spec, Operand.OUT, Operand.GRAD_OUT);
        macros.put("VALUE_DIM", spec.valueDim());
        macros.put("ITEMS", items);
        return of("attn_delta", macros);
    }

    /** The kernel from rows in the scratch to the gradient of query or key, a row a work-group. */
    public static KernelOptions gradientRows(AttentionSpec spec, Operand gradient, int items) {
        Map<String, Integer> macros = least(spec, gradient);
        macros.put("HEAD_DIM", spec.headDim());
        putRotary(macros, spec.rotary());
        macros.put("IS_OF_KEYS", flag(gradient == Operand.GRAD_KEY));
        macros.put("ITEMS", items);
        return of("attn_gradient_rows", macros);
    }

    /** The kernel of gradients with numbers for each head, a head a work-group. */
    public static KernelOptions gradientHeads(AttentionSpec spec, int items) {
        Map<String, Integer> macros = least(spec);
        macros.put("HEAD_DIM", spec.headDim());
        macros.put("ITEMS", items);
        return of("attn_gradient_heads", macros);
    }

    /** The kernel of the gradient of a bias, an element a work-item. */
    public static KernelOptions gradientBias(AttentionSpec spec, int items) {
        Map<String, Integer> macros = macros(spec);
        macros.put("ITEMS", items);
        return of("attn_gradient_bias", macros, spec);
    }

    /**
     * The kernel of the gradient of a tensor that the score function reads, in sums of some of the query rows each.
     *
     * @param tensor its number
     */
    public static KernelOptions gradientTensor(AttentionSpec spec, int tensor, int items) {
        Map<String, Integer> macros = macros(spec);
        macros.put("ITEMS", items);
        macros.put("TENSOR", tensor);
        String text = text(macros, LANGUAGE);
        return new KernelOptions("attn_gradient_tensor", text, false, false, FunctionText.withReads(spec, tensor));
    }

    /**
     * One of the kernels that make a block mask.
     *
     * @param asks whether it asks the keep function
     * @param own work-items of a group, and floats of a vector if there are vectors
     */
    public static KernelOptions blockMask(String kernel, AttentionSpec spec, boolean asks, Map<String, Integer> own) {
        Map<String, Integer> macros = least(spec);
        macros.putAll(own);
        String functions = asks ? FunctionText.ofKeep(spec) : "";
        return new KernelOptions(kernel, text(macros, LANGUAGE), false, false, functions);
    }

    /** The kernel that adds up what that one found, an element a work-item. */
    public static KernelOptions gradientTensorSum(AttentionSpec spec, int tensor, int sums, int items) {
        Map<String, Integer> macros = least(spec);
        macros.put("HEAD_DIM", spec.headDim());
        macros.put("ITEMS", items);
        macros.put("TENSOR", tensor);
        macros.put("SUMS", sums);
        return of("attn_gradient_tensor_sum", macros);
    }

    private static void putRotary(Map<String, Integer> macros, Rotary rotary) {
        macros.put("ROTARY_DIM", rotary == null ? 0 : rotary.dim());
        macros.put("IS_INTERLEAVED", flag(rotary != null && rotary.interleaved()));
    }

    /**
     * A kernel of a layer around attention.
     *
     * @param macros all that it is compiled with, in the order of their names
     * @param flags what the compiler is told beside macros
     */
    public static KernelOptions layer(String kernel, Map<String, Integer> macros, String flags, boolean hasAssembly) {
        return new KernelOptions(kernel, text(macros, flags), hasAssembly, false, "");
    }

    /**
     * The kernel that says what an instruction of a processor is worth beside multiply-adds of floats.
     *
     * @param lanes floats of a vector
     * @param way the macro that chooses it, one of those that kernels have for it
     * @param product its number
     */
    public static KernelOptions unitRate(int lanes, String way, int product) {
        Map<String, Integer> macros = sorted("BYTE_DOT", 0, "DOT", 0, "LANES", lanes);
        macros.put(way, product);
        return new KernelOptions("unit_rate", text(macros, LANGUAGE), true, false, "");
    }

    /** The kernel that asks for the permission to use AMX. */
    public static KernelOptions amxPermission() {
        return new KernelOptions("amx_permission", LANGUAGE, true, false, "");
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
        putRotary(macros, cache.rotary());
        return of("kv_append", macros);
    }

    /** The kernel that changes a few numbers of a tensor of integers. */
    public static KernelOptions write() {
        return new KernelOptions("kv_write", LANGUAGE);
    }

    private static Map<String, Integer> macros(AttentionSpec spec) {
        Map<String, Integer> macros = new TreeMap<>();
        for (Operand operand : OPERANDS) {
            OperandRow row = OperandTable.of(operand);
            if (row.macro() != null && (spec.isBackward() || !row.isOfBackward())) {
                macros.put(row.macro(), row.isMacroOfType() ? type(spec, operand) : flag(spec.has(operand)));
            }
        }
        if (spec.isBackward()) {
            macros.put("IS_BACKWARD", 1);
        }
        macros.put("HEAD_DIM", spec.headDim());
        macros.put("VALUE_DIM", spec.valueDim());
        macros.put("PAGE_SIZE", spec.isPaged() ? spec.operand(Operand.KEY).rows() : 0);
        macros.put("HAS_SOFTCAP", flag(spec.softcap() > 0));
        putRotary(macros, spec.rotary());
        putLonger(macros, spec);
        return macros;
    }

    /**
     * Only where there are some, so that all others compile as they would without; the struct of parameters is longer.
     */
    private static void putLonger(Map<String, Integer> macros, AttentionSpec spec) {
        if (KernelParams.hasTensors(spec)) {
            macros.put("HAS_SCORE_TENSORS", 1);
        }
        if (spec.has(Operand.BLOCK_MASK)) {
            macros.put("HAS_BLOCK_MASK", 1);
            macros.put("BLOCK_QUERIES", spec.blockQueries());
            macros.put("BLOCK_KEYS", spec.blockKeys());
        }
    }

    private static KernelOptions of(String kernel, Map<String, Integer> macros, AttentionSpec spec) {
        return new KernelOptions(kernel, text(macros, LANGUAGE), false, false, FunctionText.of(spec));
    }

    private static KernelOptions of(String kernel, Map<String, Integer> macros) {
        return new KernelOptions(kernel, text(macros, LANGUAGE));
    }

    private static String text(Map<String, Integer> macros, String flags) {
        StringBuilder text = new StringBuilder(flags);
        for (Map.Entry<String, Integer> macro : macros.entrySet()) {
            text.append(" -D ").append(macro.getKey()).append('=').append(macro.getValue());
        }
        return text.toString();
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
        return spec.has(operand) ? type(spec.operand(operand).dtype()) : TypeNumbers.NONE;
    }

    private static int type(DType type) {
        return TypeNumbers.of(type);
    }

    @Override
    public boolean equals(Object other) { // written out for a fast start, see TensorSpec
        return other instanceof KernelOptions that
                && kernel.equals(that.kernel)
                && text.equals(that.text)
                && functions.equals(that.functions);
    }

    @Override
    public int hashCode() {
        return 31 * kernel.hashCode() + text.hashCode();
    }

    private static int flag(boolean on) {
        return on ? 1 : 0;
    }
}
