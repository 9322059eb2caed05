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
import io.github.attention4j.bench.run.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        Map<String, AttentionSpecBuilder> requests = new LinkedHashMap<>();
        requests.put("plain", base(64));
        requests.put("causal", base(64).causal());
        requests.put("f16", base(64).types(DType.F16));
        requests.put("everything", everything());
        if (!quick) {
            frequent(requests);
            masks(requests);
            sizes(requests);
            others(requests);
        }
        return requests.entrySet().stream()
                .map(request -> call(request.getKey(), request.getValue().build()))
                .toList();
    }

    private static Case call(String name, AttentionSpec spec) {
        AttentionArrays given = new AttentionArrays();
        if (spec.has(Operand.QUERY_OFFSETS)) {
            given.with(Operand.QUERY_OFFSETS, new int[] {0, 5, 5, 70})
                    .with(Operand.KEY_OFFSETS, new int[] {0, 40, 50, 133});
        }
        return Case.random(name, spec, given);
    }

    /** What language models ask for. */
    private static void frequent(Map<String, AttentionSpecBuilder> requests) {
        requests.put("one query", base(64).queryLength(1));
        requests.put("f16, headDim 128", base(128).types(DType.F16).causal());
        requests.put("one query, f16", base(128).queryLength(1).types(DType.F16));
        requests.put("bf16", base(64).types(DType.BF16));
        requests.put("headDim 128", base(128).causal());
    }

    private static void masks(Map<String, AttentionSpecBuilder> requests) {
        requests.put("causal, top left", base(64).causal(Mask.Alignment.TOP_LEFT));
        requests.put("window 20..3", base(64).mask(Mask.window(20, 3)));
        requests.put(
                "causal, rows that see nothing",
                base(64).queryLength(KEYS).keyLength(QUERIES).causal());
        requests.put("keep-mask of bytes", base(64).keepMask(DType.U8));
        requests.put("keep-mask of bits", base(64).keepMask(DType.BIT));
        requests.put("key lengths", base(64).keyLengths());
        requests.put("ragged batch", ragged());
    }

    private static void sizes(Map<String, AttentionSpecBuilder> requests) {
        requests.put("one key", base(64).keyLength(1));
        requests.put("1000 rows", base(64).batch(1).sequenceLength(1000).causal());
        for (int dim : new int[] {8, 32, 80, 96, 192, 256}) {
            requests.put("headDim " + dim, base(dim).causal());
        }
        requests.put("headDim 20, valueDim 9", base(20).valueDim(9));
        requests.put("headDim 9, valueDim 128", base(9).valueDim(128));
    }

    /** Types, scores and layouts. */
    private static void others(Map<String, AttentionSpecBuilder> requests) {
        requests.put("bf16, headDim 128", base(128).types(DType.BF16).causal());
        requests.put(
                "f16 keys and values", base(64).type(Operand.KEY, DType.F16).type(Operand.VALUE, DType.F16));
        requests.put("f16 in, f32 out", base(64).types(DType.F16).type(Operand.OUT, DType.F32));
        requests.put("softcap", base(64).softcap(SOFTCAP));
        requests.put("f32 bias", base(64).bias(DType.F32));
        requests.put("f16 bias", base(64).bias(DType.F16));
        requests.put("ALiBi", base(64).alibi());
        requests.put("sink", base(64).sink());
        requests.put("rotary", base(64).rotary(new Rotary(64, false, KEYS)));
        requests.put("rotary, interleaved", base(64).rotary(new Rotary(32, true, KEYS)));
        requests.put("log-sum-exp", base(64).causal().returnLse());
        requests.put("[batch, row, head]", base(64).order(Layout.Order.BATCH_ROW_HEAD));
        requests.put("packed QKV", base(64).sequenceLength(QUERIES).order(Layout.Order.PACKED_QKV));
    }

    private static AttentionSpecBuilder base(int dim) {
        return Shapes.parse("2x4/2x" + QUERIES + "x" + KEYS + "x" + dim).toBuilder();
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

    private static AttentionSpecBuilder ragged() {
        return base(64).batch(3)
                .queryLength(65)
                .keyLength(83)
                .causal()
                .raggedQueries(QUERIES)
                .raggedKeys(KEYS);
    }
}
