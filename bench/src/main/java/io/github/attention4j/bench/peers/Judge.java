package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.SampledGradients;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Verdict;
import java.util.EnumMap;
import java.util.Map;

/** Judges what contenders answer at one shape. What it judges by is computed once for each type. */
final class Judge {
    private final AttentionSpec spec;
    private final Map<DType, Budget> budgets = new EnumMap<>(DType.class);
    private final Map<DType, SampledGradients> gradients = new EnumMap<>(DType.class);

    Judge(AttentionSpec spec) {
        this.spec = spec;
    }

    /** How good an answer is; what computes in bf16 rounds its weights and its answer to it. */
    Verdict judge(PeerKind kind, float[] answer) {
        DType type = kind.isBf16() ? DType.BF16 : DType.F32;
        if (kind.pass().hasGradients()) {
            return gradients
                    .computeIfAbsent(
                            type, each -> SampledGradients.of(call(each).withGradOut()))
                    .judge(answer, kind.isBf16());
        }
        AttentionArrays outputs = new AttentionArrays();
        return budgets.computeIfAbsent(type, each -> call(each).budget())
                .judge(
                        kind.isBf16()
                                ? outputs.with(Operand.OUT, Half.encode(DType.BF16, answer))
                                : outputs.with(Operand.OUT, answer),
                        kind.isBf16());
    }

    private Case call(DType type) {
        return Case.random("peers", spec.toBuilder().types(type).build());
    }
}
