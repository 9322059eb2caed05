package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import io.github.attention4j.internal.java.steps.StepLoops;
import io.github.attention4j.internal.java.steps.Tanh;
import io.github.attention4j.score.Operation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What of {@link StepLoops} the compiler makes no vectors of by itself; what is left over of a vector it does alone.
 */
final class VectorSteps extends StepLoops {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private static final Loop SUMS = new Loop(MethodHandles.lookup(), "toSums");
    private static final Loop DIFFERENCES = new Loop(MethodHandles.lookup(), "toDifferences");
    private static final Loop PRODUCTS = new Loop(MethodHandles.lookup(), "toProducts");
    private static final Loop TANHS = new Loop(MethodHandles.lookup(), "toTanhs");

    /** A loop over whole vectors of two rows; no constant where it is called, see {@link Apart}. */
    private static final class Loop {
        private final MethodHandle loop;
        private final Practice practice;

        Loop(MethodHandles.Lookup owner, String name) {
            loop = Apart.find(
                    owner,
                    name,
                    float[].class,
                    int.class,
                    float[].class,
                    int.class,
                    float[].class,
                    int.class,
                    int.class);
            float[] little = new float[2 * VECTOR];
            practice = new Practice(
                    6, turn -> computeVectors(little, 0, little, 0, little, 0, turn % 16 == 0 ? 2 * VECTOR : VECTOR));
        }

        /** Of the first elements; returns how many they are, and none before it is compiled. */
        int compute(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
            int whole = count < VECTOR || !practice.isOver() ? 0 : count / VECTOR * VECTOR;
            computeVectors(a, aAt, b, bAt, to, toAt, whole);
            return whole;
        }

        private void computeVectors(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
            try {
                loop.invokeExact(a, aAt, b, bAt, to, toAt, count);
            } catch (Throwable e) {
                throw Apart.thrown(e);
            }
        }
    }

    @Override
    public boolean takeParts() {
        return true;
    }

    private static boolean isWhole(int count) {
        return count % VECTOR == 0;
    }

    @Override
    public void compute(Operation operation, float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        switch (operation) {
            case ADD -> add(a, aAt, b, bAt, to, toAt, count);
            case SUBTRACT -> subtract(a, aAt, b, bAt, to, toAt, count);
            case MULTIPLY -> multiply(a, aAt, b, bAt, to, toAt, count);
            case TANH -> tanh(a, aAt, to, toAt, count);
            default -> others(operation, a, aAt, b, bAt, to, toAt, count);
        }
    }

