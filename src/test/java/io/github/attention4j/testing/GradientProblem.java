package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.TensorSpec;
import java.util.SplittableRandom;

/**
 * A backward call with its data: the inputs of the forward call, what that gives in the reference, and gradients of out
 * and lse.
 *
 * @param forward the forward call and its data
 * @param spec the backward call
 */
public record GradientProblem(Problem forward, AttentionSpec spec) {
    /** All operands that a spec has a gradient of. */
    public static Operand[] all(AttentionSpec spec) {
        return java.util.stream.Stream.of(
                        Operand.QUERY,
                        Operand.KEY,
                        Operand.VALUE,
                        Operand.BIAS,
                        Operand.ALIBI_SLOPES,
                        Operand.SINK,
                        Operand.ADDITIVE_VECTOR,
                        Operand.SCORE_TENSOR_0,
                        Operand.SCORE_TENSOR_1,
                        Operand.SCORE_TENSOR_2,
                        Operand.SCORE_TENSOR_3)
                .filter(spec::has)
                .filter(operand -> !operand.label().startsWith("score_tensor")
                        || spec.operand(operand).dtype() == DType.F32)
                .toArray(Operand[]::new);
    }

    /**
     * Arrays for every input; where the caller lets products round to bf16, of numbers that are. Rows of no entry and
     * rows that see nothing have poison in the gradient of out.
     */
    public AttentionArrays inputs() {
        return inputs(new AttentionArrays());
    }

    /** Likewise, with these arrays for some of the inputs that are no rows. */
    public AttentionArrays inputs(AttentionArrays given) {
        AttentionSpec spec = forward.spec().withLse(true);
        boolean mayRound = spec.precision() == Precision.BF16;
        AttentionArrays inputs = mayRound ? DotEngines.rounded(spec, forward.inputs(given)) : forward.inputs(given);
        AttentionArrays outputs = new Problem(spec, forward.seed(), forward.amplitude()).outputs();
        AttentionEngine reference = Engines.of(KernelFamily.REFERENCE);
        reference.attend(spec, HostArrays.all(inputs, outputs));
        AttentionArrays all = HostArrays.all(inputs, outputs);
        HostArrays.put(all, Operand.GRAD_OUT, random(Operand.GRAD_OUT, all));
        if (this.spec.has(Operand.GRAD_LSE)) {
            HostArrays.put(all, Operand.GRAD_LSE, random(Operand.GRAD_LSE, all));
        }
        return mayRound ? DotEngines.rounded(this.spec, all) : all;
    }

    private Object random(Operand operand, AttentionArrays inputs) {
        TensorSpec tensor = spec.operand(operand);
        Elements elements = new Elements(tensor, Elements.poisoned(tensor));
        Elements lse = Elements.of(spec, inputs, Operand.LSE);
        SplittableRandom random = new SplittableRandom(forward.seed() * 31 + operand.ordinal());
        for (Entry entry : Entry.of(spec, inputs)) {
            for (int row = 0; row < spec.heads() * entry.queries(); row++) {
                int head = row % spec.heads();
                int at = entry.queryBegin() + row / spec.heads();
                boolean isEmpty = lse.get(entry.queryBatch(), head, at, 0) == Float.NEGATIVE_INFINITY;
                for (int d = 0; d < tensor.columns() && !isEmpty; d++) {
                    elements.set(entry.queryBatch(), head, at, d, (float) (random.nextDouble() * 2 - 1));
                }
            }
        }
        return elements.array();
    }

    /** Arrays for every output: poison, or where gradients are added to what is there, numbers in what is written. */
    public AttentionArrays outputs() {
        AttentionArrays outputs = new Problem(spec, forward.seed(), 1).outputs();
        if (spec.accumulates()) {
            for (Operand operand : Operand.values()) {
                if (spec.isOutput(operand)) {
                    fill(Elements.of(spec, outputs, operand), operand);
                }
            }
        }
        return outputs;
    }

    private void fill(Elements elements, Operand operand) {
        SplittableRandom random = new SplittableRandom(forward.seed() * 31 + operand.ordinal());
        TensorSpec tensor = spec.operand(operand);
        for (int row = 0; row < tensor.batch() * tensor.heads() * tensor.rows(); row++) {
            int head = row / tensor.rows();
            for (int d = 0; d < tensor.columns(); d++) {
                float number = (float) (random.nextDouble() * 2 - 1);
                elements.set(head / tensor.heads(), head % tensor.heads(), row % tensor.rows(), d, number);
            }
        }
    }

    /** Runs the call on an engine and judges its answer. */
    public void check(String name, AttentionEngine engine, Way way) {
        AttentionArrays inputs = inputs();
        AttentionArrays before = outputs();
        AttentionArrays outputs = outputs();
        way.run(engine, spec, inputs, outputs);
        GradientBudget budget = GradientBudget.of(spec, inputs);
        if (engine == Engines.of(KernelFamily.REFERENCE)) {
            budget.checkReference();
        }
        budget.check(name, before, outputs, rounded(engine.plan(spec)));
    }

    /** The type that a plan rounds weights and gradients of scores to before it multiplies them, or null. */
    public static DType rounded(AttentionPlan plan) {
        if (plan.family() == KernelFamily.MATRIX) {
            return plan.spec().operand(Operand.KEY).dtype();
        }
        return DotEngines.isRounding(plan) ? DType.BF16 : null;
    }
}
