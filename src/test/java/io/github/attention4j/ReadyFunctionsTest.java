package io.github.attention4j;

import io.github.attention4j.score.Functions;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientBudget;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions that come ready against what the library has built in for the same: an option, a bias or a keep-mask. */
class ReadyFunctionsTest {
    private static final int HEADS = 4;
    private static final int QUERIES = 36;
    private static final int KEYS = 41;
    private static final int SHIFT = KEYS - QUERIES;

    /**
     * A function and what it is the same as.
     *
     * @param function adds the function to a spec
     * @param builtIn adds the option
     * @param inputs gives the call's own operands, of both
     */
    private record Twin(
            UnaryOperator<AttentionSpecBuilder> function,
            UnaryOperator<AttentionSpecBuilder> builtIn,
            Consumer<AttentionArrays> inputs) {}

    private static final Map<String, Twin> TWINS = twins();

    private interface Sight {
        boolean sees(int query, int key);
    }

    private interface Bias {
        double of(int head, int query, int key);
    }

    private static Map<String, Twin> twins() {
        Map<String, Twin> twins = new LinkedHashMap<>();
        twins.put("causal", new Twin(b -> b.keep(Functions.causal()), b -> b.causal(), arrays -> {}));
        twins.put(
                "window", new Twin(b -> b.keep(Functions.window(9, 3)), b -> b.mask(Mask.window(9, 3)), arrays -> {}));
        int[] prefixes = {17, 3};
        twins.put(
                "prefix",
                new Twin(
                        b -> b.keep(Functions.prefix(1)).scoreTensor(1, DType.I32, 2),
                        b -> b.causal().prefixLengths(),
                        arrays ->
                                arrays.with(Operand.PREFIX_LENGTHS, prefixes).with(Operand.SCORE_TENSOR_1, prefixes)));
        int[] documents = new int[2 * KEYS];
        int[] ofQueries = new int[2 * QUERIES];
        for (int i = 0; i < documents.length; i++) {
            documents[i] = i % KEYS / 13;
        }
        for (int i = 0; i < ofQueries.length; i++) {
            ofQueries[i] = (i % QUERIES + SHIFT) / 13;
        }
        twins.put(
                "documents",
                seen(
                        (query, key) -> (query + SHIFT) / 13 == key / 13,
                        b -> b.keep(Functions.documents(0, 2))
                                .scoreTensor(0, DType.I32, 2, QUERIES)
                                .scoreTensor(2, DType.I32, 2, KEYS),
                        arrays -> arrays.with(Operand.SCORE_TENSOR_0, ofQueries)
                                .with(Operand.SCORE_TENSOR_2, documents)));
        float[] slopes = AlibiSlopes.of(HEADS);
        twins.put(
                "ALiBi",
                new Twin(
                        b -> b.score(Functions.alibi(0)).scoreTensor(0, DType.F32, HEADS),
                        AttentionSpecBuilder::alibi,
                        arrays -> arrays.with(Operand.ALIBI_SLOPES, slopes).with(Operand.SCORE_TENSOR_0, slopes)));
        twins.put("softcap", new Twin(b -> b.score(Functions.softcap(2)), b -> b.softcap(2), arrays -> {}));
        float[] table = new float[16 * HEADS];
        for (int i = 0; i < table.length; i++) {
            table[i] = (i * 37 % 64 - 32) / 16f;
        }
        for (boolean isBothWays : new boolean[] {true, false}) {
            twins.put(
                    "T5 " + (isBothWays ? "both ways" : "back"),
                    biased(
                            (head, query, key) -> table[t5Bucket(key - query - SHIFT, isBothWays) * HEADS + head],
                            b -> b.score(Functions.t5(0, 16, 30, isBothWays)).scoreTensor(0, DType.F32, 16, HEADS),
                            arrays -> arrays.with(Operand.SCORE_TENSOR_0, table)));
        }
        twins.put(
                "dilated",
                seen(
                        (query, key) -> Math.floorMod(query + SHIFT - key, 3) == 0,
                        b -> b.keep(Functions.dilated(3)),
                        a -> {}));
        twins.put(
                "strided",
                seen(
                        (query, key) -> {
                            int ahead = query + SHIFT - key;
                            return ahead >= 0 && (ahead < 4 || ahead % 5 == 0);
                        },
                        b -> b.keep(Functions.strided(4, 5)),
                        arrays -> {}));
        int[] bits = new int[2 * QUERIES];
        for (int node = 0; node < QUERIES; node++) { // as in a heap
            for (int kin = node + 1; kin > 0; kin /= 2) {
                bits[2 * node + (kin - 1) / 32] |= 1 << (kin - 1) % 32;
            }
        }
        twins.put(
                "tree",
                seen(
                        (query, key) -> key < SHIFT || isKin(query + 1, key - SHIFT + 1),
                        b -> b.keep(Functions.tree(3)).scoreTensor(3, DType.I32, QUERIES, 2),
                        arrays -> arrays.with(Operand.SCORE_TENSOR_3, bits)));
        twins.put(
                "neighbourhood",
                seen(
                        (query, key) -> {
                            int at = query + SHIFT;
                            return Math.abs(at / 7 - key / 7) <= 1 && Math.abs(at % 7 - key % 7) <= 1;
                        },
                        b -> b.keep(Functions.neighbourhood(7, 1)),
                        arrays -> {}));
        twins.put(
                "Gaussian",
                biased(
                        (head, query, key) -> -Math.pow((query + SHIFT - key) / 5.0, 2) / 2,
                        b -> b.score(Functions.gaussian(5)),
                        arrays -> {}));
        return twins;
    }

