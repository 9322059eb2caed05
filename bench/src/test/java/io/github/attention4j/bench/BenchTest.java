package io.github.attention4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--lenght 64                       | Unknown option",
                "--length many                     | 'many' is not an int",
                "--length 0                        | queryLength must be at least 1, but is 0",
                "--heads 8 --kv-heads 3            | heads must be a multiple of kvHeads",
                "--length 8 --key-length 9         | give --length, or the other two",
                "--causal=perhaps                  | expected one of",
                "--rounds 0                        | --rounds must be at least 1, but is 0",
                "--family JAVA                     | use --device java",
                "--device toaster:1 --length 8     | \"toaster:1\"",
                "--list --warm-start               | give one",
                "--text /no/such/text              | there is no file /no/such/text",
                "--cost --jmh                      | give one",
                "--cost --length 64                | --cost has shapes and data of its own",
                "--cost --rounds 0                 | --rounds must be at least 1, but is 0",
                "--quick                           | --quick is for --cost",
                "--cost --quick --device toaster:1 | \"toaster:1\"",
                "--length 8 more                   | only --jmh takes further arguments"
            })
    void nonsenseOnTheCommandLineIsExplained(String arguments, String expected) {
        StringWriter errors = new StringWriter();
        int status = commandLine(errors).execute(arguments.trim().split(" +"));
        assertEquals(2, status, errors.toString());
        assertTrue(errors.toString().contains(expected.trim()), errors.toString());
        assertTrue(errors.toString().contains("--help"), errors.toString());
    }

    @Test
    void listsOfShapesGiveEveryCombination() {
        ShapeOptions shapes = new ShapeOptions();
        new CommandLine(new Holder(shapes))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs("--heads=4,8", "--kv-heads", "2", "--length", "16,32", "--causal=both");
        List<AttentionSpec> specs = shapes.specs();
        assertEquals(8, specs.size());
        assertEquals(2, specs.get(7).kvHeads());
        assertEquals(8, specs.get(7).heads());
        assertEquals(32, specs.get(7).keyLength());
        assertEquals(64, specs.get(7).headDim());
    }

    @Test
    void oneLengthAloneIsThatOfQueriesAndKeys() {
        ShapeOptions shapes = new ShapeOptions();
        shapes.keyLength = List.of(48);
        assertEquals(48, shapes.specs().get(0).queryLength());
        shapes.queryLength = List.of(1);
        assertEquals(1, shapes.specs().get(0).queryLength());
        assertEquals(48, shapes.specs().get(0).keyLength());
    }

    @Test
    void aSmallRunChecksTimesAndReports() {
        StringWriter errors = new StringWriter();
        Path json = folder.resolve("out.json");
        int status = commandLine(errors)
                .execute(
                        "--device=java,reference",
                        "--length=32",
                        "--heads=2",
                        "--rounds=1",
                        "--report=" + folder.resolve("report"),
                        "--json=" + json);
        assertEquals(0, status, errors.toString());
        assertTrue(Files.exists(json));
        assertTrue(Files.exists(folder.resolve("report/index.html")));
    }

    private static CommandLine commandLine(StringWriter errors) {
        return Bench.commandLine().setErr(new PrintWriter(errors, true));
    }

    @CommandLine.Command
    private record Holder(@CommandLine.Mixin ShapeOptions shapes) {}
}
