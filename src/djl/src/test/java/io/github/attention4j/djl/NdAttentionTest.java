package io.github.attention4j.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Against what DJL computes on PyTorch by {@code matMul} and {@code softmax}. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "needs DJL's build of PyTorch for this system")
class NdAttentionTest {
    private static AttentionEngine engine;
    private NDManager manager;

    @BeforeAll
    static void open() {
        engine = AttentionEngine.open("java");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @BeforeEach
    void openManager() {
        manager = Engine.getEngine("PyTorch").newBaseManager();
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @Test
    void outIsThatOfDjlsOwnOperations() {
        NDArray query = random(2, 3, 130, 40);
        NDArray key = random(2, 3, 77, 40);
        NDArray value = random(2, 3, 77, 24);
        NDArray out =
                NdAttention.attend(engine, NdAttention.spec(query, key, value).build(), query, key, value);
        assertEquals(new Shape(2, 3, 130, 24), out.getShape());
        assertClose(weights(query, key, null).matMul(value), out, 2e-6);
    }

    @Test
    void missingDimensionsAreOne() {
        NDArray query = random(3, 5, 8);
        NDArray key = random(7, 8);
        AttentionSpec spec = NdAttention.spec(query, key, key).build();
        NDArray out = NdAttention.attend(engine, spec, query, key, key);
        NDArray keys = key.expandDims(0).expandDims(0);
        assertClose(weights(query.expandDims(0), keys, null).matMul(keys), out, 2e-6);
    }

    @Test
    void causalWithSharedKeys() {
        NDArray query = random(1, 6, 33, 16);
        NDArray key = random(1, 2, 33, 16);
        NDArray value = random(1, 2, 33, 16);
        AttentionSpec spec = NdAttention.spec(query, key, value).causal().build();
        NDArray later = manager.arange(33).reshape(33, 1).lt(manager.arange(33).reshape(1, 33));
        NDArray expected = weights(
                        query,
                        key.repeat(1, 3),
                        later.toType(DataType.FLOAT32, false).mul(-1e9))
                .matMul(value.repeat(1, 3));
        assertClose(expected, NdAttention.attend(engine, spec, query, key, value), 2e-6);
    }

    @Test
    void sixteenBitsStaySixteenBits() {
        NDArray query = random(1, 2, 20, 32).toType(DataType.FLOAT16, false);
        NDArray key = random(1, 2, 50, 32).toType(DataType.FLOAT16, false);
        NDArray value = random(1, 2, 50, 32).toType(DataType.FLOAT16, false);
        NDArray out =
                NdAttention.attend(engine, NdAttention.spec(query, key, value).build(), query, key, value);
        assertEquals(DataType.FLOAT16, out.getDataType());
        assertClose(weights(wide(query), wide(key), null).matMul(wide(value)), wide(out), 1e-3);
    }

    @Test
    void arraysThatLieTransposedAreReadInTheOrderOfTheirShape() {
        NDArray query = random(2, 9, 4, 16).transpose(0, 2, 1, 3);
        NDArray key = random(2, 16, 4, 11).transpose(0, 2, 3, 1);
        NDArray value = random(4, 2, 22, 16).get(":, :, 3:14").transpose(1, 0, 2, 3);
        NDArray out =
                NdAttention.attend(engine, NdAttention.spec(query, key, value).build(), query, key, value);
        assertClose(weights(query, key, null).matMul(value), out, 2e-6);
    }

    @Test
    void otherOperandsAreArraysTooAndOnesMayBeLeftOut() {
        NDArray query = random(2, 2, 5, 8);
        NDArray key = random(2, 2, 7, 8);
        NDArray value = random(2, 2, 7, 8);
        NDArray keep = manager.create(new boolean[] {true, false, true, true, true, true, true}, new Shape(7));
        AttentionSpec spec = NdAttention.spec(query, key, value)
                .keepMask(DType.U8, 1, 1, 1, 7)
                .keyLengths()
                .returnLse()
                .build();
        Map<Operand, NDArray> outputs = NdAttention.attend(
                engine,
                spec,
                Map.of(
                        Operand.QUERY, query,
                        Operand.KEY, key,
                        Operand.VALUE, value,
                        Operand.KEEP_MASK, keep,
                        Operand.KEY_LENGTHS, manager.create(new int[] {7, 3})));
        float no = -1e9f;
        NDArray hidden =
                manager.create(new float[] {0, no, 0, 0, 0, 0, 0, 0, no, 0, no, no, no, no}, new Shape(2, 1, 1, 7));
        assertClose(weights(query, key, hidden).matMul(value), outputs.get(Operand.OUT), 2e-6);
        NDArray sums = scores(query, key, hidden).exp().sum(new int[] {3}, true).log();
        assertClose(sums, outputs.get(Operand.LSE), 2e-6);
    }

    @Test
    void gradientsAreThoseThatPyTorchFinds() {
        NDArray query = random(1, 2, 6, 8);
        NDArray key = random(1, 2, 9, 8);
        NDArray value = random(1, 2, 9, 8);
        NDArray gradOut = random(1, 2, 6, 8);
        AttentionSpec spec = NdAttention.spec(query, key, value).returnLse().build();
        Map<Operand, NDArray> forward =
                NdAttention.attend(engine, spec, Map.of(Operand.QUERY, query, Operand.KEY, key, Operand.VALUE, value));
        Map<Operand, NDArray> gradients = NdAttention.attend(
                engine,
                spec.backward(),
                Map.of(
                        Operand.QUERY, query,
                        Operand.KEY, key,
                        Operand.VALUE, value,
                        Operand.OUT, forward.get(Operand.OUT),
                        Operand.LSE, forward.get(Operand.LSE),
                        Operand.GRAD_OUT, gradOut));
        query.setRequiresGradient(true);
        key.setRequiresGradient(true);
        value.setRequiresGradient(true);
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            collector.backward(
                    weights(query, key, null).matMul(value).mul(gradOut).sum());
        }
        assertClose(query.getGradient(), gradients.get(Operand.GRAD_QUERY), 5e-6);
        assertClose(key.getGradient(), gradients.get(Operand.GRAD_KEY), 5e-6);
        assertClose(value.getGradient(), gradients.get(Operand.GRAD_VALUE), 5e-6);
    }

    @Test
    void resultsBelongToTheManagerOfTheQueryAndInputsAreLeftAlone() {
        NDArray key = random(1, 1, 4, 8);
        float[] before = key.toFloatArray();
        NDArray out;
        try (NDManager inner = manager.newSubManager()) {
            NDArray query = inner.ones(new Shape(1, 1, 4, 8));
            out = NdAttention.attend(engine, NdAttention.spec(query, key, key).build(), query, key, key);
            assertSame(inner, out.getManager());
            System.gc(); // the result keeps what it needs
            assertClose(weights(query, key, null).matMul(key), out, 2e-6);
        }
        assertTrue(out.isReleased());
        assertFalse(key.isReleased());
        assertArrayEquals(before, key.toFloatArray());
    }

    @Test
    void wrongCallsSayWhatToDo() {
        NDArray rows = random(1, 2, 4, 8);
        AttentionSpec spec = NdAttention.spec(rows, rows, rows).build();
        assertRefused(
                () -> NdAttention.spec(rows.expandDims(0), rows, rows),
                "query must have the shape [batch, heads, rows, columns]",
                "but has (1, 1, 2, 4, 8)");
        NDArray doubles = rows.toType(DataType.FLOAT64, false);
        assertRefused(() -> NdAttention.spec(rows, doubles, rows), "key is of type FLOAT64", "toType(DataType.FLOAT32");
        assertRefused(() -> NdAttention.attend(engine, spec, rows, doubles, rows), "key is of type FLOAT64", "FLOAT32");
        assertRefused(
                () -> NdAttention.attend(engine, spec, rows, random(1, 2, 5, 8), rows),
                "key has the shape (1, 2, 5, 8), but the spec's is (1, 2, 4, 8)");
        AttentionSpec masked = NdAttention.spec(rows, rows, rows)
                .keepMask(DType.U8, 1, 1, 4, 4)
                .build();
        assertRefused(() -> NdAttention.attend(engine, masked, rows, rows, rows), "the spec reads keep_mask");
        Map<Operand, NDArray> tooMany =
                Map.of(Operand.QUERY, rows, Operand.KEY, rows, Operand.VALUE, rows, Operand.OUT, rows);
        assertRefused(() -> NdAttention.attend(engine, spec, tooMany), "the spec does not read out");
    }

    /** In place of the end of the JVM. */
    @Test
    void bfloat16IsNotAskedOfPyTorch() {
        NDArray rows = random(1, 1, 4, 8);
        AttentionSpec spec =
                NdAttention.spec(rows, rows, rows).type(Operand.OUT, DType.BF16).build();
        assertThrows(UnsupportedOperationException.class, () -> NdAttention.attend(engine, spec, rows, rows, rows));
    }

    private static void assertRefused(Runnable call, String... parts) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    private NDArray random(long... shape) {
        return manager.randomNormal(new Shape(shape));
    }

    private static NDArray wide(NDArray array) {
        return array.toType(DataType.FLOAT32, false);
    }

    private static NDArray scores(NDArray query, NDArray key, NDArray bias) {
        double scale = 1 / Math.sqrt(query.getShape().get(3));
        NDArray scores = query.matMul(key.transpose(0, 1, 3, 2)).mul(scale);
        return bias == null ? scores : scores.add(bias);
    }

    private static NDArray weights(NDArray query, NDArray key, NDArray bias) {
        return scores(query, key, bias).softmax(3);
    }

    private static void assertClose(NDArray expected, NDArray actual, double tolerance) {
        assertEquals(expected.getShape(), actual.getShape());
        float difference = expected.sub(actual).abs().max().getFloat();
        assertTrue(difference <= tolerance, "differs by up to " + difference); // also if it is NaN
    }
}