    private static boolean isKin(int node, int kin) {
        return node == kin || node > kin && isKin(node / 2, kin);
    }

    /** As the models' own code has it, with logarithms. */
    private static int t5Bucket(int behind, boolean isBothWays) {
        int buckets = isBothWays ? 8 : 16;
        int first = isBothWays && behind > 0 ? buckets : 0;
        int distance = isBothWays ? Math.abs(behind) : Math.max(0, -behind);
        int single = buckets / 2;
        if (distance < single) {
            return first + distance;
        }
        double share = Math.log((double) distance / single) / Math.log(30.0 / single);
        return first + Math.min(buckets - 1, single + (int) (share * (buckets - single)));
    }

    private static Twin seen(Sight sight, UnaryOperator<AttentionSpecBuilder> function, Consumer<AttentionArrays> own) {
        byte[] keep = new byte[QUERIES * KEYS];
        for (int i = 0; i < keep.length; i++) {
            keep[i] = (byte) (sight.sees(i / KEYS, i % KEYS) ? 1 : 0);
        }
        return new Twin(
                function,
                b -> b.keepMask(DType.U8, 1, 1, QUERIES, KEYS),
                own.andThen(arrays -> arrays.with(Operand.KEEP_MASK, keep)));
    }

    private static Twin biased(Bias bias, UnaryOperator<AttentionSpecBuilder> function, Consumer<AttentionArrays> own) {
        float[] numbers = new float[HEADS * QUERIES * KEYS];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) bias.of(i / KEYS / QUERIES, i / KEYS % QUERIES, i % KEYS);
        }
        return new Twin(
                function,
                b -> b.bias(DType.F32, 1, HEADS, QUERIES, KEYS),
                own.andThen(arrays -> arrays.with(Operand.BIAS, numbers)));
    }

    private static final Set<String> COMPILED = Set.of("T5 back", "tree");

    /** All of them in Java; on kernels, which are compiled for each, one of either kind. */
    static Stream<Arguments> familiesAndTwins() {
        List<Arguments> all = new ArrayList<>();
        Engines.gradientFamilies().forEach(family -> TWINS.keySet().stream()
                .filter(name -> family != KernelFamily.LANES || COMPILED.contains(name))
                .filter(name -> family != KernelFamily.TILES)
                .forEach(name -> all.add(Arguments.of(family, name))));
        return all.stream();
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("familiesAndTwins")
    void theyAreWhatIsBuiltIn(KernelFamily family, String name) {
        Twin twin = TWINS.get(name);
        AttentionSpec builtIn = twin.builtIn.apply(builder()).build();
        AttentionSpec spec = twin.function.apply(builder()).build();
        AttentionArrays given = new AttentionArrays();
        twin.inputs.accept(given);
        AttentionArrays inputs = Problem.of(builtIn).inputs(given);
        AttentionArrays outputs = Problem.of(spec).outputs();
        Engines.of(family).attend(spec, HostArrays.all(only(spec, HostArrays.all(inputs, given)), outputs));
        Budget.check(name, builtIn, inputs, outputs);
    }

    static Stream<Arguments> familiesAndSomeTwins() {
        List<Arguments> all = new ArrayList<>();
        Engines.gradientFamilies()
                .filter(family -> family != KernelFamily.TILES)
                .forEach(family -> TWINS.keySet().stream()
                        .filter(name -> family != KernelFamily.LANES || name.equals("ALiBi"))
                        .forEach(name -> all.add(Arguments.of(family, name))));
        return all.stream();
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("familiesAndSomeTwins")
    void soAreTheirGradients(KernelFamily family, String name) {
        Twin twin = TWINS.get(name);
        AttentionSpec builtIn = twin.builtIn.apply(builder()).build();
        AttentionSpec spec = twin.function.apply(builder()).build();
        AttentionArrays given = new AttentionArrays();
        twin.inputs.accept(given);
        boolean isOfSlopes = builtIn.has(Operand.ALIBI_SLOPES);
        AttentionSpec expected = backward(builtIn, isOfSlopes ? Operand.ALIBI_SLOPES : Operand.VALUE);
        AttentionSpec asked = backward(spec, isOfSlopes ? Operand.SCORE_TENSOR_0 : Operand.VALUE);
        GradientProblem problem = new GradientProblem(Problem.of(builtIn), expected);
        AttentionArrays inputs = problem.inputs(given);
        AttentionArrays outputs = Problem.of(asked).outputs();
        Engines.of(family).attend(asked, HostArrays.all(only(asked, HostArrays.all(inputs, given)), outputs));
        if (isOfSlopes) {
            outputs.with(Operand.GRAD_ALIBI_SLOPES, (float[]) outputs.get(Operand.GRAD_SCORE_TENSOR_0));
        }
        AttentionArrays before = Problem.of(expected).outputs();
        GradientBudget.of(expected, inputs).check(name, before, outputs, null);
    }

    private static AttentionSpec backward(AttentionSpec forward, Operand another) {
        return forward.backward(Operand.QUERY, Operand.KEY, Operand.VALUE, another);
    }

    private static AttentionArrays only(AttentionSpec spec, AttentionArrays arrays) {
        AttentionArrays some = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && arrays.get(operand) != null) {
                HostArrays.put(some, operand, arrays.get(operand));
            }
        }
        return some;
    }

    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(HEADS)
                .kvHeads(2)
                .queryLength(QUERIES)
                .keyLength(KEYS)
                .headDim(16)
                .returnLse();
    }
}
