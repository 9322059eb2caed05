package io.github.attention4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.cli.Arguments.Kind;
import io.github.attention4j.bench.peers.PeerShapes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What is said of a command line before anything is built is what the program itself says. */
class ArgumentsTest {
    static Map<String, CommandLine> commands() {
        Map<String, CommandLine> commands = new TreeMap<>(Bench.commandLine().getSubcommands());
        commands.put("", Bench.commandLine());
        return commands;
    }

    @Test
    void bothKnowTheSameOptionsOfEachCommand() {
        TreeSet<String> all = new TreeSet<>();
        commands().forEach((command, line) -> {
            TreeSet<String> names = new TreeSet<>();
            for (OptionSpec option : line.getCommandSpec().options()) {
                for (String name : option.names()) {
                    names.add(name);
                    Kind kind = Arguments.OPTIONS.get(name);
                    assertTrue(kind != null, name);
                    assertEquals(kind != Kind.NOTHING, option.arity().max() > 0, name);
                    assertEquals(kind.isList(), option.isMultiValue(), name);
                }
            }
            assertEquals(names, new TreeSet<>(Arguments.options(command)), command);
            all.addAll(names);
        });
        assertEquals(all, new TreeSet<>(Arguments.OPTIONS.keySet()));
    }

    @Test
    void bothKnowTheSameWords() {
        assertEquals(names(KernelFamily.values()), new TreeSet<>(Arguments.WORDS.get(Kind.FAMILIES)));
        assertEquals(names(PeerShapes.Group.values()), new TreeSet<>(Arguments.WORDS.get(Kind.GROUPS)));
        assertEquals(names(ShapeOptions.Causal.values()), new TreeSet<>(Arguments.WORDS.get(Kind.CAUSAL)));
    }

    private static TreeSet<String> names(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toUpperCase(Locale.ROOT))
                .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
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
                "decode --rounds 5 --quick",
                "--device gpu:0",
                "card --minutes 0.5 --json out.json",
                "card --device gpu:0 --quick",
                "tune --device gpu:0 --family tiles --minutes 3 --length 64",
                "jmh --device java -- -f 1 -wi 2",
                "generate Once --tokens 8",
                "encode",
                "encode One. Another.",
                "memory --full",
                "tune --help"
            })
    void bothAcceptWhatMakesSense(String line) {
        String[] words = line.isEmpty() ? new String[0] : line.split(" ");
        if (!line.equals("-h --quick")) {
            Bench.commandLine().parseArgs(words);
        }
        assertEquals("", Arguments.problem(List.of(words)));
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
                "--causal=perhaps",
                "card --minutes soon",
                "-x",
                "--tune",
                "tunr",
                "--length 8 tune"
            })
    void bothRefuseWhatDoesNot(String line) {
        StringWriter errors = new StringWriter();
        int status = Bench.commandLine().setErr(new PrintWriter(errors, true)).execute(line.split(" "));
        assertEquals(2, status, errors.toString());
        assertFalse(Arguments.problem(List.of(line.split(" "))).isEmpty(), line);
    }

    @Test
    void theNearestOptionIsNamed() {
        assertTrue(Arguments.problem(List.of("--qiuck")).endsWith("did you mean --quick?"));
        assertTrue(Arguments.problem(List.of("--tune")).endsWith("did you mean the command, bench/run tune?"));
        assertFalse(Arguments.problem(List.of("--elephant")).contains("did you mean"));
    }

    /** bench/run prints this file, which is there before anything is built. */
    @Test
    void theHelpIsWhatTheProgramWouldPrint() throws Exception {
        String help = Bench.help();
        Path made = Path.of("target", "help.txt");
        Files.writeString(made, help);
        assertEquals(
                help,
                Files.readString(Path.of("help.txt"), StandardCharsets.UTF_8),
                "bench/help.txt is old; bench/" + made + " is right");
    }

    @Test
    void onlyWhoNamesAFolderHearsThatItIsNotThere() {
        assertEquals("", ModelStage.aboutGolden(null, List.of()));
        assertTrue(ModelStage.aboutGolden(Path.of("elsewhere"), List.of()).contains("elsewhere"));
    }
}
