package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * f32 that emulated matrix units multiply in pieces of bf16, against the reference and to the budget of f32; with
 * numbers for which pieces do not stand, too.
 */
@Tag("opencl")
class PiecesTest {
    private static final int QUERIES = 37;
    private static final int KEYS = 70;
    private static final int HEAD_DIM = 40;

    /**
     * Programs take long to build, so all tests share those of a unit: lengths, masks, heads and scale are no part of
     * them.
     */
    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(QUERIES)
                .keyLength(KEYS)
                .headDim(HEAD_DIM)
                .valueDim(24)
                .returnLse();
    }

    private static AttentionArrays run(MatrixUnit unit, AttentionSpec spec, AttentionArrays inputs) {
        AttentionEngine engine = MatrixEngines.ofPieces(unit);
        AttentionArrays outputs = new Problem(spec, 0, 1).outputs();
        AttentionPlan plan = engine.plan(spec);
        assertTrue(plan.explain().contains(MatrixEngines.tiles(unit) + " PIECES=3"), plan.explain());
        Way.ARRAYS.run(engine, spec, inputs, outputs);
        return outputs;
    }

    /**
     * The unit that lanes load for and the one that reads by itself; the simulator has one whose values lie in pairs.
     */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"MMA", "WGMMA"})
    void everyUnitKeepsTheDigitsOfFloats(MatrixUnit unit) {
        List<AttentionSpec> specs = List.of(
                builder().build(),
                builder().causal().build(),
                builder().mask(Mask.window(9, 4)).keyLengths().build(),
                builder().batch(1).queryLength(3).keyLength(5).scale(-0.7f).build());
        for (AttentionSpec spec : specs) {
            for (float amplitude : new float[] {1, 8}) {
                Problem problem = new Problem(spec, 7, amplitude);
                Budget.check(unit + " " + problem, spec, problem.inputs(), run(unit, spec, problem.inputs()));
            }
        }
    }

    /** What the search for a way to sum pieces was decided by: dot products and values that cancel, large scores. */
    @Test
    void numbersThatCancelAreInTheBudgetOfFloats() {
        for (Mask mask : new Mask[] {Mask.none(), Mask.causal()}) {
            AttentionSpec spec = builder().mask(mask).scale(0.16f).build();
            AttentionArrays positive = inputs(spec, new float[] {0, 1, 0, 1, 0, 1});
            AttentionArrays large = inputs(spec, new float[] {-30, 30, -30, 30, -1, 1});
            AttentionArrays scores = inputs(spec, new float[] {290, 310, -310, 310, -1, 1});
            AttentionArrays values = inputs(spec, new float[] {-1, 1, -1, 1, -1000, 1000});
            AttentionArrays tiny = inputs(spec, new float[] {-1e-17f, 1e-17f, -1e17f, 1e17f, 1e-17f, 2e-17f});
            for (AttentionArrays inputs : List.of(positive, large, scores, values, tiny)) {
                Budget.check(mask + " of numbers that cancel", spec, inputs, run(MatrixUnit.MMA, spec, inputs));
            }
        }
    }

    /** Evenly spread over three ranges, of query, key and value. */
    private static AttentionArrays inputs(AttentionSpec spec, float[] ranges) {
        AttentionArrays arrays = new AttentionArrays();
        SplittableRandom random = new SplittableRandom(3);
        Operand[] operands = {Operand.QUERY, Operand.KEY, Operand.VALUE};
        for (int i = 0; i < operands.length; i++) {
            float[] all = new float[(int) spec.operand(operands[i]).elements()];
            for (int j = 0; j < all.length; j++) {
                all[j] = ranges[2 * i] + (ranges[2 * i + 1] - ranges[2 * i]) * (float) random.nextDouble();
            }
            arrays.with(operands[i], all);
        }
        return arrays;
    }

    /**
     * Of each kind of number one, in a key/value head of one entry: its heads are right by the kernel that takes over,
     * and the others keep every bit, so they are computed in pieces still.
     */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, -0x1p61f, Float.MAX_VALUE, 1e-30f, Float.MIN_VALUE})
    void headsWithNumbersThatPiecesDoNotStandForAreComputedAnotherWayAndOnlyThose(float strange) {
        AttentionSpec spec = builder().causal().build();
        AttentionArrays usual = new Problem(spec, 9, 1).inputs();
        float[] before = (float[]) run(MatrixUnit.MMA, spec, usual).get(Operand.OUT);
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE}) {
            AttentionArrays inputs = new Problem(spec, 9, 1).inputs();
            Elements.of(spec, inputs, operand).set(1, 1, QUERIES - 2, 3, strange);
            AttentionArrays outputs = run(MatrixUnit.MMA, spec, inputs);
            Budget.check(strange + " in " + operand, spec, inputs, outputs);
            float[] after = (float[]) outputs.get(Operand.OUT);
            boolean isHarmless = Math.abs(strange) < 1 && operand != Operand.VALUE;
            int head = before.length / 8;
            for (int i = 0; i < 8; i++) {
                // The first row sees one key, whose value it is either way, and the last two see the number.
                float[] was = Arrays.copyOfRange(before, i * head + 24, i * head + 24 * 8);
                float[] is = Arrays.copyOfRange(after, i * head + 24, i * head + 24 * 8);
                boolean reads = operand == Operand.QUERY ? i == 5 : i >= 6;
                if (reads && !isHarmless) {
                    assertFalse(Arrays.equals(was, is), operand + ", head " + i + " is computed in pieces");
                } else if (!reads) {
                    assertArrayEquals(was, is, operand + ", head " + i);
                }
            }
        }
    }

    /**
     * A program of its own, and small: the simulator takes its time. Numbers of either kind, so that both kernels run.
     */
    @Tag("oclgrind")
    @Tag("races")
    @Test
    void piecesHaveNoRaceAndReadNothingBehindTheirRows() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .queryLength(5)
                .keyLength(35)
                .headDim(16)
                .causal()
                .returnLse()
                .build();
        AttentionArrays inputs = new Problem(spec, 2, 1).inputs();
        Elements.of(spec, inputs, Operand.KEY).set(0, 1, 30, 2, 0x1p70f);
        Budget.check("pieces in the simulator", spec, inputs, run(MatrixUnit.MFMA, spec, inputs));
    }
}
