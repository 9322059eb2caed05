package io.github.attention4j.internal.java.layers;

import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;

/** A layer in Java, ready to compute any number of calls. */
public interface LayerWork {
    /** Computes a call. */
    void compute(LayerRows rows);

    /** What is computed together, in a few words. */
    String describe();

    /** In floats, on the fastest micro-kernels of this JVM. */
    static LayerWork of(LayerSpec spec, Threads threads) {
        return of(spec, MicroKernels.best(), threads);
    }

    /** In floats. */
    static LayerWork of(LayerSpec spec, MicroKernels kernels, Threads threads) {
        if (spec instanceof LinearSpec linear) {
            return linear.isBackward()
                    ? new LinearGradientTiles(linear, kernels, threads)
                    : new LinearTiles(linear, kernels, threads);
        }
        if (spec instanceof NormSpec norm) {
            return new RowWork(spec.rows(), threads, RowKinds.norm(norm, kernels));
        }
        if (spec instanceof ActivationSpec activation) {
            RowWork.Kind kind = activation.isBackward()
                    ? RowKinds.activationGradient(activation, kernels)
                    : RowKinds.activation(activation, kernels);
            return new RowWork(spec.rows(), threads, kind);
        }
        if (spec instanceof EmbeddingSpec embedding) {
            return new RowWork(spec.rows(), threads, RowKinds.embedding(embedding));
        }
        PoolingSpec pooling = (PoolingSpec) spec;
        return new RowWork(pooling.entries(), threads, RowKinds.pooling(pooling, kernels));
    }
}
