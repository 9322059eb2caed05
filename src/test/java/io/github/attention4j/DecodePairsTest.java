package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DecodeEngines;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps of text generation that read keys and values by 16 bytes, a round ahead, against the reference. */
class DecodePairsTest {
    private static final int KEYS = 53;

    private static AttentionSpecBuilder builder(DType type) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(6)
                .kvHeads(2)
                .queryLength(2)
                .keyLength(KEYS)
                .headDim(32)
                .valueDim(64)
                .types(type)
                .returnLse();
    }

    private static void check(DType type, int splitSize, AttentionSpec spec, AttentionArrays inputs) {
        AttentionEngine engine = DecodeEngines.ofPairs(type, splitSize);
        AttentionArrays outputs = new Problem(spec, 0, 1).outputs();
        assertTrue(
                engine.plan(spec).explain().contains("LOAD_FOURS=2"),
                engine.plan(spec).explain());
        Way.ARRAYS.run(engine, spec, inputs, outputs);
        Budget.check(spec + " in shares of " + splitSize, spec, inputs, outputs);
    }

    /** More than a round and none that is full, rows of other heads beside one another, padding that holds poison. */
    @Tag("opencl")
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void outputsAgreeWithTheReference(DType type) {
        for (Mask mask : new Mask[] {Mask.none(), Mask.causal(), Mask.window(9, 0)}) {
            for (int splitSize : new int[] {0, 16}) {
                AttentionSpec spec = builder(type).mask(mask).keyLengths().build();
                check(type, splitSize, spec, new Problem(spec, 7, 2).inputs());
                AttentionSpec few = builder(type).mask(mask).keyLength(1).build();
                check(type, splitSize, few, new Problem(few, 8, 1).inputs());
            }
        }
    }

    @Tag("opencl")
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void aNanOrInfinityReachesExactlyWhoSeesIt(DType type) {
        AttentionSpec spec = builder(type).mask(Mask.window(20, 0)).build();
        for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (int key : new int[] {0, 31, KEYS - 1}) {
                for (Operand operand : new Operand[] {Operand.KEY, Operand.VALUE}) {
                    AttentionArrays inputs = new Problem(spec, 9, 1).inputs();
                    Elements.of(spec, inputs, operand).set(1, 0, key, 5, strange);
                    check(type, 0, spec, inputs);
                }
            }
        }
    }

    /** Nothing is read behind the last key, also not ahead. */
    @Tag("oclgrind")
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void nothingIsReadBehindTheLastKey(DType type) {
        AttentionSpec spec = builder(type).batch(1).heads(2).keyLength(19).build();
        check(type, 0, spec, new Problem(spec, 3, 1).inputs());
    }
}
