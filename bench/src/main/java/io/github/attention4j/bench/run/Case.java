package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Entry;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.util.SplittableRandom;

/**
 * A call with its data, under a name.
 *
 * @param name where the data comes from, or what is special about the call
 * @param spec what is computed
 * @param inputs Java arrays of all inputs, in the types and layouts of the spec
 */
public record Case(String name, AttentionSpec spec, AttentionArrays inputs) {
    /** The data is random, but the same in every run and in every process. */
    private static final long SEED = 2017;
    /** Numbers evenly spread over this have variance 1. Zeros would flatter: they are fast and always right. */
    private static final float AMPLITUDE = (float) Math.sqrt(3);

    /** On random data. */
    public static Case random(String name, AttentionSpec spec) {
        return random(name, spec, new AttentionArrays());
    }

    /**
     * On random data; the same spec in another type has the same numbers, rounded.
     *
     * @param given lengths, masks and the like that are not to be random
     * @throws IllegalArgumentException if a tensor has more elements than a Java array may have
     */
    public static Case random(String name, AttentionSpec spec, AttentionArrays given) {
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && spec.operand(operand).elements() > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException("one tensor must hold at most " + (Integer.MAX_VALUE - 8)
                        + " elements to be made and checked in Java arrays, but " + operand.label() + " holds "
                        + spec.operand(operand).elements()
                        + "; choose a smaller batch, fewer heads or a shorter length");
            }
        }
        return new Case(name, spec, new Problem(spec, SEED, AMPLITUDE).inputs(given));
    }

    /** This call, and for its gradients a random {@link Operand#GRAD_OUT} in the type of out. */
    public Case withGradOut() {
        TensorSpec tensor = spec.backward().operand(Operand.GRAD_OUT);
        Elements elements = new Elements(tensor, Elements.poisoned(tensor));
        SplittableRandom random = new SplittableRandom(SEED);
        for (int row = 0; row < tensor.batch() * tensor.heads() * tensor.rows(); row++) {
            int head = row / tensor.rows();
            for (int column = 0; column < tensor.columns(); column++) {
                float number = (float) ((random.nextDouble() * 2 - 1) * AMPLITUDE);
                elements.set(head / tensor.heads(), head % tensor.heads(), row % tensor.rows(), column, number);
            }
        }
        AttentionArrays gradOut = new AttentionArrays();
        HostArrays.put(gradOut, Operand.GRAD_OUT, elements.array());
        return new Case(name, spec, HostArrays.all(inputs, gradOut));
    }

    /** Whether it is {@link #withGradOut}. */
    public boolean hasGradOut() {
        return inputs.get(Operand.GRAD_OUT) != null;
    }

    /** On these numbers, of a spec of dense floats. */
    public static Case of(String name, AttentionSpec spec, float[] query, float[] key, float[] value) {
        AttentionArrays inputs = new AttentionArrays()
                .with(Operand.QUERY, query)
                .with(Operand.KEY, key)
                .with(Operand.VALUE, value);
        return new Case(name, spec, inputs);
    }

    /** What the answer is judged by: computed anew each time. */
    public Budget budget() {
        return Budget.sampled(spec, inputs);
    }

    /** The numbers of an input that is stored as dense floats. */
    public float[] floats(Operand operand) {
        return (float[]) inputs.get(operand);
    }

    /** Query-key pairs of all heads and entries that the mask and the lengths leave. */
    public long pairs() {
        long pairs = 0;
        for (Entry entry : Entry.of(spec, inputs)) {
            pairs += Visible.pairs(spec.mask(), entry.queries(), entry.keys());
        }
        return pairs * spec.heads();
    }

    /** Operations of a call, as is usual: of the pairs that the mask leaves, without the softmax. */
    public double flops() {
        return 2.0 * pairs() * (spec.headDim() + spec.valueDim());
    }

    /** {@link #shape(AttentionSpec)} of the call. */
    public String shape() {
        return shape(spec) + (spec.has(Operand.QUERY_OFFSETS) ? " ragged" : "");
    }

    /** {@code batch x heads/kvHeads x queryLength x keyLength x headDim}, and what is unusual. */
    public static String shape(AttentionSpec spec) {
        String heads = spec.heads() == spec.kvHeads() ? "" + spec.heads() : spec.heads() + "/" + spec.kvHeads();
        return spec.batch() + "x" + heads + "x" + spec.queryLength() + "x" + spec.keyLength() + "x" + spec.headDim()
                + (spec.valueDim() == spec.headDim() ? "" : "->" + spec.valueDim())
                + masked(spec);
    }

    private static String masked(AttentionSpec spec) {
        Mask mask = spec.mask();
        return isCausal(spec) ? " causal" : mask.isBounded() ? " window " + mask.left() + ".." + mask.right() : "";
    }

    /** Whether the spec has a causal mask. */
    public static boolean isCausal(AttentionSpec spec) {
        return spec.mask().left() == Mask.UNBOUNDED && spec.mask().right() == 0;
    }
}
