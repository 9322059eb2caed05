package io.github.attention4j.testing;

import io.github.attention4j.AlibiSlopes;
import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.DType;
import io.github.attention4j.Dropout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.OperandRow;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import io.github.attention4j.internal.operand.TypeRule;
import java.util.SplittableRandom;

/**
 * The small operands of a {@link Problem}: lengths, offsets, ranges, keep-masks, positions, tables, slopes and sinks.
 */
final class ProblemNumbers {
    private final AttentionSpec spec;
    private final AttentionArrays inputs;
    private final AttentionArrays given;
    private final SplittableRandom random;

    /** @param given operands that are there already */
    ProblemNumbers(AttentionSpec spec, long seed, AttentionArrays inputs, AttentionArrays given) {
        this.spec = spec;
        this.inputs = inputs;
        this.given = given;
        random = new SplittableRandom(seed * 31 + 4);
    }

    void fill() {
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && given.get(operand) == null) {
                fill(operand, Elements.of(spec, inputs, operand));
            }
        }
    }

    private void fill(Operand operand, Elements elements) {
        int keys = spec.keyLength();
        switch (operand) {
            case QUERY_OFFSETS -> offsets(elements, spec.operand(Operand.QUERY).rows(), spec.queryLength());
            case KEY_OFFSETS -> offsets(elements, spec.operand(Operand.KEY).rows(), keys);
            case KEY_LENGTHS, PREFIX_LENGTHS -> {
                for (int batch = 0; batch < spec.batch(); batch++) {
                    elements.setInt(batch, 0, 0, pick(0, keys, 1, random.nextInt(keys + 1), random.nextInt(keys + 1)));
                }
            }
            case DIAGONALS -> {
                for (int batch = 0; batch < spec.batch(); batch++) {
                    elements.setInt(batch, 0, 0, diagonal());
                }
            }
            case KEY_BEGINS -> ranges(elements, Elements.of(spec, inputs, Operand.KEY_ENDS));
            case KEEP_MASK -> keepMask(elements);
            case QUERY_POSITIONS, KEY_POSITIONS -> {
                for (int batch = 0; batch < elements.tensor().batch(); batch++) {
                    for (int row = 0; row < elements.tensor().rows(); row++) {
                        elements.setInt(
                                batch, 0, row, random.nextInt(spec.rotary().positions()));
                    }
                }
            }
            case ROTARY_COS -> table(elements, spec.rotary().cosines(10000));
            case ROTARY_SIN -> table(elements, spec.rotary().sines(10000));
            case ALIBI_SLOPES -> slopes(elements);
            case DROPOUT_STATE -> {
                int[] state = Dropout.state(random.nextLong(), random.nextInt());
                System.arraycopy(state, 0, (int[]) elements.array(), 0, state.length);
            }
            case BLOCK_MASK -> blocks(elements);
            case SCORE_TENSOR_0, SCORE_TENSOR_1, SCORE_TENSOR_2, SCORE_TENSOR_3 -> tensor(elements);
            default -> {
                // Rows of data, outputs, scales and ends, which come with their begins, are somebody else's.
                OperandRow row = OperandTable.of(operand);
                if (row.role() == Role.EXTRA && row.types() == TypeRule.F32 && row.scalesOf() == null) {
                    terms(elements);
                }
            }
        }
    }

    /** What functions read: few integers, so that some are equal, or numbers. */
    private void tensor(Elements elements) {
        TensorSpec tensor = elements.tensor();
        for (int i = 0; i < tensor.elements(); i++) {
            int row = i / tensor.columns();
            int head = row / tensor.rows();
            if (tensor.dtype() == DType.I32) {
                ((int[]) elements.array())[i] = random.nextInt(4);
            } else if (tensor.dtype() == DType.U8) {
                ((byte[]) elements.array())[i] = (byte) random.nextInt(3);
            } else {
                elements.set(
                        head / tensor.heads(),
                        head % tensor.heads(),
                        row % tensor.rows(),
                        i % tensor.columns(),
                        random.nextInt(-16, 17) / 8f);
            }
        }
    }

    /** Rows that list no block, one, all, and some; of those that are listed some are full. */
    private void blocks(Elements elements) {
        TensorSpec tensor = elements.tensor();
        int columns = (spec.keyLength() + spec.blockKeys() - 1) / spec.blockKeys();
        int rows = (spec.queryLength() + spec.blockQueries() - 1) / spec.blockQueries();
        byte[] seen = new byte[tensor.batch() * tensor.heads() * rows * columns];
        for (int row = 0; row < seen.length / columns; row++) {
            int kind = random.nextInt(5);
            int one = random.nextInt(columns);
            for (int column = 0; column < columns; column++) {
                boolean isListed =
                        switch (kind) {
                            case 0 -> false;
                            case 1 -> column == one;
                            case 2 -> true;
                            default -> random.nextBoolean();
                        };
                seen[row * columns + column] = (byte) (isListed ? pick(1, 2, kind == 3 ? 1 : 2) : 0);
            }
        }
        int[] numbers = BlockMask.ofBlocks(spec, seen).array();
        System.arraycopy(numbers, 0, (int[]) elements.array(), 0, numbers.length);
    }

    /** What is added to scores, or stands beside them. */
    private void terms(Elements elements) {
        TensorSpec tensor = elements.tensor();
        for (int batch = 0; batch < tensor.batch(); batch++) {
            for (int head = 0; head < tensor.heads(); head++) {
                for (int column = 0; column < tensor.columns(); column++) {
                    elements.set(batch, head, 0, column, (float) (random.nextDouble() * 8 - 4));
                }
            }
        }
    }

    /** Rows before the first entry and behind the last belong to none; some entries have no rows. */
    private void offsets(Elements elements, int total, int longest) {
        int at = random.nextInt(3) == 0 ? random.nextInt(total / 3 + 1) : 0;
        elements.setInt(0, 0, 0, at);
        for (int batch = 1; batch <= spec.batch(); batch++) {
            int left = Math.min(longest, total - at);
            at += random.nextInt(6) == 0 ? 0 : random.nextInt(3) == 0 ? left : random.nextInt(left + 1);
            elements.setInt(batch, 0, 0, at);
        }
    }

    private int diagonal() {
        int queries = spec.queryLength();
        int keys = spec.keyLength();
        int near = random.nextInt(-queries, keys + 1);
        return pick(near, near, near, 0, keys - queries, -1, Integer.MAX_VALUE, Integer.MIN_VALUE);
    }

    private void ranges(Elements begins, Elements ends) {
        int keys = spec.keyLength();
        TensorSpec tensor = begins.tensor();
        for (int row = 0; row < tensor.batch() * tensor.heads() * tensor.rows(); row++) {
            int head = row / tensor.rows();
            int begin = random.nextInt(keys);
            int end = begin + random.nextInt(keys - begin + 1);
            begin = pick(begin, begin, begin, 0, -5, Integer.MIN_VALUE, keys + 3, end);
            end = pick(end, end, end, keys, keys + 9, Integer.MAX_VALUE, begin, -1);
            begins.setInt(head / tensor.heads(), head % tensor.heads(), row % tensor.rows(), begin);
            ends.setInt(head / tensor.heads(), head % tensor.heads(), row % tensor.rows(), end);
        }
    }

    private void keepMask(Elements elements) {
        TensorSpec tensor = elements.tensor();
        for (int row = 0; row < tensor.batch() * tensor.heads() * tensor.rows(); row++) {
            int head = row / tensor.rows();
            double kept = random.nextInt(8) == 0 ? 0 : random.nextInt(5) == 0 ? 1 : random.nextDouble();
            int solid = random.nextInt(4) == 0 ? random.nextInt(tensor.columns() + 1) : 0; // whole tiles of hidden keys
            for (int column = 0; column < tensor.columns(); column++) {
                boolean keep = column >= solid && random.nextDouble() < kept;
                elements.keep(
                        head / tensor.heads(),
                        head % tensor.heads(),
                        row % tensor.rows(),
                        column,
                        keep ? pick(1, 1, 255, 128, 2) : 0);
            }
        }
    }

    private void slopes(Elements elements) {
        float[] usual = AlibiSlopes.of(spec.heads());
        for (int batch = 0; batch < elements.tensor().batch(); batch++) {
            for (int head = 0; head < spec.heads(); head++) {
                elements.set(batch, head, 0, 0, usual[head] * pick(1, 1, batch + 1, 0, -1));
            }
        }
    }

    private static void table(Elements elements, float[] numbers) {
        TensorSpec tensor = elements.tensor();
        for (int i = 0; i < numbers.length; i++) {
            elements.set(0, 0, i / tensor.columns(), i % tensor.columns(), numbers[i]);
        }
    }

    private int pick(int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
