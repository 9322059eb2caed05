package io.github.attention4j.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Operand;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Attention on DJL's arrays: {@code softmax(scale · query · keyᵀ) · value} in one pass, with memory linear in the
 * sequence length, in place of {@code matMul}, {@code softmax} and {@code matMul}, which make all scores.
 *
 * <p>Arrays of any DJL engine are read through copies in host memory and are left alone; results are new arrays of the
 * query's manager, on the query's device, and are closed with that manager. Calls return when the result is there, and
 * run side by side on one engine. Nothing is recorded for DJL's gradients: {@link AttentionSpec#backward} computes
 * them.
 *
 * <p>Results have the shapes that {@link Operand} says. In those of inputs, dimensions of size 1 may be missing or
 * added: [heads, rows, columns] will do for a batch of 1, and [batch] for key lengths.
 *
 * <table>
 *   <caption>Types</caption>
 *   <tr><th>attention4j</th><th>DJL</th></tr>
 *   <tr><td>F32, F16, BF16</td><td>FLOAT32, FLOAT16, BFLOAT16</td></tr>
 *   <tr><td>I32</td><td>INT32</td></tr>
 *   <tr><td>I8</td><td>INT8</td></tr>
 *   <tr><td>U8</td><td>BOOLEAN or UINT8</td></tr>
 *   <tr><td>BIT, I4</td><td>UINT8 or INT8, the last dimension in bytes</td></tr>
 * </table>
 */
public final class NdAttention {
    private NdAttention() {}

    /**
     * A spec begun from arrays: batch, heads, lengths, row sizes and types are theirs, out is of the query's type. Of
     * [rows, columns], batch and heads are 1.
     *
     * @param query [batch, heads, queryLength, headDim]
     * @param key [batch, kvHeads, keyLength, headDim]
     * @param value [batch, kvHeads, keyLength, valueDim]
     * @throws IllegalArgumentException if an array has no or more than four dimensions, or a type that attention has
     *     not
     */
    public static AttentionSpecBuilder spec(NDArray query, NDArray key, NDArray value) {
        Shapes.requireSpec("query", query);
        Shapes.requireSpec("key", key);
        Shapes.requireSpec("value", value);
        return AttentionSpec.builder()
                .batch(Shapes.size(query, 0))
                .heads(Shapes.size(query, 1))
                .kvHeads(Shapes.size(key, 1))
                .queryLength(Shapes.size(query, 2))
                .keyLength(Shapes.size(key, 2))
                .headDim(Shapes.size(query, 3))
                .valueDim(Shapes.size(value, 3))
                .type(Operand.QUERY, Types.of("query", query))
                .type(Operand.KEY, Types.of("key", key))
                .type(Operand.VALUE, Types.of("value", value))
                .type(Operand.OUT, Types.of("query", query));
    }

    /**
     * Computes a spec that has no other inputs.
     *
     * @return out [batch, heads, queryLength, valueDim]
     * @throws IllegalArgumentException if an array's shape or type is not the spec's, or the spec has other inputs
     * @throws io.github.attention4j.UnsupportedByDeviceException if no kernel fits the engine's device
     */
    public static NDArray attend(
            AttentionEngine engine, AttentionSpec spec, NDArray query, NDArray key, NDArray value) {
        Map<Operand, NDArray> inputs = new EnumMap<>(Operand.class);
        inputs.put(Operand.QUERY, query);
        inputs.put(Operand.KEY, key);
        inputs.put(Operand.VALUE, value);
        Map<Operand, NDArray> outputs = attend(engine, spec, inputs);
        NDArray out = outputs.remove(Operand.OUT);
        outputs.values().forEach(NDArray::close);
        return out;
    }

    /**
     * Computes any spec, forward or backward.
     *
     * @param inputs exactly the inputs of the spec; {@link Operand#QUERY} says whose manager gets the results
     * @return the outputs of the spec, in the shapes of {@link Operand}
     * @throws IllegalArgumentException if an input is missing, too many, sparse, or has another shape or type than the
     *     spec's operand, or the spec gives an operand a layout of its own
     * @throws UnsupportedOperationException if an output is of BF16 and the query of PyTorch
     * @throws io.github.attention4j.UnsupportedByDeviceException if no kernel fits the engine's device
     */
    public static Map<Operand, NDArray> attend(
            AttentionEngine engine, AttentionSpec spec, Map<Operand, NDArray> inputs) {
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(spec, "spec");
        AttentionArrays arrays = new AttentionArrays();
        Map<Operand, ByteBuffer> outputs = new EnumMap<>(Operand.class);
        for (Operand operand : Operand.values()) {
            NDArray input = inputs.get(operand);
            if (spec.has(operand) && spec.isOutput(operand) && input == null) {
                Types.requireMakes(operand, spec.operand(operand).dtype(), inputs.get(Operand.QUERY));
                outputs.put(operand, HostCopy.allocate(operand, spec.operand(operand)));
            } else {
                requireInput(spec, operand, input);
            }
        }
        // All is checked before the first copy is made.
        outputs.forEach(arrays::with);
        inputs.forEach((operand, input) -> arrays.with(operand, HostCopy.of(input)));
        engine.attend(spec, arrays);
        return results(spec, outputs, inputs.get(Operand.QUERY));
    }

    private static void requireInput(AttentionSpec spec, Operand operand, NDArray input) {
        boolean wanted = spec.has(operand) && !spec.isOutput(operand);
        if (wanted && input == null) {
            throw new IllegalArgumentException("the spec reads " + operand.label() + ", but no array was given for it");
        }
        if (!wanted && input != null) {
            throw new IllegalArgumentException(
                    "the spec does not read " + operand.label() + ", but an array was given for it");
        }
        if (wanted) {
            Shapes.requireFits(operand, spec.operand(operand), input);
            Types.requireFits(operand, spec.operand(operand).dtype(), input);
        }
    }

    private static Map<Operand, NDArray> results(AttentionSpec spec, Map<Operand, ByteBuffer> outputs, NDArray query) {
        NDManager manager = query.getManager();
        Map<Operand, NDArray> results = new EnumMap<>(Operand.class);
        outputs.forEach((operand, buffer) -> {
            NDArray result = manager.create(
                    buffer,
                    Shapes.of(spec.operand(operand)),
                    Types.of(spec.operand(operand).dtype()));
            results.put(operand, result.toDevice(query.getDevice(), false));
        });
        return results;
    }
}
