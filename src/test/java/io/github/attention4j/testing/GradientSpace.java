package io.github.attention4j.testing;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Forward calls that have gradients: each option by itself, all together, and at random. */
public final class GradientSpace {
    private GradientSpace() {}

    /** By name, what an option adds to a call. */
    public static Map<String, UnaryOperator<AttentionSpecBuilder>> options() {
        Map<String, UnaryOperator<AttentionSpecBuilder>> options = new LinkedHashMap<>();
        options.put("plain", b -> b);
        options.put("scale", b -> b.scale(-0.3f));
        options.put("softcap", b -> b.softcap(2));
        options.put("causal", AttentionSpecBuilder::causal);
        options.put("causal from the top left", b -> b.causal(Mask.Alignment.TOP_LEFT));
        options.put("window", b -> b.mask(Mask.window(3, 1)));
        options.put("diagonals", b -> b.mask(Mask.causal(Mask.Alignment.GIVEN)));
        options.put("prefix", b -> b.causal().prefixLengths());
        options.put("ranges", b -> b.keyRanges(2, 4));
        options.put("key lengths", b -> b.keyLengths());
        options.put("keep-mask", b -> b.keepMask(DType.BIT, 2, 1, 13, 19));
        options.put("bias", b -> b.bias(DType.F32));
        options.put("bias for all", b -> b.bias(DType.F32, 1, 1, 1, 1));
        options.put("bias of keys", b -> b.bias(DType.F32, 2, 1, 1, 19));
        options.put("bias of queries", b -> b.bias(DType.F16, 1, 4, 13, 1));
        options.put("ALiBi", b -> b.alibi());
        options.put("ALiBi of entries", b -> b.alibi(2));
        options.put("sink", b -> b.sink());
        options.put("rotary", b -> b.rotary(new Rotary(8, false, 40)));
        options.put("rotary, neighbours", b -> b.rotary(new Rotary(6, true, 40)).queryPositions(2));
        options.put("ragged", b -> b.raggedQueries(23).raggedKeys(31));
        options.put("ragged keys with lengths", b -> b.raggedKeys(31).keyLengths());
        options.put("other value size", b -> b.valueDim(7));
        options.put("wide rows", b -> b.headDim(150).valueDim(70));
        options.put("f16", b -> b.types(DType.F16));
        options.put("bf16", b -> b.types(DType.BF16));
        options.put("mixed types", b -> b.type(Operand.KEY, DType.F16).type(Operand.OUT, DType.BF16));
        options.put("rows before heads", b -> b.order(Layout.Order.BATCH_ROW_HEAD));
        options.put("packed", b -> b.keyLength(13).order(Layout.Order.PACKED_QKV));
        options.put("dropout", b -> b.dropout(0.3f));
        options.put("additive", b -> b.additive());
        options.put("everything", b -> b.softcap(5)
                .mask(Mask.window(9, 2))
                .keyLengths()
                .keepMask(DType.U8, 1, 4, 13, 19)
                .bias(DType.BF16, 1, 4, 13, 19)
                .alibi()
                .sink()
                .rotary(new Rotary(10, false, 40))
                .dropout(0.1f));
        return options;
    }

    /** A small call with an option: grouped heads and sizes that are multiples of nothing. */
    public static AttentionSpec small(String option) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(13)
                .keyLength(19)
                .headDim(11)
                .returnLse();
        return options().get(option).apply(builder).build();
    }

    /** The backward call of a random forward call, or null if that has no gradients. */
    public static GradientProblem random(SweepProgram program, int number, long seed) {
        if (program.scores()) {
            return null;
        }
        Problem forward = SweepCase.of(program, number, seed).problem();
        SplittableRandom random = new SplittableRandom(forward.seed() * 31 + 77);
        AttentionSpecBuilder builder = forward.spec().toBuilder();
        if (Math.abs(forward.spec().scale()) > 10) {
            builder.scale(0.7f); // larger ones leave one key of a row, and gradients that are all rounding
        }
        if (random.nextInt(4) == 0) {
            builder.dropout(new float[] {0.1f, 0.5f, 0.99f}[random.nextInt(3)]);
        }
        AttentionSpec spec = builder.returnLse().build();
        Operand[] wanted = GradientProblem.all(spec);
        if (random.nextInt(3) == 0) {
            wanted = new Operand[] {wanted[random.nextInt(wanted.length)]};
        }
        AttentionSpecBuilder backward = spec.backward(wanted).toBuilder();
        if (random.nextInt(3) == 0) {
            backward.gradLse();
        }
        if (random.nextInt(3) == 0) {
            backward.accumulate();
        }
        AttentionSpec gradients = backward.build();
        for (Operand gradient :
                new Operand[] {Operand.GRAD_OUT, Operand.GRAD_QUERY, Operand.GRAD_KEY, Operand.GRAD_VALUE}) {
            if (gradients.has(gradient) && random.nextInt(4) == 0) {
                backward.type(gradient, DType.F32);
            }
            if (gradients.has(gradient) && random.nextInt(4) == 0) {
                backward.layout(gradient, RandomLayout.of(gradients.operand(gradient), random, false));
            }
        }
        float amplitude = Math.min(forward.amplitude(), 4);
        return new GradientProblem(new Problem(spec, forward.seed(), amplitude), backward.build());
    }
}
