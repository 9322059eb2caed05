package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.operand.OperandRow;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A few small calls of the kernel, head sizes, types and options of a larger one, so that mostly the very same program
 * runs: grouped heads and a causal mask over more than one tile of keys, and one row that sees three keys. Inputs are
 * exact in every type, but for what a call of gradients takes from its forward call.
 */
final class SmallAttention {
    private static final Operand[] OPERANDS = Operand.values();
    /** Multiply-adds of a call in Java, which has not been compiled yet. */
    private static final int MOST_WORK = 100_000;

    private static final int SHARES = 3;
    /**
     * Products of the inputs and their sums are exact in f32, so plain float arithmetic is off by at most 3e-6; the
     * budget of every kernel is three times that and a little.
     */
    private static final double ALLOWED = 1e-5;
    /** Where scores are not exact: large ones are off by more. */
    private static final double ALLOWED_WITH_STEPS = 2e-4;
    /** Where weights are rounded to bf16 on the way. */
    private static final double ALLOWED_ROUNDED = 1e-2;

    private final List<Call> calls;
    /** Whether the larger call's are, so that its kernel shares keys out. */
    private final boolean areRowsLong;

    private SmallAttention(List<Call> calls, boolean areRowsLong) {
        this.calls = calls;
        this.areRowsLong = areRowsLong;
    }

    /**
     * One call.
     *
     * @param spec what the kernel computes
     * @param forward of gradients, the call that gives out and lse; else the same
     */
    private record Call(AttentionSpec spec, AttentionSpec forward) {
        /** The call that is to {@code like} what {@code forward} is to the call whose gradients those are. */
        static Call of(AttentionSpec like, AttentionSpec forward) {
            if (!like.isBackward()) {
                return new Call(forward, forward);
            }
            List<Operand> wanted = new ArrayList<>();
            for (Operand operand : OPERANDS) {
                Operand of = OperandTable.of(operand).gradientOf();
                boolean isOfFunction = OperandTable.isScoreTensorGradient(operand); // which has kernels of its own
                if (like.isOutput(operand) && forward.has(of) && !isOfFunction) {
                    wanted.add(of);
                }
            }
            AttentionSpecBuilder builder = forward.backward(wanted.toArray(Operand[]::new)).toBuilder();
            for (Operand operand : OPERANDS) {
                OperandRow row = OperandTable.of(operand);
                if (row.isOfBackward() && row.role() == Role.MAIN && like.has(operand)) {
                    builder.type(operand, like.operand(operand).dtype());
                }
            }
            return new Call(builder.build(), forward);
        }
    }

    static SmallAttention of(AttentionSpec spec, TileConfig tiles) {
        int tileKv = tiles.macros().getOrDefault("TILE_KV", 60);
        int keys = tileKv + 5;
        int work = 2 * keys * (spec.headDim() + spec.valueDim());
        boolean joined = tiles.areHeadsJoined();
        int most = joined ? 3 : tiles.queryStep() + 3;
        int queries = Math.max(joined ? 1 : 2, Math.min(most, MOST_WORK / work));
        return new SmallAttention(
                List.of(
                        Call.of(
                                spec,
                                like(spec, 2, queries, keys).kvHeads(1).causal().build()),
                        Call.of(spec, like(spec, 1, 1, 3).build())),
                KeySplit.areRowsLong(spec));
    }

