package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import io.github.attention4j.internal.java.steps.Softmax;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** From sums of weighted values [column][lane] to their means, on vectors. */
final class VectorMeans {
    private static MethodHandle areMeansFinite = Apart.find(
            MethodHandles.lookup(),
            "areMeansFinite",
            MethodType.methodType(boolean.class, float[].class, int.class, float[].class));

    private static MethodHandle toMeans =
            Apart.find(MethodHandles.lookup(), "toMeans", float[].class, int.class, float[].class);
    private static MethodHandle toLimitedMeans =
            Apart.find(MethodHandles.lookup(), "toLimitedMeans", float[].class, int.class, float[].class);

    private static final VectorSpecies<Integer> INTEGERS = SPECIES.withLanes(int.class);
    private static final int INFINITY = 0x7f80_0000;

    private static final int LITTLE = 5;
    private static final float[] OUT = new float[LITTLE * LANES];
    private static final float[] INFINITE = new float[LITTLE * LANES];
    private static final float[] SUM = new float[LANES];
    private static final Practice FINITE = new Practice(20, VectorMeans::practise);
    private static final Practice LIMITED =
            new Practice(20, turn -> limitVectors(INFINITE, turn % 16 == 0 ? LITTLE : 1, SUM));

    static {
        Arrays.fill(INFINITE, Float.POSITIVE_INFINITY);
        Arrays.fill(SUM, 1);
    }

    private VectorMeans() {}

    private static void practise(int turn) {
        int rows = turn % 16 == 0 ? LITTLE : 1;
        areFinite(turn % 4 == 0 ? INFINITE : OUT, rows, SUM);
        divideVectors(OUT, rows, SUM);
    }

    /** {@link Softmax#mean} of each lane; nobody may want those whose sum is 0. */
    static void divide(float[] out, int rows, float[] sum) {
        boolean isOver = FINITE.isOver();
        if (isOver && areFinite(out, rows, sum)) {
            divideVectors(out, rows, sum);
            return;
        }
        if (isOver && LIMITED.isOver()) {
            limitVectors(out, rows, sum);
            return;
        }
        for (int d = 0; d < rows; d++) {
            for (int i = 0; i < LANES; i++) {
                out[d * LANES + i] = Softmax.mean(out[d * LANES + i], 1 / sum[i]);
            }
        }
    }

    private static void divideVectors(float[] out, int rows, float[] sum) {
        try {
            toMeans.invokeExact(out, rows, sum);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void limitVectors(float[] out, int rows, float[] sum) {
        try {
            toLimitedMeans.invokeExact(out, rows, sum);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    /** Most always; then nothing need be limited, which costs five times as much. */
    private static boolean areFinite(float[] out, int rows, float[] sum) {
        try {
            return (boolean) areMeansFinite.invokeExact(out, rows, sum);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static boolean areMeansFinite(float[] out, int rows, float[] sum) {
        FloatVector norm0 = constant(1).div(FloatVector.fromArray(SPECIES, sum, 0));
        FloatVector norm1 = constant(1).div(FloatVector.fromArray(SPECIES, sum, VECTOR));
        IntVector largest = IntVector.zero(INTEGERS);
        for (int d = 0; d < rows; d++) {
            FloatVector mean0 = FloatVector.fromArray(SPECIES, out, d * LANES).mul(norm0);
            FloatVector mean1 =
                    FloatVector.fromArray(SPECIES, out, d * LANES + VECTOR).mul(norm1);
            largest = mean0.reinterpretAsInts().and(Integer.MAX_VALUE).max(largest);
            largest = mean1.reinterpretAsInts().and(Integer.MAX_VALUE).max(largest);
        }
        return largest.reduceLanes(MAX) < INFINITY;
    }

    private static void toMeans(float[] out, int rows, float[] sum) {
        FloatVector norm0 = constant(1).div(FloatVector.fromArray(SPECIES, sum, 0));
        FloatVector norm1 = constant(1).div(FloatVector.fromArray(SPECIES, sum, VECTOR));
        for (int d = 0; d < rows; d++) {
            FloatVector.fromArray(SPECIES, out, d * LANES).mul(norm0).intoArray(out, d * LANES);
            FloatVector.fromArray(SPECIES, out, d * LANES + VECTOR).mul(norm1).intoArray(out, d * LANES + VECTOR);
        }
    }

    private static void toLimitedMeans(float[] out, int rows, float[] sum) {
        for (int lane = 0; lane < LANES; lane += VECTOR) {
            FloatVector norm = constant(1).div(FloatVector.fromArray(SPECIES, sum, lane));
            for (int d = 0; d < rows; d++) {
                FloatVector total = FloatVector.fromArray(SPECIES, out, d * LANES + lane);
                FloatVector mean = total.mul(norm);
                FloatVector limited = mean.blend(Float.MAX_VALUE, mean.compare(GT, Float.MAX_VALUE));
                limited = limited.blend(-Float.MAX_VALUE, limited.compare(LT, -Float.MAX_VALUE));
                limited.blend(mean, total.abs().compare(GT, Float.MAX_VALUE)).intoArray(out, d * LANES + lane);
            }
        }
    }

    private static FloatVector constant(float x) {
        return FloatVector.broadcast(SPECIES, x);
    }
}
