package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rotary embedding of its own, on every kernel family, against its formula; and within attention, which must be the
 * same.
 */
class RotateTest {
    private static final int BATCH = 2;
    private static final int HEADS = 3;
    private static final int ROWS = 9;
    private static final int COLUMNS = 10;

    static java.util.stream.Stream<KernelFamily> families() {
        return Engines.families();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void isTheFormulaForEveryTypeKindAndPosition(KernelFamily family) {
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
            for (boolean interleaved : new boolean[] {false, true}) {
                for (int dim : new int[] {2, 6, COLUMNS}) {
                    Rotary rotary = new Rotary(dim, interleaved, 12);
                    check(family, type, rotary, null, false);
                    check(family, type, rotary, new int[] {11, 0, 5, 5, 1, 2, 3, 10, 7}, true);
                    check(family, type, rotary, positionsOfTwoEntries(), dim == 6);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void positionsOutsideTheTablesCountAsTheNearest(KernelFamily family) {
        int[] wild = {Integer.MIN_VALUE, -1, 0, 11, 12, 13, Integer.MAX_VALUE, 5, -100};
        check(family, DType.F32, new Rotary(8, false, 12), wild, false);
    }

    private static int[] positionsOfTwoEntries() {
        int[] positions = new int[BATCH * ROWS];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i * 7 % 12;
        }
        return positions;
    }

    private static void check(KernelFamily family, DType type, Rotary rotary, int[] positions, boolean inPlace) {
        AttentionEngine engine = Engines.of(family);
        TensorSpec tensor = TensorSpec.dense(type, BATCH, HEADS, ROWS, COLUMNS);
        Object source = Elements.poisoned(tensor);
        Elements before = new Elements(tensor, source);
        SplittableRandom random = new SplittableRandom(rotary.dim());
        for (int i = 0; i < tensor.elements(); i++) {
            before.set(0, 0, 0, i, (float) (random.nextDouble() * 6 - 3));
        }
        Object target = Elements.poisoned(tensor);
        int batch = positions == null ? 1 : positions.length / ROWS;
        try (Stream stream = engine.newStream();
                DeviceTensor from = engine.allocate(tensor);
                DeviceTensor apart = engine.allocate(tensor);
                DeviceTensor cos = engine.allocate(DType.F32, 1, 1, 12, rotary.dim() / 2);
                DeviceTensor sin = engine.allocate(DType.F32, 1, 1, 12, rotary.dim() / 2);
                DeviceTensor at = engine.allocate(DType.I32, batch, 1, ROWS, 1)) {
            from.upload(stream, source, 0);
            cos.upload(stream, rotary.cosines(100));
            sin.upload(stream, rotary.sines(100));
            if (positions != null) {
                at.upload(stream, positions);
            }
            DeviceTensor to = inPlace ? from : apart;
            engine.rotate(stream, rotary, from, cos, sin, positions == null ? null : at, to);
            to.download(stream, target, 0);
        }
        Elements after = new Elements(tensor, target);
        for (int row = 0; row < BATCH * HEADS * ROWS; row++) {
            int entry = row / (HEADS * ROWS);
            int i = row % ROWS;
            int position = positions == null ? i : positions[batch == 1 ? i : entry * ROWS + i];
            position = Math.max(0, Math.min(11, position));
            for (int column = 0; column < COLUMNS; column++) {
                double exact = rotated(before, rotary, row, position, column);
                double allowed =
                        1e-6 + Math.abs(exact) * (type == DType.F32 ? 0 : type == DType.F16 ? 0x1p-11 : 0x1p-8);
                float actual = after.getAt(row * COLUMNS + column);
                assertEquals(
                        exact,
                        actual,
                        column < rotary.dim() ? allowed : 0,
                        family + " " + type + " " + rotary + " row " + row + " column " + column);
            }
        }
    }

    private static double rotated(Elements before, Rotary rotary, int row, int position, int column) {
        int dim = rotary.dim();
        if (column >= dim) {
            return before.getAt(row * COLUMNS + column);
        }
        int pair = rotary.interleaved() ? column / 2 : column % (dim / 2);
        boolean second = rotary.interleaved() ? column % 2 == 1 : column >= dim / 2;
        int a = row * COLUMNS + (rotary.interleaved() ? 2 * pair : pair);
        int b = a + (rotary.interleaved() ? 1 : dim / 2);
        double angle = position * Math.pow(100, -2.0 * pair / dim);
        return second
                ? before.getAt(a) * Math.sin(angle) + before.getAt(b) * Math.cos(angle)
                : before.getAt(a) * Math.cos(angle) - before.getAt(b) * Math.sin(angle);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void rotatingFirstIsTheSameAsRotatingWithinAttention(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        Rotary rotary = new Rotary(8, false, 40);
        AttentionSpec plain = AttentionSpec.builder()
                .batch(2)
                .heads(2)
                .kvHeads(1)
                .queryLength(33)
                .keyLength(40)
                .headDim(8)
                .causal()
                .build();
        AttentionSpec fused = plain.toBuilder().rotary(rotary).build();
        AttentionArrays inputs = new Problem(fused, 3, 1).inputs();
        int[] queryPositions = new int[33];
        for (int i = 0; i < 33; i++) {
            queryPositions[i] = i + 40 - 33;
        }
        float[] out = new float[(int) plain.outElements()];
        try (Stream stream = engine.newStream();
                DeviceTensor query = engine.allocate(plain.operand(Operand.QUERY));
                DeviceTensor key = engine.allocate(plain.operand(Operand.KEY));
                DeviceTensor value = engine.allocate(plain.operand(Operand.VALUE));
                DeviceTensor result = engine.allocate(plain.operand(Operand.OUT));
                DeviceTensor cos = engine.allocate(fused.operand(Operand.ROTARY_COS));
                DeviceTensor sin = engine.allocate(fused.operand(Operand.ROTARY_SIN));
                DeviceTensor at = engine.allocate(DType.I32, 1, 1, 33, 1)) {
            query.upload(stream, inputs.get(Operand.QUERY), 0);
            key.upload(stream, inputs.get(Operand.KEY), 0);
            value.upload(stream, inputs.get(Operand.VALUE), 0);
            cos.upload(stream, inputs.get(Operand.ROTARY_COS), 0);
            sin.upload(stream, inputs.get(Operand.ROTARY_SIN), 0);
            at.upload(stream, queryPositions);
            engine.rotate(stream, rotary, query, cos, sin, at, query);
            engine.rotate(stream, rotary, key, cos, sin, null, key);
            engine.plan(plain).enqueue(stream, query, key, value, result);
            result.download(stream, out);
        }
        Budget.check("rotated first", fused, inputs, new AttentionArrays().with(Operand.OUT, out));
    }

    @Test
    void wrongTensorsAreRefused() {
        Rotary rotary = new Rotary(8, false, 4);
        AttentionEngine engine = Engines.of(KernelFamily.REFERENCE);
        try (Stream stream = engine.newStream();
                DeviceTensor narrow = engine.allocate(DType.F32, 1, 1, 4, 6);
                DeviceTensor numbers = engine.allocate(DType.I32, 1, 1, 4, 8);
                DeviceTensor rows = engine.allocate(DType.F32, 1, 1, 4, 8);
                DeviceTensor many = engine.allocate(DType.F32, 1, 1, 5, 8);
                DeviceTensor half = engine.allocate(DType.F16, 1, 1, 4, 8);
                DeviceTensor table = engine.allocate(DType.F32, 1, 1, 4, 4)) {
            assertEquals(
                    "source must have at least 8 columns, the rotary dim, but has 6",
                    refusal(() -> engine.rotate(stream, rotary, narrow, table, table, null, narrow)));
            assertEquals(
                    "source must have type F32, F16 or BF16, but has I32",
                    refusal(() -> engine.rotate(stream, rotary, numbers, table, table, null, numbers)));
            assertEquals(
                    "target must have type F32, but has F16",
                    refusal(() -> engine.rotate(stream, rotary, rows, table, table, null, half)));
            assertEquals(
                    "cos must have shape [1, 1, 4, 4] [batch, heads, rows, columns], but has [1, 1, 4, 8]",
                    refusal(() -> engine.rotate(stream, rotary, rows, rows, table, null, rows)));
            assertEquals(
                    "source has 5 rows, but the tables only 4 positions; make longer tables, or give positions",
                    refusal(() -> engine.rotate(stream, rotary, many, table, table, null, many)));
            assertEquals(
                    "positions must have type I32, but has F32",
                    refusal(() -> engine.rotate(stream, rotary, rows, table, table, rows, rows)));
        }
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
