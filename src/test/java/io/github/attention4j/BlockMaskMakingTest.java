package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.Functions;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.KeepFunction;
import io.github.attention4j.score.Place;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Entry;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Sight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Block masks that are made from masks by position and keep functions, in Java and by kernels. */
class BlockMaskMakingTest {
    /** Masks by position, and a keep function or null. */
    private record Hiding(UnaryOperator<AttentionSpecBuilder> masks, KeepFunction keep) {
        AttentionSpecBuilder builder() {
            AttentionSpecBuilder builder = AttentionSpec.builder()
                    .batch(2)
                    .heads(2)
                    .queryLength(90)
                    .keyLength(130)
                    .headDim(1)
                    .scoreTensor(0, DType.I32, 2, 90)
                    .scoreTensor(1, DType.I32, 2, 130)
                    .scoreTensor(2, DType.I32, 90, 3)
                    .scoreTensor(3, DType.F32, 130);
            return masks.apply(builder);
        }
    }

    private static List<Hiding> hidings() {
        return List.of(
                new Hiding(AttentionSpecBuilder::causal, null),
                new Hiding(b -> b.mask(Mask.window(30, 4)).keyLengths(), null),
                new Hiding(b -> b.keyRanges(2, 2), null),
                new Hiding(b -> b.causal(Mask.Alignment.TOP_LEFT).prefixLengths(), Functions.documents(0, 1)),
                new Hiding(b -> b.raggedQueries(150).raggedKeys(200), Functions.window(40, 3)),
                new Hiding(b -> b, Functions.causal()),
                new Hiding(AttentionSpecBuilder::causal, Functions.strided(20, 32)),
                new Hiding(b -> b.keyLengths(), Functions.neighbourhood(16, 2)),
                new Hiding(b -> b, Functions.dilated(3)),
                new Hiding(b -> b, Functions.tree(2)),
                new Hiding(b -> b, BlockMaskMakingTest::isOdd),
                new Hiding(b -> b.keyRanges(2, 2), BlockMaskMakingTest::isOdd),
                new Hiding(
                        b -> b,
                        place -> place.tensor(1).at(place.batch(), place.key()).lessThan(60)),
                new Hiding(b -> b, place -> place.query()
                        .dividedBy(7)
                        .modulo(place.key().minus(9))
                        .lessThan(2)),
                new Hiding(b -> b, place -> place.tensor(3).at(place.key()).lessThan(0.5f)));
    }

    /** What is made of it in blocks of all sizes, for all batch entries and heads or each. */
    private record Made(AttentionSpec spec, AttentionSpec positions, AttentionSpec pairs, AttentionArrays inputs) {
        static List<Made> all() {
            List<Made> all = new ArrayList<>();
            List<Hiding> hidings = hidings();
            for (int seed = 0; seed < 2 * hidings.size(); seed++) {
                Hiding hiding = hidings.get(seed % hidings.size());
                AttentionSpec positions = hiding.builder().build();
                AttentionSpec pairs = hiding.keep() == null
                        ? positions
                        : hiding.builder().keep(hiding.keep()).build();
                AttentionSpec spec = pairs.toBuilder()
                        .blockMask(16 + 3 * (seed % 2), 16 + 21 * (seed % 2), 1 + seed % 2, 1 + seed / 4 % 2)
                        .build();
                AttentionArrays inputs = new Problem(pairs, seed, 1).inputs();
                ((float[]) inputs.get(Operand.SCORE_TENSOR_3))[seed] = Float.NaN;
                all.add(new Made(spec, positions, pairs, inputs));
            }
            return all;
        }

        BlockMask right() {
            return pairByPair(spec, positions, pairs, inputs);
        }
    }

    /** Against the same found pair by pair. */
    @Test
    void aMaskListsWhatIsSeen() {
        AttentionEngine java = Engines.of(KernelFamily.JAVA);
        for (Made made : Made.all()) {
            assertEquals(made.right(), java.blockMask(made.spec, made.inputs), made.spec.toString());
            check(java, made.spec, made.inputs);
        }
        assertTrue(java.planBlockMask(Made.all().get(0).spec).explain().contains("in Java"));
    }

    /** By kernels on the device, bit for bit. */
    @Tag("opencl")
    @Test
    void kernelsMakeTheSame() {
        AttentionEngine engine = Engines.of(KernelFamily.LANES);
        for (Made made : Made.all()) {
            String explained = engine.planBlockMask(made.spec).explain();
            assertTrue(explained.contains("by kernels"), explained);
            assertEquals(made.right(), engine.blockMask(made.spec, made.inputs), made.spec.toString());
            check(engine, made.spec, made.inputs);
        }
    }

    /** On what a simulator can compute: two rows of two blocks, some of whose pairs are asked about. */
    @Tag("opencl")
    @Tag("oclgrind")
    @Test
    void kernelsMakeTinyOnes() {
        AttentionEngine engine = Engines.of(KernelFamily.LANES);
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(20)
                .keyLength(36)
                .headDim(1)
                .causal()
                .scoreTensor(0, DType.I32, 36)
                .keep(place -> place.tensor(0)
                        .at(place.key())
                        .lessThan(3)
                        .or(place.query().equalTo(2)))
                .blockMask(16, 16)
                .build();
        int[] numbers = new int[36];
        Arrays.fill(numbers, 17, 30, 9);
        AttentionArrays inputs = new AttentionArrays().with(Operand.SCORE_TENSOR_0, numbers);
        assertEquals(Engines.of(KernelFamily.JAVA).blockMask(spec, inputs), engine.blockMask(spec, inputs));
        check(engine, spec, inputs);
    }