    /** With the options of a call that are compiled into its kernel, so that it is that kernel which is checked. */
    private static AttentionSpecBuilder like(AttentionSpec spec, int heads, int queries, int keys) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .heads(heads)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(spec.headDim())
                .valueDim(spec.valueDim())
                .scale(1)
                .precision(spec.precision())
                .returnLse();
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.OUT}) {
            builder.type(operand, spec.operand(operand).dtype());
        }
        if (spec.softcap() > 0) {
            builder.softcap(20);
        }
        if (spec.has(Operand.ALIBI_SLOPES)) {
            builder.alibi();
        }
        if (spec.has(Operand.BIAS)) {
            builder.bias(spec.operand(Operand.BIAS).dtype());
        }
        if (spec.has(Operand.KEEP_MASK)) {
            builder.keepMask(spec.operand(Operand.KEEP_MASK).dtype());
        }
        if (spec.rotary() != null) {
            builder.rotary(new Rotary(spec.rotary().dim(), spec.rotary().interleaved(), keys));
        }
        if (spec.has(Operand.SINK)) {
            builder.sink();
        }
        if (spec.has(Operand.ADDITIVE_VECTOR)) {
            builder.additive();
        }
        SmallFunctions.addAll(builder, spec, keys);
        builder.dropout(spec.dropout());
        if (spec.isPaged()) {
            int pageSize = spec.operand(Operand.KEY).rows();
            builder.paged(pageSize, (keys + pageSize - 1) / pageSize);
        }
        return builder;
    }

    /** What is computed. */
    List<AttentionSpec> specs() {
        return calls.stream().map(Call::spec).toList();
    }

    /** What is wrong with the answers of the kernel that was chosen, or null if nothing is. */
    String problem(Choice choice, ClContext context, ProgramCache programs, JavaSide java) {
        try (Backend reference = java.open("reference")) {
            for (Call call : calls) {
                AttentionSpec spec = call.spec();
                AttentionArrays arrays = arrays(spec);
                AttentionArrays exact = arrays(spec);
                if (spec.isBackward()) {
                    AttentionArrays forward = arrays(call.forward());
                    reference.attend(reference.plan(call.forward()), forward);
                    take(forward, arrays, exact);
                }
                reference.attend(reference.plan(spec), exact);
                run(spec, choice, context, programs, arrays);
                for (Operand output : OPERANDS) {
                    String problem = spec.isOutput(output) ? compare(spec, output, choice, arrays, exact) : null;
                    if (problem != null) {
                        return problem;
                    }
                }
            }
            return null;
        }
    }

    /** Out and lse of a forward call, for its gradients. */
    private static void take(AttentionArrays forward, AttentionArrays... gradients) {
        for (AttentionArrays arrays : gradients) {
            for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
                if (forward.get(operand) instanceof short[] halves) {
                    arrays.with(operand, halves);
                } else {
                    arrays.with(operand, (float[]) forward.get(operand));
                }
            }
        }
    }

    private void run(
            AttentionSpec spec, Choice like, ClContext context, ProgramCache programs, AttentionArrays arrays) {
        TileConfig tiles = like.tiles();
        // Only kernels that join heads share out evenly what is seen.
        KeySplit shares = new KeySplit(SHARES, tiles.areHeadsJoined() ? 0 : (spec.keyLength() - 1) / SHARES + 1);
        KeySplit split =
                spec.isBackward() ? tiles.scratch(spec).split() : like.split().isWhole() ? KeySplit.NONE : shares;
        KernelOptions options = tiles.kernel(spec, areRowsLong);
        Choice choice = Choice.of(spec, context.device, tiles, options, split, List.of("self-check"));
        ClPlan plan = new ClPlan(choice, context, programs);
        List<ClTensor> made = new ArrayList<>();
        try (ClStream stream = ClStream.make(context)) {
            AttentionTensors call = new AttentionTensors();
            for (Operand operand : OPERANDS) {
                if (spec.has(operand)) {
                    TensorSpec t = spec.operand(operand);
                    ClTensor tensor =
                            ClTensor.make(context, null, t.dtype(), t.batch(), t.heads(), t.rows(), t.rowUnits());
                    made.add(tensor);
                    tensor.upload(stream, arrays.get(operand), 0);
                    call.with(operand, tensor);
                }
            }
            try (ClEvent event = plan.enqueueWithEvent(stream, call)) {
                event.await();
            }
            for (Operand operand : OPERANDS) {
                if (spec.isOutput(operand)) {
                    ((ClTensor) call.get(operand)).download(stream, arrays.get(operand), 0);
                }
            }
        } finally {
            for (ClTensor tensor : made) {
                tensor.close();
            }
        }
    }

    private static String compare(
            AttentionSpec spec, Operand output, Choice choice, AttentionArrays arrays, AttentionArrays exact) {
        TensorSpec tensor = spec.operand(output);
        boolean isExact = !spec.isBackward()
                && spec.softcap() == 0
                && spec.rotary() == null
                && !spec.has(Operand.ALIBI_SLOPES)
                && spec.score() == null;
        double allowed = isRounding(choice) ? ALLOWED_ROUNDED : isExact ? ALLOWED : ALLOWED_WITH_STEPS;
        int count = (int) tensor.elements();
        for (int i = 0; i < count; i++) {
            float is = number(arrays.get(output), tensor.dtype(), i);
            float should = number(exact.get(output), tensor.dtype(), i);
            if (is == should) {
                continue; // both may be infinite, and an infinite bound is none
            }
            double error = Math.abs(is - (double) should);
            if (!(error <= allowed * Math.max(1, Math.abs(should)) + step(tensor.dtype()) * Math.abs(should))) {
                int row = i / tensor.columns();
                return output.label() + " of " + spec.heads() + " heads, " + spec.queryLength() + " queries and "
                        + spec.keyLength() + " keys is " + is + " at [head " + row / tensor.rows() + ", query "
                        + row % tensor.rows() + ", column " + i % tensor.columns() + "], but should be " + should;
            }
        }
        return null;
    }

    /** Whether the kernel rounds weights, or what they are multiplied with, to 16 bits. */
    private static boolean isRounding(Choice choice) {
        return choice.tiles().isRounding();
    }

    /** The distance of two neighbours among numbers of a type, relative to them. */
    private static double step(DType type) {
        return type == DType.BF16 ? 0x1p-7 : type == DType.F16 ? 0x1p-10 : 0;
    }

    /**
     * Operands of random numbers that every type holds exactly; outputs hold none, so that what is not written is seen.
     */
    private static AttentionArrays arrays(AttentionSpec spec) {
        AttentionArrays arrays = new AttentionArrays();
        for (Operand operand : OPERANDS) {
            if (!spec.has(operand)) {
                continue;
            }
            // By operand, so that a call and its gradients have the same.
            SplittableRandom random = new SplittableRandom(operand.ordinal() + 1);
            TensorSpec tensor = spec.operand(operand);
            int count = tensor.batch() * tensor.heads() * tensor.rows() * tensor.rowUnits();
            Operand scaled = OperandTable.of(operand).scalesOf();
            // So that elements are between -1 and 1.
            float scale = scaled == null
                    ? 0
                    : Math.scalb(1f, 1 - spec.operand(scaled).dtype().bits());
            switch (tensor.dtype()) {
                case F32 -> {
                    float[] all = new float[count];
                    for (int i = 0; i < count; i++) {
                        all[i] = spec.isOutput(operand) ? Float.NaN : scaled != null ? scale : sixteenths(random);
                    }
                    arrays.with(operand, all);
                }
                case F16, BF16 -> {
                    short[] all = new short[count];
                    for (int i = 0; i < count; i++) {
                        float number = spec.isOutput(operand) ? Float.NaN : sixteenths(random);
                        all[i] = tensor.dtype() == DType.F16 ? Half.toF16(number) : Half.toBf16(number);
                    }
                    arrays.with(operand, all);
                }
                case I32 -> {
                    int[] all = new int[count];
                    for (int i = 0; i < count; i++) {
                        all[i] = operand == Operand.KEY_LENGTHS ? spec.keyLength() : i; // or the number of a page
                    }
                    arrays.with(
                            operand,
                            switch (operand) {
                                case SCORE_TENSOR_0 -> SmallFunctions.documents(count);
                                case BLOCK_MASK -> SmallFunctions.blocks(spec);
                                default -> all;
                            });
                }
                default -> {
                    byte[] all = new byte[count];
                    random.nextBytes(all);
                    arrays.with(operand, all);
                }
            }
        }
        return arrays;
    }

    private static float sixteenths(SplittableRandom random) {
        return random.nextInt(-16, 17) / 16f;
    }

    private static float number(Object array, DType type, int i) {
        return switch (type) {
            case F16 -> Half.fromF16(((short[]) array)[i]);
            case BF16 -> Half.fromBf16(((short[]) array)[i]);
            default -> ((float[]) array)[i];
        };
    }
}
