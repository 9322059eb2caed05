package io.github.attention4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Shapes;
import io.github.attention4j.examples.dates.AttentionForm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a command line, before anything is built and by the program itself. */
class ArgumentsTest {
    @Test
    void everyOptionOfTheHelpIsOneThatTheBenchReads() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/github/attention4j/bench/cli"))) {
            for (Path file : files.toList()) {
                sources.append(Files.readString(file));
            }
        }
        Set<String> read = Pattern.compile("\"(--?[a-z][a-z0-9-]*)\"")
                .matcher(sources)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
        assertEquals(read, Set.copyOf(Arguments.options()));
    }

    @Test
    void helpAndBenchKnowTheSameWords() {
        TreeSet<String> families = names(KernelFamily.values());
        families.removeAll(List.of("JAVA", "REFERENCE"));
        assertEquals(families, new TreeSet<>(Arguments.words("--family")));
        assertEquals(names(Shapes.Group.values()), new TreeSet<>(Arguments.words("--group")));
        TreeSet<String> forms = names(AttentionForm.values());
        forms.add("ALL");
        assertEquals(forms, new TreeSet<>(Arguments.words("--form")));
        assertEquals(new TreeSet<>(List.of("YES", "NO", "BOTH")), new TreeSet<>(Arguments.words("--causal")));
    }

    private static TreeSet<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--help",
                "-h --quick",
                "list",
                "--device=java,reference --length 8,16 --rounds=1",
                "--device java --device reference --length 8",
                "--heads 8 --kv-heads 2 --causal both",
                "--causal --length 8",
                "--length 8 --causal=no",
                "peers --bf16 --group=main,HEADS --only=torch,loops --save",
                "peers --length 64 --quick",
                "peers --backward --bf16 --only=pytorch",
                "functions --minutes 15 --rounds 7",
                "speed",
                "speed --quick --save --json out.json --device cpu:0,java",
                "speed --minutes 20 --rounds 3",
                "decode --rounds 5 --quick",
                "--device gpu:0",
                "card --minutes 0.5 --json out.json",
                "card --device gpu:0 --quick",
                "tune --device gpu:0 --family tiles --minutes 3 --length 64",
                "tune --device cpu:0 --linear 128x384x1536,1x2x3 --type bf16",
                "jmh --device java -- -f 1 -wi 2",
                "generate Once --tokens 8",
                "train",
                "train --form=DOT --steps 10 --seconds 5 --seed 2 --quick",
                "encode",
                "encode One. Another.",
                "memory --full",
                "tune --help"
            })
    void whatMakesSenseIsAccepted(String line) {
        String[] words = line.isEmpty() ? new String[0] : line.split(" ");
        assertEquals("", problem(words));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--qick",
                "--length",
                "--length --heads 8",
                "--length 8 --length=many",
                "--rounds 3 --rounds 4",
                "cost --quick --quick",
                "decode --quick=true",
                "--family TILE",
                "peers --group=tiny",
                "speed --only=onnx",
                "speed --quick=yes",
                "speed main",
                "--causal=perhaps",
                "card --minutes soon",
                "-x",
                "tune --linear 128x384",
                "tune --linear 0x384x8",
                "tune --type f16",
                "tune --linear 1x2x3 --minutes 3",
                "tune --linear 1x2x3 --head-dim 64",
                "--tune",
                "tunr",
                "--length 8 tune"
            })
    void whatDoesNotIsRefused(String line) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = Bench.run("bench/run", List.of(line.split(" ")), new PrintStream(errors, true));
        assertEquals(2, status, errors.toString());
        assertFalse(problem(line.split(" ")).isEmpty(), line);
    }

    @Test
    void theNearestOptionIsNamed() {
        assertTrue(problem("--qiuck").endsWith("did you mean --quick?"));
        assertTrue(problem("--tune").endsWith("did you mean the command, bench/run tune?"));
        assertFalse(problem("--elephant").contains("did you mean"));
    }

    private static String problem(String... words) {
        try {
            Arguments.of(List.of(words));
            return "";
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    @Test
    void theHelpOfACommandIsItsPartOfTheFile() throws IOException {
        String all = Files.readString(Path.of("help.txt"), StandardCharsets.UTF_8);
        String cost = Arguments.of(List.of("cost", "--quick", "--help")).help("bench/run");
        assertTrue(cost.startsWith("Usage: bench/run cost [OPTIONS]\n"), cost);
        assertEquals(1, cost.split("Usage: ", -1).length - 1);
        assertTrue(all.contains(cost), cost);
        String bundle = Arguments.of(List.of("card", "--help")).help("./run");
        assertTrue(bundle.startsWith("Usage: ./run [OPTIONS]\n") && !bundle.contains("bench/run"), bundle);
        assertTrue(Arguments.of(List.of("-h")).help("bench/run").endsWith("the command line makes no sense\n"));
    }

    @Test
    void onlyWhoNamesAFolderHearsThatItIsNotThere() {
        assertEquals("", ModelStage.aboutGolden(null, List.of()));
        assertTrue(ModelStage.aboutGolden(Path.of("elsewhere"), List.of()).contains("elsewhere"));
    }
}
