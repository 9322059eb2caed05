package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GoldenGradients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients that another hand differentiated in float64: every kernel family gives the same from the same inputs, its
 * own forward call included. The cases lie in the folder that the system property {@code golden.gradients} names, a
 * folder each.
 */
class GoldenGradientsTest {
    private static final Path FOLDER = Path.of(System.getProperty("golden.gradients", "../shared/golden-gradients"));

    private static final Map<KernelFamily, Integer> CASES = new EnumMap<>(KernelFamily.class);

    static Stream<Arguments> casesOfEveryFamily() {
        return cases(Engines.families());
    }

    static Stream<Arguments> casesOfGradientFamilies() {
        return cases(Engines.gradientFamilies());
    }

    static Stream<Arguments> casesWithDropout() {
        return cases(Stream.of(KernelFamily.REFERENCE)).filter(c -> hasDropout((Path) c.get()[1]));
    }

    private static boolean hasDropout(Path name) {
        return name == null || GoldenGradients.read(FOLDER.resolve(name)).dropped() != null;
    }

    private static Stream<Arguments> cases(Stream<KernelFamily> families) {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(Arguments.of(null, null));
        }
        List<Path> cases = GoldenGradients.cases(FOLDER);
        assertTrue(!cases.isEmpty(), "no cases in " + FOLDER.toAbsolutePath());
        return families.flatMap(family -> cases.stream().map(folder -> Arguments.of(family, folder.getFileName())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("casesOfEveryFamily")
    void outputsAreThoseOfAnotherHand(KernelFamily family, Path name) {
        GoldenGradients golden = read(family, name);
        boolean isAdditive = family != null && golden.spec().has(Operand.ADDITIVE_VECTOR);
        assumeFalse(family == KernelFamily.DECODE && isAdditive, "DECODE leaves additive scores to the other families");
        golden.checkForward(Engines.of(family));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("casesOfGradientFamilies")
    void gradientsAreThoseOfAnotherHand(KernelFamily family, Path name) {
        read(family, name).checkBackward(Engines.of(family));
        CASES.merge(family, 1, Integer::sum);
    }

    @AfterAll
    static void sayHowMany() {
        CASES.forEach((family, cases) -> System.out.println(
                "GRADIENTS " + cases + " cases differentiated by another hand are right on " + family));
    }

    private static GoldenGradients read(KernelFamily family, Path name) {
        assumeTrue(
                family != null,
                "needs cases differentiated elsewhere, which are not part of the project (-Dgolden.gradients=FOLDER)");
        return GoldenGradients.read(FOLDER.resolve(name));
    }

    @ParameterizedTest(name = "{0}: {1}", allowZeroInvocations = true)
    @MethodSource("casesWithDropout")
    void droppedWeightsAreThoseOfAnotherHand(KernelFamily family, Path name) {
        GoldenGradients golden = read(family, name);
        AttentionSpec spec = golden.spec();
        byte[] dropped = Dropout.dropped(spec, golden.seed(), golden.offset());
        assertEquals(golden.dropped().length, dropped.length);
        for (int i = 0; i < dropped.length; i++) {
            assertEquals(golden.dropped()[i], dropped[i], "element " + i);
        }
    }
}
