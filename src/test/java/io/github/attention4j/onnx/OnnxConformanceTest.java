package io.github.attention4j.onnx;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.testing.Engines;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ONNX project's own node tests of its attention operators, and of those around them, through the public API, on
 * every path. They come with the tests, see {@code NOTICE.md} beside them; others are tried if the system property
 * {@code onnx.attention.cases} names a folder with one folder a case.
 */
class OnnxConformanceTest {
    private static final Path CASES = cases();

    private static Path cases() {
        String others = System.getProperty("onnx.attention.cases");
        return others == null ? OnnxCase.ofThisProject() : Path.of(others);
    }

    private static final String UNREADABLE = "unreadable";

    /** By label of the operator, the cases that were tried, and those of them that failed on some path. */
    private static final Map<String, Set<String>> TRIED = new TreeMap<>();

    private static final Map<String, Set<String>> FAILED = new TreeMap<>();

    static Stream<Arguments> casesOnEveryPath() {
        List<KernelFamily> families = Engines.families().toList();
        return OnnxCase.in(CASES).stream().flatMap(onnx -> {
            String name = label(onnx) + " " + onnx.name();
            return families.stream().map(family -> Arguments.of(name + " " + family, onnx, family));
        });
    }

    /** A model that cannot be read must fail by itself, and not keep the others from running. */
    private static String label(OnnxCase onnx) {
        try {
            return onnx.node().label();
        } catch (IllegalArgumentException e) {
            return UNREADABLE;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("casesOnEveryPath")
    void theOutputsAreThoseOfOnnx(String name, OnnxCase onnx, KernelFamily family) {
        AttentionEngine engine = Engines.of(family);
        String label = label(onnx);
        TRIED.computeIfAbsent(label, key -> new TreeSet<>()).add(onnx.name());
        Set<String> failed = FAILED.computeIfAbsent(label, key -> new TreeSet<>());
        boolean failedBefore = !failed.add(onnx.name());
        onnx.check(engine);
        if (!failedBefore) {
            failed.remove(onnx.name());
        }
    }

    @AfterAll
    static void sayWhatPassed() {
        long paths = Engines.families().count();
        TRIED.forEach((label, cases) -> {
            Set<String> failed = FAILED.get(label);
            System.out.println("ONNX " + label + ": " + (cases.size() - failed.size()) + " of " + cases.size()
                    + " cases passed on each of " + paths + " paths" + (failed.isEmpty() ? "" : ", not " + failed));
        });
    }
}
