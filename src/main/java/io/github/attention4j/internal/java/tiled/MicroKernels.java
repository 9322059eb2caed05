package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.steps.Activations;
import io.github.attention4j.internal.java.steps.Softmax;
import io.github.attention4j.internal.java.steps.StepLoops;
import io.github.attention4j.layers.Activation;
import java.lang.reflect.InvocationTargetException;

/**
 * The inner loops of {@link TiledAttention}, with and without the Vector API. Found once for the JVM: the Vector API is
 * an incubator module, so its classes may only be touched when the JVM was started with {@code --add-modules
 * jdk.incubator.vector}.
 */
public abstract class MicroKernels {
    private static final String MODULE = "jdk.incubator.vector";
    private static final String VECTOR_KERNELS = "io.github.attention4j.internal.java.tiled.vector.VectorKernels";

    /** For the implementations. */
    protected MicroKernels() {}

    /** What the fastest engine of this JVM runs on. */
    public static MicroKernels best() {
        return Best.KERNELS;
    }

    private static final class Best {
        static final MicroKernels KERNELS = find();
    }

    private static MicroKernels find() {
        Module vectors = ModuleLayer.boot().findModule(MODULE).orElse(null);
        if (vectors == null) {
            return new PlainKernels(
                    "; start the JVM with --add-modules " + MODULE + " to use vectors, which is about twice as fast");
        }
        if (!FusedMultiplyAdd.FAST) {
            return new PlainKernels(
                    "; the vector kernels need a fused multiply-add instruction, which this processor or JVM has not");
        }
        // On the module path this module reads what its descriptor requires, which a module that may be absent cannot
        // be part of.
        MicroKernels.class.getModule().addReads(vectors);
        return load(VECTOR_KERNELS);
    }

    /** Those of a class, or the plain ones with the reason why not. */
    static MicroKernels load(String name) {
        try {
            return (MicroKernels) Class.forName(name).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable reason = e instanceof InvocationTargetException ? e.getCause() : e;
            return new PlainKernels("; the vector kernels do not load on this JVM: " + reason);
        }
    }

    /** Queries of one panel, for a call with this many queries per head. */
    public abstract int lanes(int queryLength);

    /** Queries of one work item: what shares one pass over keys and values. A multiple of the lanes. */
    public abstract int tileQ(int queryLength);

    /** Keys of one step of the online softmax. */
    public abstract int tileKv();

    /**
     * Panels that are worked on in turn by one thread: each has its own queries and outputs, all share the space for
     * scores.
     */
    public abstract Panel[] newPanels(int count, int lanes, int headDim, int valueDim);

    /** Keys of one panel of gradients, for a call with this many keys. */
    public abstract int keyLanes(int keyLength);

    /** Panels of gradients that share one pass over the queries. */
    public abstract int keyPanels();

    /** Queries that go through these panels at a time. */
    public abstract int queryRows();

    /** Panels of gradients that are worked on in turn by one thread. */
    public abstract GradientPanel[] newGradientPanels(int count, int lanes, int headDim, int valueDim);

    /** Rows of one panel of a matrix product, for a left matrix with this many. */
    public abstract int productLanes(int rows);

    /** Panels of a matrix product that share one pass over a piece of the right matrix. */
    public abstract int productPanels();

    /** Panels of a matrix product for pieces of this depth and this many rows of the right matrix. */
    public abstract ProductPanel[] newProductPanels(int count, int lanes, int depth, int columns);

    /** The products of {@link RowAttention} for so many query rows of this depth, and tiles of keys. */
    public RowProducts newRowProducts(int rows, int depth, int tile) {
        return new RowProducts(this, rows, tile);
    }

    /** Dot products of {@code rows} rows at {@code right[at + row * stride]} with the one at {@code left[leftAt]}. */
    public abstract void dots(
            float[] left, int leftAt, float[] right, int at, int stride, int rows, int depth, float[] target, int to);

    /** Adds to out the rows at {@code value[at + j * stride]}, times {@code weights[j]}. */
    public abstract void addRows(float[] weights, float[] value, int at, int stride, int keys, float[] out);

    /** The largest of a query's scores, of as many keys as a tile has; spare is as long. */
    public float largest(float[] scores, float[] spare) {
        float largest0 = Float.NEGATIVE_INFINITY;
        float largest1 = largest0; // two, as one would wait for itself
        for (int i = 0; i + 1 < scores.length; i += 2) {
            largest0 = Math.max(largest0, scores[i]);
            largest1 = Math.max(largest1, scores[i + 1]);
        }
        return Math.max(largest0, largest1);
    }

    /** As {@link Softmax#weigh(float[], float, float[])}, of as many keys as a tile has. */
    public float weigh(float[] scores, float shift, float[] spare) {
        return Softmax.weigh(scores, shift, spare);
    }

    /**
     * Whether {@link RowProducts} may read such rows as they lie, or would be wrong or slow for some numbers of theirs.
     */
    public boolean areOrdinary(Codec codec, Object array, int at, int stride, int rows, int columns) {
        return true;
    }

    /** Turns elements that lie side by side from {@code from} on into floats. */
    public void decode(Codec codec, Object array, int from, float[] target, int to, int count) {
        codec.decode(array, from, 0, target, to, count);
    }

    /** Turns a row of quantised elements into floats, times the scales of its groups, which begin at {@code at}. */
    public void decodeRow(
            Codec codec, Object array, int from, float[] target, int to, int count, float[] scales, int at) {
        codec.decode(array, from, 0, target, to, count);
        int group = codec.group(count);
        for (int i = 0; i < count; i++) {
            target[to + i] *= scales[at + i / group];
        }
    }

    /** The unit of the {@link Halves} in which {@link #decodeHalves} leaves rows of this type; 0 if it takes none. */
    public int unitOfHalves(Codec codec, int columns) {
        return 0;
    }

    /** As {@link #decodeRow}, with elements in the order of {@link Halves}. */
    public void decodeHalves(Object array, int from, float[] target, int to, int count, float[] scales, int at) {
        throw new UnsupportedOperationException("rows have their order");
    }

    /** An activation of {@code count} elements, in their place. */
    public void activate(Activation activation, float[] x, int at, int count) {
        Activations.ofRow(activation, x, at, count);
    }

    /** Loops for the user's functions. */
    public StepLoops steps() {
        return StepLoops.PLAIN;
    }

    /** Whether all of {@code count} values are numbers, neither NaN nor infinite. */
    public abstract boolean finite(float[] value, int at, int count);

    /** How many floats one instruction handles, as far as this code decides it. */
    public abstract int vectorWidth();

    /** A few words: "256-bit vectors", "plain loops". */
    public abstract String name();

    /** One line that says which these are and, if they are the plain ones, why. */
    public abstract String describe();
}
