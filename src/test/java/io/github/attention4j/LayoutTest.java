package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.RandomLayout;
import io.github.attention4j.testing.Way;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Operands wherever they lie, by every way into an engine of every kernel family: results do not depend on it, and
 * nothing else is written.
 */
class LayoutTest {
    static Stream<Arguments> ways() {
        return Engines.families().flatMap(family -> Stream.of(Way.values()).map(way -> Arguments.of(family, way)));
    }

    static Stream<KernelFamily> families() {
        return Engines.families();
    }

    private static AttentionSpecBuilder builder(DType type) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .sequenceLength(35)
                .headDim(8)
                .valueDim(12)
                .types(type)
                .causal()
                .returnLse();
    }

    private static AttentionArrays check(KernelFamily family, Way way, AttentionSpec spec) {
        Problem problem = new Problem(spec, 2, 1);
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        way.run(Engines.of(family), spec, inputs, outputs);
        Budget.check(spec + " by " + way, spec, inputs, outputs);
        return outputs;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("ways")
    void everyOrderIsReadAndWrittenInPlace(KernelFamily family, Way way) {
        for (DType type : new DType[] {DType.F32, DType.F16}) {
            AttentionSpec plain = builder(type).build();
            Elements expected = Elements.of(plain, check(family, way, plain), Operand.OUT);
            for (Layout.Order order : Layout.Order.values()) {
                AttentionSpec spec = builder(type).order(order).build();
                Elements actual = Elements.of(spec, check(family, way, spec), Operand.OUT);
                for (int i = 0; i < 2 * 4 * 35 * 12; i++) {
                    int head = i / 12 / 35;
                    int row = i / 12 % 35;
                    assertEquals(
                            expected.get(head / 4, head % 4, row, i % 12),
                            actual.get(head / 4, head % 4, row, i % 12),
                            "the same arithmetic in any order of dimensions");
                }
            }
        }
    }

    /** Decoding with a fused projection: one row each, where the query is only the first part of its array. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("ways")
    void packedRowsMayBeASingleOne(KernelFamily family, Way way) {
        AttentionSpec spec = builder(DType.F32)
                .batch(1)
                .sequenceLength(1)
                .order(Layout.Order.PACKED_QKV)
                .build();
        AttentionArrays inputs = new Problem(spec, 2, 1).inputs();
        assertSame(inputs.get(Operand.QUERY), inputs.get(Operand.VALUE));
        assertEquals(4 * 8 + 2 * 8 + 2 * 12, ((float[]) inputs.get(Operand.QUERY)).length);
        check(family, way, spec);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("ways")
    void packedRowsMayBeRagged(KernelFamily family, Way way) {
        check(
                family,
                way,
                builder(DType.F32)
                        .raggedQueries(50)
                        .raggedKeys(50)
                        .order(Layout.Order.PACKED_QKV)
                        .build());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("ways")
    void everyOperandMayHaveAnyStrides(KernelFamily family, Way way) {
        SplittableRandom random = new SplittableRandom(3);
        for (int n = 0; n < 12; n++) {
            AttentionSpecBuilder builder = builder(n % 2 == 0 ? DType.F32 : DType.F16);
            AttentionSpec dense = builder.build();
            for (Operand operand : Operand.values()) {
                if (dense.has(operand)) {
                    builder.layout(operand, RandomLayout.of(dense.operand(operand), random, false));
                }
            }
            check(family, way, builder.build());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void inputsMayRepeatThemselves(KernelFamily family) {
        AttentionSpec shared = builder(DType.F32)
                .layout(Operand.KEY, new Layout(3, 0, 0, 8))
                .layout(Operand.VALUE, new Layout(0, 0, 20, 44))
                .build();
        check(family, Way.ARRAYS, shared);
        check(family, Way.TENSORS, shared);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void inputsStayAsTheyAre(KernelFamily family) {
        AttentionSpec spec = builder(DType.F32)
                .order(Layout.Order.PACKED_QKV)
                .rotary(new Rotary(8, false, 35))
                .bias(DType.F32)
                .build();
        Problem problem = new Problem(spec, 2, 1);
        AttentionArrays inputs = problem.inputs();
        Way.ARRAYS.run(Engines.of(family), spec, inputs, problem.outputs());
        AttentionArrays before = problem.inputs();
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.BIAS, Operand.ROTARY_COS}) {
            assertArrayEquals((float[]) before.get(operand), (float[]) inputs.get(operand), operand.label());
        }
        AttentionArrays direct = HostArrays.direct(spec, HostArrays.all(inputs, problem.outputs()));
        Engines.of(family).attend(spec, direct);
        for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.BIAS}) {
            ByteBuffer buffer = (ByteBuffer) direct.get(operand);
            assertEquals(0, buffer.position());
            float[] after = new float[buffer.remaining() / Float.BYTES];
            buffer.asFloatBuffer().get(after);
            assertArrayEquals((float[]) before.get(operand), after, operand.label());
        }
    }
}
