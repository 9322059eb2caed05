package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.internal.kernel.FunctionDistances;
import io.github.attention4j.internal.plan.matrix.MatrixUnit;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.Place;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Score functions whose numbers and truths of each distance lie in local memory, on emulated matrix units, one for each
 * order of the lanes; on numbers of queries and keys that fill no tile.
 */
class MatrixDistancesTest {
    private static final int HEADS = 4;
    private static final int DISTANCES = 190;
    private static final int BEFORE = 90;

    /** The bias is the sum of what a tensor says and what a logarithm does, so that all distances differ. */
    private static FloatTerm score(FloatTerm score, Place place) {
        IntTerm ahead = place.queryPosition().minus(place.key());
        FloatTerm bias = place.tensor(0).at(place.head(), ahead.plus(BEFORE));
        FloatTerm far = ahead.abs().toFloat().plus(1).log();
        return ahead.modulo(3).equalTo(0).choose(score.times(0.5f), score).plus(bias.minus(far));
    }

    private static AttentionSpecBuilder spec(DType type) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(HEADS)
                .kvHeads(2)
                .headDim(16)
                .type(Operand.QUERY, type)
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .score(MatrixDistancesTest::score)
                .scoreTensor(0, DType.F32, HEADS, DISTANCES)
                .returnLse();
    }

    private static void check(AttentionEngine engine, AttentionSpecBuilder builder) {
        AttentionSpec spec = builder.build();
        assertEquals(2, FunctionDistances.inLocalMemory(spec), "numbers of a distance");
        assertEquals(KernelFamily.MATRIX, engine.plan(spec).family());
        Problem problem = Problem.of(spec);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(engine, spec, inputs, outputs);
        Budget.checkRounded(spec.toString(), spec, inputs, outputs);
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"MMA", "MFMA", "WMMA", "DPAS8", "WGMMA"})
    void emulatedUnitsAgreeWithTheReference(MatrixUnit unit) {
        AttentionEngine engine = MatrixEngines.of(unit);
        check(engine, spec(DType.F16).queryLength(70).keyLength(157));
        check(engine, spec(DType.F16).queryLength(79).keyLength(150).causal().keyLengths());
        check(engine, spec(DType.F16).sequenceLength(131).mask(Mask.window(40, 3)));
        check(
                engine,
                spec(DType.F16).queryLength(90).keyLength(99).raggedQueries(150).raggedKeys(170));
        check(engine, spec(DType.F16).queryLength(1).keyLength(5));
    }

    /** As Hopper's warpgroups, which have one tile of them. */
    @Tag("opencl")
    @Test
    void inPiecesTheyDoToo() {
        check(
                MatrixEngines.ofPieces(MatrixUnit.WGMMA),
                spec(DType.F32).queryLength(70).keyLength(157).causal());
    }

    /** Of a block mask, where the next tile need not lie behind this one. */
    @Tag("opencl")
    @Test
    void tilesThatNobodyListsArePassedOver() {
        AttentionSpecBuilder blocks = spec(DType.F16).scoreTensor(0, DType.F32, HEADS, 400);
        check(
                MatrixEngines.of(MatrixUnit.WGMMA),
                blocks.queryLength(70).keyLength(300).blockMask(16, 32));
    }

    /** What is kept of one tile is read while others write that of the next. */
    @Tag("oclgrind")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"MMA", "WGMMA"})
    void thereIsNoRaceOnTinyProblems(MatrixUnit unit) {
        int keys = unit == MatrixUnit.WGMMA ? 150 : 75; // three tiles
        AttentionSpecBuilder tiny = spec(DType.F16).batch(1).heads(HEADS).kvHeads(HEADS);
        check(MatrixEngines.of(unit), tiny.queryLength(21).keyLength(keys));
    }
}
