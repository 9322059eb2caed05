package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Dropout;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.RandomCall;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** The gradients of a {@link RandomCall}, with dropout, additive scores and more by chance; outputs hold 77. */
final class RandomGradients {
    final AttentionSpec spec;
    final AttentionArrays arrays;

    /** The call whose gradients they are. */
    final AttentionSpec forward;

    private final SplittableRandom random;

    /** Null if the call has no gradients. */
    static RandomGradients of(long seed) {
        RandomCall call = new RandomCall(seed);
        return call.spec.has(Operand.SCORES) ? null : new RandomGradients(seed, call);
    }

    private RandomGradients(long seed, RandomCall call) {
        random = new SplittableRandom(seed + 1_000_000);
        arrays = call.arrays;
        AttentionSpecBuilder builder = call.spec.toBuilder().returnLse();
        if (chance(4)) {
            builder.dropout(0.05f + (float) random.nextDouble() / 2);
        }
        if (chance(5) && call.spec.rotary() == null) {
            builder.additive();
        }
        forward = builder.build();
        spec = backward();
        inputs();
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                float[] filled = new float[(int) spec.operand(operand).extent()];
                Arrays.fill(filled, RandomCall.UNTOUCHED);
                set(operand, filled);
            }
        }
    }

    /** Whether any entry owns this row of a gradient. */
    boolean owns(Operand gradient, int row) {
        boolean isOfQueries = gradient == Operand.GRAD_QUERY;
        boolean isOfKeys = gradient == Operand.GRAD_KEY || gradient == Operand.GRAD_VALUE;
        Operand offsets = isOfQueries ? Operand.QUERY_OFFSETS : Operand.KEY_OFFSETS;
        if (!isOfQueries && !isOfKeys || !spec.has(offsets)) {
            return true;
        }
        Rows rows = Operands.of(spec, arrays).get(offsets);
        return row >= rows.integer(0, 0, 0) && row < rows.integer(spec.batch(), 0, 0);
    }

    /** The forward call, with outputs of its own. */
    Operands forwardOperands() {
        return Operands.of(forward, operand -> {
            TensorSpec tensor = forward.operand(operand);
            if (!forward.isOutput(operand)) {
                return arrays.get(operand);
            }
            return tensor.dtype() == DType.F32 ? new float[(int) tensor.extent()] : new short[(int) tensor.extent()];
        });
    }

    private boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    private AttentionSpec backward() {
        Operand[] all = {
            Operand.QUERY,
            Operand.KEY,
            Operand.VALUE,
            Operand.BIAS,
            Operand.ALIBI_SLOPES,
            Operand.SINK,
            Operand.ADDITIVE_VECTOR
        };
        List<Operand> wanted = new ArrayList<>();
        for (Operand operand : all) {
            if (forward.has(operand) && !chance(6)) {
                wanted.add(operand);
            }
        }
        AttentionSpecBuilder builder = forward.backward(wanted.toArray(new Operand[0])).toBuilder();
        if (chance(3)) {
            builder.gradLse();
        }
        if (chance(4)) {
            builder.accumulate();
        }
        return builder.build();
    }

    private void inputs() {
        if (spec.has(Operand.DROPOUT_STATE)) {
            int[] state = Dropout.state(random.nextLong(), random.nextInt());
            state[3] = random.nextInt(100);
            arrays.with(Operand.DROPOUT_STATE, state);
        }
        if (spec.has(Operand.ADDITIVE_VECTOR)) {
            set(Operand.ADDITIVE_VECTOR, numbers(Operand.ADDITIVE_VECTOR));
        }
        set(Operand.QUERY, poisoned(numbers(Operand.QUERY)));
        set(Operand.GRAD_OUT, poisoned(numbers(Operand.GRAD_OUT)));
        if (spec.has(Operand.GRAD_LSE)) {
            set(Operand.GRAD_LSE, numbers(Operand.GRAD_LSE));
        }
        set(Operand.OUT, numbers(Operand.OUT));
        set(Operand.LSE, numbers(Operand.LSE));
        ReferenceAttention.Result result = ReferenceAttention.attend(forward, arrays);
        write(Operand.OUT, result.out());
        write(Operand.LSE, result.lse());
    }

    private float[] numbers(Operand operand) {
        float[] numbers = new float[(int) spec.operand(operand).extent()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (random.nextDouble() * 4 - 2);
        }
        return numbers;
    }

    private float[] poisoned(float[] numbers) {
        for (int i = random.nextInt(6) - 3; i > 0; i--) {
            numbers[random.nextInt(numbers.length)] = Float.NaN;
        }
        return numbers;
    }

    private void set(Operand operand, float[] numbers) {
        DType type = spec.operand(operand).dtype();
        if (type == DType.F32) {
            arrays.with(operand, numbers);
        } else {
            arrays.with(operand, Half.encode(type, numbers));
        }
    }

    private void write(Operand operand, double[] dense) {
        TensorSpec tensor = forward.operand(operand);
        Rows rows = Operands.of(forward, arrays).get(operand);
        float[] row = new float[tensor.columns()];
        for (int i = 0; i < dense.length / row.length; i++) {
            for (int d = 0; d < row.length; d++) {
                row[d] = (float) dense[i * row.length + d];
            }
            int head = i / tensor.rows() % tensor.heads();
            rows.write(rows.at(i / tensor.rows() / tensor.heads(), head, i % tensor.rows()), row, 0, row.length);
        }
    }
}
