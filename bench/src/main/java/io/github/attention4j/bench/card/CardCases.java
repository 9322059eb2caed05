package io.github.attention4j.bench.card;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.bench.run.Case;
import java.util.ArrayList;
import java.util.List;

/**
 * Small requests over types, sizes and options: each option alone, then all together. Sizes are no multiples of any
 * tile.
 */
public final class CardCases {
    private static final int QUERIES = 70;
    private static final int KEYS = 133;
    private static final float SOFTCAP = 5;

    private CardCases() {}

    /**
     * The requests, the most important first: if time is up, the rest is left out.
     *
     * @param quick only as many as show that the procedure works
     */
    public static List<Case> all(boolean quick) {
        List<Case> cases = new ArrayList<>();
        cases.add(call("plain", base(64)));
        cases.add(call("causal", base(64).causal()));
        cases.add(call("f16", base(64).types(DType.F16)));
        cases.add(call("everything", everything()));
        if (!quick) {
            frequent(cases);
            masks(cases);
            sizes(cases);
            types(cases);
            options(cases);
            layouts(cases);
        }
        return List.copyOf(cases);
    }

    /** What language models ask for. */
    private static void frequent(List<Case> cases) {
        cases.add(call("one query", base(64).queryLength(1)));
        cases.add(call("f16, headDim 128", base(128).types(DType.F16).causal()));
        cases.add(call("one query, f16", base(128).queryLength(1).types(DType.F16)));
        cases.add(call("bf16", base(64).types(DType.BF16)));
        cases.add(call("headDim 128", base(128).causal()));
    }

    private static void masks(List<Case> cases) {
        cases.add(call("causal, top left", base(64).causal(Mask.Alignment.TOP_LEFT)));
        cases.add(call("window 20..3", base(64).mask(Mask.window(20, 3))));
        cases.add(call(
                "causal, rows that see nothing",
                base(64).queryLength(KEYS).keyLength(QUERIES).causal()));
        cases.add(call("keep-mask of bytes", base(64).keepMask(DType.U8)));
        cases.add(call("keep-mask of bits", base(64).keepMask(DType.BIT)));
        cases.add(call("key lengths", base(64).keyLengths()));
        cases.add(ragged());
    }

    private static void sizes(List<Case> cases) {
        cases.add(call("one key", base(64).keyLength(1)));
        cases.add(call("1000 rows", base(64).batch(1).sequenceLength(1000).causal()));
        for (int dim : new int[] {8, 32, 80, 96, 192, 256}) {
            cases.add(call("headDim " + dim, base(dim).causal()));
        }
        cases.add(call("headDim 20, valueDim 9", base(20).valueDim(9)));
        cases.add(call("headDim 9, valueDim 128", base(9).valueDim(128)));
    }

    private static void types(List<Case> cases) {
        cases.add(call("bf16, headDim 128", base(128).types(DType.BF16).causal()));
        cases.add(call(
                "f16 keys and values", base(64).type(Operand.KEY, DType.F16).type(Operand.VALUE, DType.F16)));
        cases.add(call("f16 in, f32 out", base(64).types(DType.F16).type(Operand.OUT, DType.F32)));
    }

    private static void options(List<Case> cases) {
        cases.add(call("softcap", base(64).softcap(SOFTCAP)));
        cases.add(call("f32 bias", base(64).bias(DType.F32)));
        cases.add(call("f16 bias", base(64).bias(DType.F16)));
        cases.add(call("ALiBi", base(64).alibi()));
        cases.add(call("sink", base(64).sink()));
        cases.add(call("rotary", base(64).rotary(new Rotary(64, false, KEYS))));
        cases.add(call("rotary, interleaved", base(64).rotary(new Rotary(32, true, KEYS))));
        cases.add(call("log-sum-exp", base(64).causal().returnLse()));
    }

    private static void layouts(List<Case> cases) {
        cases.add(ordered("[batch, row, head]", base(64), Layout.Order.BATCH_ROW_HEAD));
        cases.add(ordered("packed QKV", base(64).sequenceLength(QUERIES), Layout.Order.PACKED_QKV));
    }

    private static Case call(String name, AttentionSpecBuilder spec) {
        return Case.random(name, spec.build());
    }

    private static Case ordered(String name, AttentionSpecBuilder spec, Layout.Order order) {
        return Case.random(name, spec.order(order).build());
    }

    private static AttentionSpecBuilder base(int dim) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(QUERIES)
                .keyLength(KEYS)
                .headDim(dim);
    }

    private static AttentionSpecBuilder everything() {
        return base(64).types(DType.BF16)
                .causal()
                .softcap(SOFTCAP)
                .bias(DType.F16)
                .keepMask(DType.BIT)
                .alibi()
                .sink()
                .rotary(new Rotary(64, false, KEYS));
    }

    private static Case ragged() {
        int[] queries = {0, 5, 5, 70};
        int[] keys = {0, 40, 50, 133};
        AttentionSpec spec = base(64).batch(queries.length - 1)
                .queryLength(65)
                .keyLength(83)
                .causal()
                .raggedQueries(QUERIES)
                .raggedKeys(KEYS)
                .build();
        AttentionArrays offsets =
                new AttentionArrays().with(Operand.QUERY_OFFSETS, queries).with(Operand.KEY_OFFSETS, keys);
        return Case.random("ragged batch", spec, offsets);
    }
}
