package io.github.attention4j.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;

/** The first example of the README: attention in place of matMul, softmax and matMul. */
public final class Attend {
    private Attend() {}

    /** No arguments. */
    public static void main(String[] arguments) {
        try (AttentionEngine engine = AttentionEngine.open();
                NDManager manager = NDManager.newBaseManager()) {
            Shape shape = new Shape(1, 8, 200, 64); // batch, heads, rows, columns
            NDArray query = manager.randomNormal(shape);
            NDArray key = manager.randomNormal(shape);
            NDArray value = manager.randomNormal(shape);
            AttentionSpec spec = NdAttention.spec(query, key, value).causal().build();
            NDArray out = NdAttention.attend(engine, spec, query, key, value);
            System.out.println(out.getShape());
        }
    }
}
