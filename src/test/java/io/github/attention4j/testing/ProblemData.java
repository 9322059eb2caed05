package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.TensorSpec;
import java.util.SplittableRandom;

/** Makes the arrays of a {@link Problem}: first what says who sees whom, then the data, where they are seen. */
final class ProblemData {
    private final Problem problem;
    private final AttentionSpec spec;
    private final AttentionArrays given;
    private final AttentionArrays inputs = new AttentionArrays();

    ProblemData(Problem problem, AttentionArrays given) {
        this.problem = problem;
        this.given = given;
        spec = problem.spec();
    }

    AttentionArrays inputs() {
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && !spec.isOutput(operand)) {
                Object array = given.get(operand);
                HostArrays.put(inputs, operand, array != null ? array : empty(operand));
            }
        }
        if (isPacked()) {
            shareOneArray();
        }
        new ProblemNumbers(spec, problem.seed(), inputs, given).fill();
        Entry[] entries = Entry.of(spec, inputs);
        if (spec.has(Operand.BIAS) && given.get(Operand.BIAS) == null) {
            fillBias(new Seen(entries, new Sight(spec, inputs, false)));
        }
        Seen seen = new Seen(entries, new Sight(spec, inputs, true));
        fillRows(Operand.QUERY, 1, seen.queryRows);
        fillRows(Operand.KEY, 2, seen.keyRows);
        fillRows(Operand.VALUE, 3, seen.keyRows);
        return inputs;
    }

    /** NaN, and in some problems a number that a maximum would not swallow as it does a NaN. */
    private Object empty(Operand operand) {
        TensorSpec tensor = spec.operand(operand);
        Object array = Elements.poisoned(tensor);
        if (!tensor.dtype().isFloat()) {
            return array;
        }
        boolean hiddenScoresAreAsked = spec.scoreStage() == ScoreStage.SCALED || spec.scoreStage() == ScoreStage.CAPPED;
        long kind = hiddenScoresAreAsked ? 0 : Math.floorMod(problem.seed(), 5L);
        // A NaN of its own, so that one that travels through the arithmetic is not taken for an output's poison.
        float poison = kind == 3 ? Float.POSITIVE_INFINITY : kind == 4 ? -3e38f : Float.NaN;
        new Elements(tensor, array).fill(poison);
        return array;
    }

    /** Whether query, key and value lie in the rows of one array, as {@link Layout.Order#PACKED_QKV} says. */
    private boolean isPacked() {
        Layout query = spec.operand(Operand.QUERY).layout();
        Layout key = spec.operand(Operand.KEY).layout();
        Layout value = spec.operand(Operand.VALUE).layout();
        DType type = spec.operand(Operand.QUERY).dtype();
        long keysAt = (long) spec.heads() * spec.headDim();
        long valuesAt = keysAt + (long) spec.kvHeads() * spec.headDim();
        long row = valuesAt + (long) spec.kvHeads() * spec.valueDim();
        return type == spec.operand(Operand.KEY).dtype()
                && type == spec.operand(Operand.VALUE).dtype()
                && query.start() == 0
                && key.start() == keysAt
                && value.start() == valuesAt
                && query.rowStride() == row
                && key.rowStride() == row
                && value.rowStride() == row
                && query.batchStride() == value.batchStride()
                && key.batchStride() == value.batchStride();
    }

    private void shareOneArray() {
        Object array = inputs.get(Operand.VALUE); // the one that reaches furthest
        HostArrays.put(inputs, Operand.QUERY, array);
        HostArrays.put(inputs, Operand.KEY, array);
    }

    /** Everything is drawn, so that the data do not depend on the masks; what is seen is written. */
    private void fillRows(Operand operand, int number, boolean[] alive) {
        TensorSpec tensor = spec.operand(operand);
        Elements elements = Elements.of(spec, inputs, operand);
        float[] data = problem.random(number, tensor.elements());
        for (int row = 0; row < alive.length; row++) {
            if (!alive[row]) {
                continue;
            }
            int head = row / tensor.rows();
            for (int column = 0; column < tensor.columns(); column++) {
                elements.set(
                        head / tensor.heads(),
                        head % tensor.heads(),
                        row % tensor.rows(),
                        column,
                        data[row * tensor.columns() + column]);
            }
        }
    }

    private void fillBias(Seen seen) {
        SplittableRandom random = new SplittableRandom(problem.seed() * 31 + Operand.BIAS.ordinal());
        TensorSpec tensor = spec.operand(Operand.BIAS);
        Elements bias = Elements.of(spec, inputs, Operand.BIAS);
        boolean[] needed = seen.cells(bias);
        for (int row = 0; row < tensor.batch() * tensor.heads() * tensor.rows(); row++) {
            int head = row / tensor.rows();
            double hidden = random.nextInt(12) == 0 ? 1 : random.nextInt(3) == 0 ? 0.3 : 0;
            for (int column = 0; column < tensor.columns(); column++) {
                float value = (float) ((random.nextDouble() * 2 - 1) * Math.max(1, problem.amplitude()));
                value = random.nextDouble() < hidden ? Float.NEGATIVE_INFINITY : value;
                int[] at = {head / tensor.heads(), head % tensor.heads(), row % tensor.rows(), column};
                if (needed[bias.at(at[0], at[1], at[2], at[3])]) {
                    bias.set(at[0], at[1], at[2], at[3], value);
                }
            }
        }
    }

    /** Which rows of query, and of key and value, take part, by number in [batch, head, row]. */
    private final class Seen {
        final boolean[] queryRows;
        final boolean[] keyRows;
        private final Entry[] entries;
        private final Sight sight;

        Seen(Entry[] entries, Sight sight) {
            this.entries = entries;
            this.sight = sight;
            TensorSpec query = spec.operand(Operand.QUERY);
            TensorSpec key = spec.operand(Operand.KEY);
            queryRows = new boolean[query.batch() * query.heads() * query.rows()];
            keyRows = new boolean[key.batch() * key.heads() * key.rows()];
            int looks = sight.isSameForAllHeads() ? 1 : spec.heads();
            for (Entry entry : entries) {
                for (int look = 0; look < looks; look++) {
                    boolean[] queries = new boolean[entry.queries()];
                    boolean[] keys = new boolean[entry.keys()];
                    look(entry, look, queries, keys);
                    for (int head = look; head < spec.heads(); head += looks) {
                        int q = (entry.queryBatch() * query.heads() + head) * query.rows() + entry.queryBegin();
                        int k = (entry.keyBatch() * key.heads() + head / spec.groupSize()) * key.rows()
                                + entry.keyBegin();
                        mark(queries, queryRows, q);
                        mark(keys, keyRows, k);
                    }
                }
            }
        }

        /**
         * Says which queries of a head see something, and which keys are seen. Most see what lies at their own place,
         * and are then asked no more: a function of thousands of rows is asked thousands of times, not millions.
         */
        private void look(Entry entry, int head, boolean[] queries, boolean[] keys) {
            for (int i = 0; i < queries.length; i++) {
                int own = (int) Math.max(0, Math.min(keys.length - 1, i + entry.diagonal()));
                look(entry, head, i, own, own + 1, queries, keys);
            }
            for (int i = 0; i < queries.length; i++) {
                look(entry, head, i, 0, keys.length, queries, keys);
            }
        }

        private void look(Entry entry, int head, int i, int begin, int end, boolean[] queries, boolean[] keys) {
            for (int j = begin; j < Math.min(end, keys.length); j++) {
                if (!(queries[i] && keys[j]) && sight.sees(entry, head, i, j)) {
                    queries[i] = true;
                    keys[j] = true;
                }
            }
        }

        private static void mark(boolean[] seen, boolean[] rows, int first) {
            for (int i = 0; i < seen.length; i++) {
                rows[first + i] |= seen[i];
            }
        }

        /** Which elements of a mask's array belong to a key that is seen. */
        boolean[] cells(Elements mask) {
            boolean[] cells = new boolean[mask.length()];
            for (Entry entry : entries) {
                for (int head = 0; head < spec.heads(); head++) {
                    for (int i = 0; i < entry.queries(); i++) {
                        for (int j = 0; j < entry.keys(); j++) {
                            if (sight.sees(entry, head, i, j)) {
                                cells[mask.at(entry.batch(), head, i, j)] = true;
                            }
                        }
                    }
                }
            }
            return cells;
        }
    }
}