    /** Lengths of many blocks, whose orders have tiles of many, and which a processor's vectors do not divide. */
    @Tag("opencl")
    @Test
    void kernelsMakeLongOnes() {
        for (int seed = 1; seed < 4; seed++) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(1)
                    .queryLength(300 * seed + 7)
                    .keyLength(1000 * seed + 13)
                    .headDim(1)
                    .causal()
                    .scoreTensor(0, DType.I32, 1000 * seed + 13)
                    .keep(Functions.documents(0, 0))
                    .blockMask(16, 17)
                    .build();
            AttentionArrays inputs = new Problem(spec, seed, 1).inputs();
            check(Engines.of(KernelFamily.LANES), spec, inputs);
        }
    }

    /** What is enqueued on tensors is what Java makes of arrays, with its tables and orders. */
    private static void check(AttentionEngine engine, AttentionSpec spec, AttentionArrays inputs) {
        BlockMask right = Engines.of(KernelFamily.JAVA).blockMask(spec, inputs);
        AttentionTensors tensors = new AttentionTensors();
        List<DeviceTensor> made = new ArrayList<>();
        int[] mask = new int[right.array().length];
        try (Stream stream = engine.newStream()) {
            for (Operand operand : Operand.values()) {
                boolean isMask = operand == Operand.BLOCK_MASK;
                if (spec.has(operand) && (isMask || inputs.get(operand) != null)) {
                    DeviceTensor tensor = engine.allocate(spec.operand(operand));
                    made.add(tensor);
                    tensors.with(operand, tensor);
                    Object source = isMask ? poison(mask) : inputs.get(operand);
                    tensor.upload(stream, source, 0);
                }
            }
            engine.planBlockMask(spec).enqueue(stream, tensors);
            tensors.get(Operand.BLOCK_MASK).download(stream, mask);
        } finally {
            made.forEach(DeviceTensor::close);
        }
        assertArrayEquals(right.array(), mask, spec.toString());
        assertEquals(right, BlockMask.ofArray(spec, mask));
    }

    private static int[] poison(int[] like) {
        int[] poison = new int[like.length];
        Arrays.fill(poison, -1);
        return poison;
    }

    @Test
    void whatIsNoMaskIsRefused() {
        AttentionEngine java = Engines.of(KernelFamily.JAVA);
        AttentionSpec plain = AttentionSpec.builder()
                .heads(1)
                .queryLength(40)
                .keyLength(40)
                .headDim(1)
                .keyLengths()
                .build();
        assertThrows(IllegalArgumentException.class, () -> java.planBlockMask(plain));
        AttentionSpec spec = plain.toBuilder().blockMask(16, 16).build();
        int[] array = BlockMask.ofLists(spec, new int[] {1}, new int[] {}, new int[] {0, 2})
                .array();
        assertEquals(3, BlockMask.ofArray(spec, array).listed());
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofArray(spec, Arrays.copyOf(array, 5)));
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofArray(plain, array));
        array[2] = 0; // before the block that asks for it
        assertThrows(IllegalArgumentException.class, () -> BlockMask.ofArray(spec, array));
        try (Stream stream = java.newStream();
                DeviceTensor mask = java.allocate(spec.operand(Operand.BLOCK_MASK))) {
            AttentionTensors tensors = new AttentionTensors();
            BlockMaskPlan plan = java.planBlockMask(spec);
            assertThrows(IllegalArgumentException.class, () -> plan.enqueue(stream, tensors), "nothing");
            tensors.with(Operand.BLOCK_MASK, mask);
            String message = assertThrows(IllegalArgumentException.class, () -> plan.enqueue(stream, tensors))
                    .getMessage();
            assertTrue(message.contains("key_lengths"), message);
            assertNotEquals("", plan.explain());
        }
    }

    /** With bounds that cross zero, products, choices and what is not known of floats. */
    private static BoolTerm isOdd(Place place) {
        IntTerm ahead = place.query().minus(place.key());
        BoolTerm isNear = ahead.times(ahead.minus(5)).lessThan(300);
        IntTerm chosen = place.head().equalTo(0).choose(ahead.max(-7), ahead.min(place.batch()));
        return isNear.or(chosen.atLeast(-6).and(ahead.toFloat().lessThan(40)));
    }

    private static BlockMask pairByPair(
            AttentionSpec spec, AttentionSpec positions, AttentionSpec pairs, AttentionArrays inputs) {
        TensorSpec tensor = spec.operand(Operand.BLOCK_MASK);
        Sight byPosition = new Sight(positions, inputs, false);
        Sight all = new Sight(pairs, inputs, false);
        int rows = (spec.queryLength() + spec.blockQueries() - 1) / spec.blockQueries();
        int columns = (spec.keyLength() + spec.blockKeys() - 1) / spec.blockKeys();
        int[] bits = new int[tensor.batch() * tensor.heads() * rows * columns];
        for (Entry entry : Entry.of(pairs, inputs)) {
            for (int pair = 0; pair < spec.heads() * entry.queries() * spec.keyLength(); pair++) {
                int j = pair % spec.keyLength();
                int i = pair / spec.keyLength() % entry.queries();
                int head = pair / spec.keyLength() / entry.queries();
                int ofHead = tensor.heads() == 1 ? 0 : head;
                int ofBatch = tensor.batch() == 1 ? 0 : entry.batch();
                int row = (ofBatch * tensor.heads() + ofHead) * rows + i / spec.blockQueries();
                if (byPosition.sees(entry, head, i, j)) {
                    bits[row * columns + j / spec.blockKeys()] |= all.sees(entry, head, i, j) ? 1 : 2;
                }
            }
        }
        byte[] seen = new byte[bits.length];
        for (int i = 0; i < bits.length; i++) {
            seen[i] = (byte) (bits[i] == 3 ? 1 : bits[i] == 1 ? 2 : 0);
        }
        return BlockMask.ofBlocks(spec, seen);
    }
}