    private static void add(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        for (int i = SUMS.compute(a, aAt, b, bAt, to, toAt, count); i < count; i++) {
            to[toAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    private static void toSums(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i += VECTOR) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .add(FloatVector.fromArray(SPECIES, b, bAt + i))
                    .intoArray(to, toAt + i);
        }
    }

    private static void subtract(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        for (int i = DIFFERENCES.compute(a, aAt, b, bAt, to, toAt, count); i < count; i++) {
            to[toAt + i] = a[aAt + i] - b[bAt + i];
        }
    }

    private static void toDifferences(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i += VECTOR) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .sub(FloatVector.fromArray(SPECIES, b, bAt + i))
                    .intoArray(to, toAt + i);
        }
    }

    private static void multiply(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        for (int i = PRODUCTS.compute(a, aAt, b, bAt, to, toAt, count); i < count; i++) {
            to[toAt + i] = a[aAt + i] * b[bAt + i];
        }
    }

    private static void toProducts(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i += VECTOR) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .mul(FloatVector.fromArray(SPECIES, b, bAt + i))
                    .intoArray(to, toAt + i);
        }
    }

    private static void tanh(float[] a, int aAt, float[] to, int toAt, int count) {
        int i = TANHS.compute(a, aAt, a, aAt, to, toAt, count);
        for (int whole = count / VECTOR * VECTOR; i < whole; i++) {
            to[toAt + i] = Numbers.tanh(a[aAt + i] * Tanh.FACTOR);
        }
        for (; i < count; i++) {
            to[toAt + i] = Tanh.of(a[aAt + i]);
        }
    }

    /** Of a, whatever b is. */
    private static void toTanhs(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i += VECTOR) {
            VectorScore.tanh(FloatVector.fromArray(SPECIES, a, aAt + i).mul(Tanh.FACTOR))
                    .intoArray(to, toAt + i);
        }
    }

    /** By the plain loops, in arrays of their own. */
    private void others(Operation operation, float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        if (aAt == 0 && bAt == 0 && toAt == 0) {
            PLAIN.compute(operation, a, 0, b, 0, to, 0, count);
            return;
        }
        float[] result = new float[count];
        PLAIN.compute(operation, part(a, aAt, count), 0, part(b, bAt, count), 0, result, 0, count);
        System.arraycopy(result, 0, to, toAt, count);
    }

    private static float[] part(float[] x, int at, int count) {
        if (x == null || at == 0) {
            return x;
        }
        float[] part = new float[count];
        System.arraycopy(x, at, part, 0, count);
        return part;
    }

    @Override
    public void compare(Operation operation, float[] a, int aAt, float[] b, int bAt, int[] to, int count) {
        VectorOperators.Comparison comparison = operation == Operation.LESS ? LT : EQ;
        int i = 0;
        for (; i <= count - VECTOR; i += VECTOR) {
            IntVector.zero(INTS)
                    .blend(
                            1,
                            FloatVector.fromArray(SPECIES, a, aAt + i)
                                    .compare(comparison, FloatVector.fromArray(SPECIES, b, bAt + i))
                                    .cast(INTS))
                    .intoArray(to, i);
        }
        for (; i < count; i++) {
            float x = a[aAt + i];
            float y = b[bAt + i];
            to[i] = (operation == Operation.LESS ? x < y : x == y) ? 1 : 0;
        }
    }

    @Override
    public void choose(
            int[] is, float[] first, int firstAt, float[] second, int secondAt, float[] to, int toAt, int count) {
        int i = 0;
        for (; i <= count - VECTOR; i += VECTOR) {
            FloatVector.fromArray(SPECIES, second, secondAt + i)
                    .blend(
                            FloatVector.fromArray(SPECIES, first, firstAt + i),
                            IntVector.fromArray(INTS, is, i).compare(NE, 0).cast(SPECIES))
                    .intoArray(to, toAt + i);
        }
        for (; i < count; i++) {
            to[toAt + i] = is[i] != 0 ? first[firstAt + i] : second[secondAt + i];
        }
    }

    @Override
    public void toFloats(int[] from, float[] to, int toAt, int count) {
        int i = 0;
        for (; i <= count - VECTOR; i += VECTOR) {
            ((FloatVector) IntVector.fromArray(INTS, from, i).convert(VectorOperators.I2F, 0)).intoArray(to, toAt + i);
        }
        for (; i < count; i++) {
            to[toAt + i] = from[i];
        }
    }

    @Override
    public void copyRows(float[] from, int first, int step, float[] to, int toAt, int rows, int lanes) {
        if (!isWhole(lanes)) {
            super.copyRows(from, first, step, to, toAt, rows, lanes);
            return;
        }
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < lanes; lane += VECTOR) {
                FloatVector.fromArray(SPECIES, from, first + row * step + lane)
                        .intoArray(to, toAt + row * lanes + lane);
            }
        }
    }

    @Override
    public void copyRows(int[] from, int first, int step, int[] to, int toAt, int rows, int lanes) {
        if (!isWhole(lanes)) {
            super.copyRows(from, first, step, to, toAt, rows, lanes);
            return;
        }
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < lanes; lane += VECTOR) {
                IntVector.fromArray(INTS, from, first + row * step + lane).intoArray(to, toAt + row * lanes + lane);
            }
        }
    }

    @Override
    public void hide(int[] kept, int first, float[] terms, int at, int count) {
        int i = 0;
        for (; i <= count - VECTOR; i += VECTOR) {
            FloatVector.fromArray(SPECIES, terms, at + i)
                    .blend(
                            Float.NEGATIVE_INFINITY,
                            IntVector.fromArray(INTS, kept, first + i)
                                    .compare(EQ, 0)
                                    .cast(SPECIES))
                    .intoArray(terms, at + i);
        }
        for (; i < count; i++) {
            terms[at + i] = kept[first + i] == 0 ? Float.NEGATIVE_INFINITY : terms[at + i];
        }
    }
}
