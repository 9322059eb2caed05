package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.steps.StepLoops;
import io.github.attention4j.internal.java.tiled.GradientPanel;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.java.tiled.Panel;
import io.github.attention4j.internal.java.tiled.ProductPanel;
import io.github.attention4j.internal.java.tiled.RowProducts;
import io.github.attention4j.layers.Activation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Micro-kernels on the Vector API, for whatever vector length the processor prefers. Loaded by name, see
 * {@link MicroKernels#best()}.
 */
public final class VectorKernels extends MicroKernels {
    private static final int BITS = FloatVector.SPECIES_PREFERRED.vectorBitSize();

    /**
     * Panels of a tile: enough that keys and values come from the second-level cache rarely, few enough that short
     * calls split up.
     */
    private static final int PANELS = 6;

    private static final int TILE_KV = 96;

    private static final int KEY_PANELS = 4;

    private static final int QUERY_ROWS = 64;

    /** Panels of a matrix product: more would not fit the second-level cache with their sums. */
    private static final int PRODUCT_PANELS = 4;

    private static MethodHandle timesZero = Apart.find(
            MethodHandles.lookup(),
            "timesZero",
            MethodType.methodType(float.class, float[].class, int.class, int.class));

    private static final float[] LITTLE = new float[2 * VectorPanel.VECTOR];
    private static final Practice FINITE =
            new Practice(6, turn -> vectorsTimesZero(LITTLE, 0, turn % 16 == 0 ? LITTLE.length : VectorPanel.VECTOR));

    private final int panels;
    private final int tileKv;
    private final StepLoops steps = new VectorSteps();
    private final Map<Codec, RowLoops> loops = RowLoops.all();

    /** With the tiles that were measured best. */
    public VectorKernels() {
        this(PANELS, TILE_KV);
    }

    /** With other tiles, to measure them. */
    public VectorKernels(int panels, int tileKv) {
        this.panels = panels;
        this.tileKv = tileKv;
    }

    @Override
    public int lanes(int queryLength) {
        return VectorPanel.LANES;
    }

    @Override
    public int tileQ(int queryLength) {
        return panels * VectorPanel.LANES;
    }

    @Override
    public int tileKv() {
        return tileKv;
    }

    @Override
    public Panel[] newPanels(int count, int lanes, int headDim, int valueDim) {
        float[] scores = new float[tileKv * VectorPanel.LANES];
        Panel[] made = new Panel[count];
        for (int i = 0; i < count; i++) {
            made[i] = new VectorPanel(headDim, valueDim, scores);
        }
        return made;
    }

    @Override
    public StepLoops steps() {
        return steps;
    }

    @Override
    public int keyLanes(int keyLength) {
        return VectorPanel.LANES;
    }

    @Override
    public int keyPanels() {
        return KEY_PANELS;
    }

    @Override
    public int queryRows() {
        return QUERY_ROWS;
    }

    @Override
    public GradientPanel[] newGradientPanels(int count, int lanes, int headDim, int valueDim) {
        VectorGradientPanel.Tiles tiles = new VectorGradientPanel.Tiles(QUERY_ROWS);
        GradientPanel[] made = new GradientPanel[count];
        for (int i = 0; i < count; i++) {
            made[i] = new VectorGradientPanel(headDim, valueDim, tiles);
        }
        return made;
    }

    @Override
    public int productLanes(int rows) {
        return VectorPanel.LANES;
    }

    @Override
    public int productPanels() {
        return PRODUCT_PANELS;
    }

    @Override
    public ProductPanel[] newProductPanels(int count, int lanes, int depth, int columns) {
        ProductPanel[] made = new ProductPanel[count];
        for (int i = 0; i < count; i++) {
            made[i] = new VectorProductPanel(depth, columns);
        }
        return made;
    }

    @Override
    public RowProducts newRowProducts(int rows, int depth, int tile) {
        return loops.isEmpty()
                ? super.newRowProducts(rows, depth, tile)
                : new VectorRowProducts(this, loops, rows, depth, tile);
    }

    @Override
    public void dots(
            float[] left, int leftAt, float[] right, int at, int stride, int rows, int depth, float[] target, int to) {
        DotTile.multiplyAll(left, leftAt, right, at, stride, rows, depth, target, to);
    }

    @Override
    public void addRows(float[] weights, float[] value, int at, int stride, int keys, float[] out) {
        RowTile.addRows(weights, value, at, stride, keys, out, 0);
    }

    @Override
    public float largest(float[] scores, float[] spare) {
        return VectorRowSoftmax.largest(scores, spare);
    }

    @Override
    public float weigh(float[] scores, float shift, float[] spare) {
        return VectorRowSoftmax.weigh(scores, shift, spare);
    }

    @Override
    public boolean areOrdinary(Codec codec, Object array, int at, int stride, int rows, int columns) {
        return codec != Codec.F16 || HalfVectors.areOrdinary((short[]) array, at, stride, rows, columns);
    }

    @Override
    public void decode(Codec codec, Object array, int from, float[] target, int to, int count) {
        int whole =
                switch (codec) {
                    case F16 -> HalfVectors.fromF16((short[]) array, from, target, to, count);
                    case BF16 -> HalfVectors.fromBf16((short[]) array, from, target, to, count);
                    case I8 -> ByteVectors.ofBytes((byte[]) array, from, target, to, count, 1);
                    default -> 0;
                };
        super.decode(codec, array, from + whole, target, to + whole, count - whole);
    }

    @Override
    public void decodeRow(
            Codec codec, Object array, int from, float[] target, int to, int count, float[] scales, int at) {
        int whole =
                switch (codec) {
                    case I8 -> ByteVectors.ofBytes((byte[]) array, from, target, to, count, scales[at]);
                    case I4 -> ByteVectors.ofHalfBytes((byte[]) array, from, target, to, count, scales, at);
                    default -> 0;
                };
        if (whole < count) {
            super.decodeRow(codec, array, from, target, to, count, scales, at);
        }
    }

    @Override
    public int unitOfHalves(Codec codec, int columns) {
        return codec == Codec.I4 ? ByteVectors.unitOfHalves(columns) : 0;
    }

    @Override
    public void decodeHalves(Object array, int from, float[] target, int to, int count, float[] scales, int at) {
        ByteVectors.ofHalves((byte[]) array, from, target, to, count, scales, at);
    }

    @Override
    public void activate(Activation activation, float[] x, int at, int count) {
        int whole = VectorActivations.ofRow(activation, x, at, count);
        super.activate(activation, x, at + whole, count - whole);
    }

    @Override
    public boolean finite(float[] value, int at, int count) {
        int whole = FINITE.isOver() ? count / VectorPanel.VECTOR * VectorPanel.VECTOR : 0;
        float rest = vectorsTimesZero(value, at, whole); // times 0, everything but NaN and infinity is 0
        for (int i = whole; i < count; i++) {
            rest += value[at + i] * 0;
        }
        return rest == 0;
    }

    private static float vectorsTimesZero(float[] value, int at, int count) {
        try {
            return (float) timesZero.invokeExact(value, at, count);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static float timesZero(float[] value, int at, int count) {
        FloatVector zero = FloatVector.zero(VectorPanel.SPECIES);
        FloatVector sum = zero;
        for (int i = 0; i < count; i += VectorPanel.VECTOR) {
            sum = FloatVector.fromArray(VectorPanel.SPECIES, value, at + i).fma(zero, sum);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public int vectorWidth() {
        return FloatVector.SPECIES_PREFERRED.length();
    }

    @Override
    public String name() {
        return BITS + "-bit vectors";
    }

    @Override
    public String describe() {
        return "Vector API, " + name();
    }
}
