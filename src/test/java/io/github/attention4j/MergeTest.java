package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was computed over parts of the keys comes together as if it had been computed at once, on every kernel family.
 */
class MergeTest {
    private static final int QUERIES = 21;
    private static final int KEYS = 50;
    private static final int DIM = 8;
    private static final AttentionSpec WHOLE = AttentionSpec.builder()
            .heads(2)
            .queryLength(QUERIES)
            .keyLength(KEYS)
            .headDim(DIM)
            .causal(Mask.Alignment.TOP_LEFT)
            .returnLse()
            .build();
    /** Where parts begin: halves, one key, empty parts, parts that causal rows do not see, and many. */
    private static final int[][] CUTS = {
        {0, 25},
        {0, 1},
        {0, 49},
        {0, 17, 34},
        {0, 0, 10, 10, 50},
        {0, 5, 10, 15, 20, 25, 30, 35, 40, 45},
        {0, 21, 40}
    };

    static java.util.stream.Stream<KernelFamily> families() {
        return Engines.families();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void partsOfTheKeysMergeToTheWhole(KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        for (int amplitude : new int[] {1, 10}) {
            Problem whole = new Problem(WHOLE, 5, amplitude);
            for (int[] cuts : CUTS) {
                AttentionResult onHost = null;
                AttentionResult onDevice = null;
                for (int part = 0; part < cuts.length; part++) {
                    int end = part + 1 < cuts.length ? cuts[part + 1] : KEYS;
                    AttentionResult result = part(engine, whole, cuts[part], end);
                    onHost = onHost == null ? result : part % 2 == 0 ? onHost.merge(result) : result.merge(onHost);
                    onDevice = onDevice == null ? result : merge(engine, onDevice, result, part % 3);
                }
                Budget.check(
                        "host, cut at " + Arrays.toString(cuts),
                        WHOLE,
                        whole.query(),
                        whole.key(),
                        whole.value(),
                        onHost.out(),
                        onHost.lse());
                Budget.check(
                        "device, cut at " + Arrays.toString(cuts),
                        WHOLE,
                        whole.query(),
                        whole.key(),
                        whole.value(),
                        onDevice.out(),
                        onDevice.lse());
            }
        }
    }

    /** The diagonal stays where it was among all keys. A part without keys has one, which does not count. */
    private static AttentionResult part(AttentionEngine engine, Problem whole, int begin, int end) {
        int keys = Math.max(1, end - begin);
        AttentionSpec spec = WHOLE.toBuilder()
                .keyLength(keys)
                .causal(Mask.Alignment.GIVEN)
                .keyLengths()
                .build();
        float[] out = new float[(int) spec.outElements()];
        float[] lse = new float[(int) spec.lseElements()];
        AttentionArrays arrays = AttentionArrays.of(
                        whole.query(), rows(whole.key(), begin, end, keys), rows(whole.value(), begin, end, keys), out)
                .with(Operand.LSE, lse)
                .with(Operand.DIAGONALS, new int[] {-begin})
                .with(Operand.KEY_LENGTHS, new int[] {end - begin});
        engine.attend(spec, arrays);
        return new AttentionResult(out, lse);
    }

    private static float[] rows(float[] all, int begin, int end, int keys) {
        float[] part = new float[2 * keys * DIM];
        Arrays.fill(part, Float.NaN);
        for (int head = 0; head < 2; head++) {
            System.arraycopy(all, (head * KEYS + begin) * DIM, part, head * keys * DIM, (end - begin) * DIM);
        }
        return part;
    }

    /** @param into 0: tensors of its own, 1: those of the first part, 2: those of the second */
    private static AttentionResult merge(
            AttentionEngine engine, AttentionResult first, AttentionResult second, int into) {
        float[] out = new float[first.out().length];
        float[] lse = new float[first.lse().length];
        try (Stream stream = engine.newStream();
                DeviceTensor firstOut = engine.allocate(DType.F32, 1, 2, QUERIES, DIM);
                DeviceTensor firstLse = engine.allocate(DType.F32, 1, 2, QUERIES, 1);
                DeviceTensor secondOut = engine.allocate(DType.F32, 1, 2, QUERIES, DIM);
                DeviceTensor secondLse = engine.allocate(DType.F32, 1, 2, QUERIES, 1);
                DeviceTensor ownOut = engine.allocate(DType.F32, 1, 2, QUERIES, DIM);
                DeviceTensor ownLse = engine.allocate(DType.F32, 1, 2, QUERIES, 1)) {
            firstOut.upload(stream, first.out());
            firstLse.upload(stream, first.lse());
            secondOut.upload(stream, second.out());
            secondLse.upload(stream, second.lse());
            DeviceTensor toOut = into == 0 ? ownOut : into == 1 ? firstOut : secondOut;
            DeviceTensor toLse = into == 0 ? ownLse : into == 1 ? firstLse : secondLse;
            engine.merge(stream, firstOut, firstLse, secondOut, secondLse, toOut, toLse);
            toOut.download(stream, out);
            toLse.download(stream, lse);
        }
        return new AttentionResult(out, lse);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void theLargestNumbersMergeToFiniteOnes(KernelFamily family) {
        float most = Float.MAX_VALUE;
        float[] logarithms = {0, 0.3f, 1, 5, -5, 3e38f, -3e38f, most, -most};
        for (float logarithm : logarithms) {
            for (float other : new float[] {logarithm, logarithm + 0.7f, -logarithm, -most, Float.NEGATIVE_INFINITY}) {
                AttentionResult first = constant(most, logarithm);
                AttentionResult second = constant(other == Float.NEGATIVE_INFINITY ? Float.NaN : most, other);
                for (AttentionResult result : List.of(
                        merge(Engines.of(family), first, second, 0),
                        merge(Engines.of(family), second, first, 0),
                        first.merge(second))) {
                    assertEquals(most, result.out()[0], most * 1e-6f, logarithm + " and " + other);
                    double larger = Math.max(logarithm, other);
                    double lse = larger + Math.log(Math.exp(logarithm - larger) + Math.exp(other - larger));
                    assertEquals(lse, result.lse()[0], 1e-6 * Math.max(1, Math.abs(lse)), logarithm + " and " + other);
                }
            }
        }
    }

    private static AttentionResult constant(float out, float lse) {
        float[] outs = new float[2 * QUERIES * DIM];
        float[] lses = new float[2 * QUERIES];
        Arrays.fill(outs, out);
        Arrays.fill(lses, lse);
        return new AttentionResult(outs, lses);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void everyTypeIsMergedByTheFormula(KernelFamily family) {
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
            for (DType to : new DType[] {DType.F32, type}) {
                checkFormula(Engines.of(family), type, to);
            }
        }
    }

    private static void checkFormula(AttentionEngine engine, DType type, DType to) {
        TensorSpec parts = TensorSpec.dense(type, 2, 3, 7, 5);
        TensorSpec merged = parts.with(to);
        TensorSpec logarithms = TensorSpec.dense(DType.F32, 2, 3, 7, 1);
        Elements[] outs = new Elements[2];
        Object[] arrays = {Elements.poisoned(parts), Elements.poisoned(parts), Elements.poisoned(merged)};
        float[][] lses = new float[3][2 * 3 * 7];
        SplittableRandom random = new SplittableRandom(1);
        for (int part = 0; part < 2; part++) {
            outs[part] = new Elements(parts, arrays[part]);
            for (int row = 0; row < lses[part].length; row++) {
                boolean empty = (row + part) % 5 == 0 || row == 12; // row 12 in both
                lses[part][row] = empty ? Float.NEGATIVE_INFINITY : (float) (random.nextDouble() * 400 - 200);
                lses[part][row] = row % 3 == 1 ? lses[part][row] / 100 : lses[part][row];
                for (int column = 0; column < 5; column++) {
                    // What a part without keys has for out is not read.
                    float value = empty ? Float.NaN : (float) (random.nextDouble() * 4 - 2);
                    outs[part].set(0, 0, 0, row * 5 + column, value);
                }
            }
        }
        try (Stream stream = engine.newStream();
                DeviceTensor firstOut = engine.allocate(parts);
                DeviceTensor firstLse = engine.allocate(logarithms);
                DeviceTensor secondOut = engine.allocate(parts);
                DeviceTensor secondLse = engine.allocate(logarithms);
                DeviceTensor out = engine.allocate(merged);
                DeviceTensor lse = engine.allocate(logarithms)) {
            firstOut.upload(stream, arrays[0], 0);
            firstLse.upload(stream, lses[0]);
            secondOut.upload(stream, arrays[1], 0);
            secondLse.upload(stream, lses[1]);
            engine.merge(stream, firstOut, firstLse, secondOut, secondLse, out, lse);
            out.download(stream, arrays[2], 0);
            lse.download(stream, lses[2]);
        }
        Elements actual = new Elements(merged, arrays[2]);
        double unit = to == DType.F32 ? 0 : to == DType.F16 ? 0x1p-11 : 0x1p-8;
        for (int row = 0; row < lses[0].length; row++) {
            double first = lses[0][row];
            double second = lses[1][row];
            double max = Math.max(first, second);
            boolean none = max == Double.NEGATIVE_INFINITY;
            double weight = none ? 0 : Math.exp(first - max);
            double other = none ? 0 : Math.exp(second - max);
            double logarithm = none ? max : max + Math.log(weight + other);
            assertEquals(
                    logarithm, lses[2][row], none ? 0 : 1e-6 * Math.max(1, Math.abs(logarithm)), "lse of row " + row);
            for (int column = 0; column < 5; column++) {
                int at = row * 5 + column;
                double sum =
                        (weight == 0 ? 0 : weight * outs[0].getAt(at)) + (other == 0 ? 0 : other * outs[1].getAt(at));
                double exact = none ? 0 : sum / (weight + other);
                // The difference of two logarithms of some hundred, which are rounded, is what the weights come from.
                double allowed = 2e-5 + unit * Math.abs(exact);
                assertEquals(exact, actual.getAt(at), none ? 0 : allowed, type + " to " + to + ", out at " + at);
            }
        }
    }

    @Test
    void resultsOfTwoShapesAreRefused() {
        AttentionResult one = new AttentionResult(new float[6], new float[3]);
        assertEquals(
                "both parts must have the same shape, but out has 6 and 4 elements, and lse 3 and 2",
                refusal(() -> one.merge(new AttentionResult(new float[4], new float[2]))));
    }

    @Test
    void wrongTensorsAreRefused() {
        AttentionEngine engine = Engines.of(KernelFamily.REFERENCE);
        try (Stream stream = engine.newStream();
                DeviceTensor out = engine.allocate(DType.F32, 1, 2, 3, 4);
                DeviceTensor half = engine.allocate(DType.F16, 1, 2, 3, 4);
                DeviceTensor other = engine.allocate(DType.F32, 1, 2, 4, 4);
                DeviceTensor lse = engine.allocate(DType.F32, 1, 2, 3, 1);
                DeviceTensor otherLse = engine.allocate(DType.F32, 1, 2, 4, 1)) {
            assertEquals(
                    "both parts must have the same type, but have F32 and F16",
                    refusal(() -> engine.merge(stream, out, lse, half, lse, out, lse)));
            assertEquals(
                    "second out must have shape [1, 2, 3, 4] [batch, heads, rows, columns], but has [1, 2, 4, 4]",
                    refusal(() -> engine.merge(stream, out, lse, other, lse, out, lse)));
            assertEquals(
                    "second lse must have shape [1, 2, 3, 1] [batch, heads, rows, columns], but has [1, 2, 4, 1]",
                    refusal(() -> engine.merge(stream, out, lse, out, otherLse, out, lse)));
            assertEquals(
                    "out must have shape [1, 2, 3, 4] [batch, heads, rows, columns], but has [1, 2, 4, 4]",
                    refusal(() -> engine.merge(stream, out, lse, out, lse, other, lse)));
        }
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
