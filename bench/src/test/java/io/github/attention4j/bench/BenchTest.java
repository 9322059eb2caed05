package io.github.attention4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.cost.CostGroup;
import io.github.attention4j.bench.cost.CostGroups;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.PeerRow;
import io.github.attention4j.bench.peers.PeerRow.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
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
                "--length 0                        | --length must be at least 1, but is 0",
                "--heads 8 --kv-heads 3            | heads must be a multiple of kvHeads",
                "--length 8 --key-length 9         | give --length, or the other two",
                "--causal=perhaps                  | expected one of",
                "--rounds 0                        | --rounds must be at least 1, but is 0",
                "--family JAVA                     | use --device java",
                "--device toaster:1 --length 8     | \"toaster:1\"",
                "--list --warm-start               | give one",
                "--device java --text /no/such/text | there is no file /no/such/text",
                "--cost --jmh                      | give one",
                "--cost --length 64                | --cost has shapes and data of its own",
                "--cost --rounds 0                 | --rounds must be at least 1, but is 0",
                "--quick                           | --quick is for --cost",
                "--cost --quick --device toaster:1 | \"toaster:1\"",
                "--card --cost                     | give one",
                "--card --device java              | --card needs an OpenCL device",
                "--card --device gpu:99            | there is no device \"gpu:99\"",
                "--device gpu:99                   | there is no device \"gpu:99\"",
                "--card --device gpu:0,cpu:0       | --card takes one --device",
                "--card --minutes 0                | must be above 0",
                "--cost --minutes 3                | --minutes is for --card",
                "--peers --cost                   | give one",
                "--peers --rounds 0               | --rounds must be at least 1, but is 0",
                "--peers --group=tiny             | expected one of",
                "--peers --group=main --length 64 | --group names shapes",
                "--peers --only=torch7            | names no contender; there are [attention4j",
                "--peers --device toaster:1       | there is no device \"toaster:1\"",
                "--peers --family LANES           | the planner chooses",
                "--save                           | are for --peers",
                "--scaling --minutes -1            | must be above 0",
                "--tune --scaling                  | give one",
                "--tune --device java              | --tune needs an OpenCL device",
                "--tune --device gpu:99            | there is no device \"gpu:99\"",
                "--tune --device gpu:0,cpu:0       | --tune takes one --device",
                "--scaling --length 64             | have shapes of their own",
                "--scaling --device toaster:1      | \"toaster:1\"",
                "--memory --device toaster:1       | \"toaster:1\"",
                "--memory --minutes 3              | --minutes is for --card",
                "--full                            | --full is for --memory",
                "--generate Once --decode          | give one",
                "--generate Once --length 64       | --generate has a text and shapes of its own",
                "--generate Once --tokens 0        | --tokens must be at least 1",
                "--generate Once --tokens 600      | is 600: the prompt has",
                "--generate Once --weights /no/such | there is no file /no/such",
                "--generate Once --quick           | --quick is for --cost",
                "--tokens 8                        | are for --generate",
                "--decode --length 64              | have shapes of their own",
                "--decode --steps 0                | must be at least 1, but is 0",
                "--decode --device toaster:1       | \"toaster:1\"",
                "--cost --steps 5                  | --steps is for --decode",
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

    @Test
    void aCostRunChecksTimesAndReports() throws Exception {
        Bench.Input input = new Bench.Input();
        input.devices = List.of("reference");
        Bench.Output output = new Bench.Output();
        output.quick = true;
        output.report = folder.resolve("report");
        output.json = folder.resolve("cost.json");
        List<CostGroup> onlyRagged = CostGroups.all(32).subList(3, 4);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status = new CostRun(input, output, onlyRagged).run(new PrintStream(printed, true));
        String text = printed.toString();
        assertEquals(0, status, text);
        assertTrue(text.contains("1x16x64x64x64 causal on reference (reference)"), text);
        assertTrue(text.contains("<= 1.15"), text);
        assertTrue(text.contains("2 answers were checked, all of them right."), text);
        assertTrue(text.contains("quick run"), text);
        assertTrue(Files.readString(output.json).contains("\"option\" : \"ragged batch, per pair\""));
        assertTrue(Files.exists(folder.resolve("report/cost.html")));
    }

    @Test
    void aRunBesideOthersChecksTimesReportsAndSaves() throws Exception {
        PeerOptions options = new PeerOptions();
        options.save = true;
        Bench.Output output = new Bench.Output();
        output.quick = true;
        output.rounds = 1;
        output.report = folder.resolve("report");
        List<AttentionSpec> shapes = List.of(
                AttentionSpec.builder().heads(2).sequenceLength(32).headDim(16).build());
        List<Device> devices = AttentionEngine.devices().stream()
                .filter(device -> device.id().equals("java"))
                .toList();
        List<PeerKind> kinds = PeersRun.chosen(PeerKind.all(List.of("java")), List.of("java", "loops"));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setProperty("bench.results", folder.resolve("results").toString());
        try {
            int status = new PeersRun(devices, output, options, shapes, kinds).run(new PrintStream(printed, true));
            String text = printed.toString();
            assertEquals(0, status, text);
            assertTrue(text.contains("attention4j java") && text.contains("\n  loops"), text);
            assertTrue(text.contains("cpu:0: "), "the limits, or why there are none: " + text);
            assertTrue(Files.exists(folder.resolve("report/peers.html")));
            try (var saved = Files.list(folder.resolve("results"))) {
                assertEquals(2, saved.count(), "Markdown and JSON");
            }
        } finally {
            System.clearProperty("bench.results");
        }
    }

    @Test
    void aWrongAnswerOfAnybodyAndAFailureOfTheEngineMakeARunFail() {
        List<PeerKind> kinds = PeerKind.all(List.of("java"));
        PeerKind engine = kinds.get(0);
        PeerKind library = kinds.get(1);
        assertEquals(1, bad(engine, Status.WRONG));
        assertEquals(1, bad(library, Status.WRONG));
        assertEquals(1, bad(engine, Status.FAILED));
        assertEquals(0, bad(library, Status.FAILED));
        assertEquals(0, bad(library, Status.NOT_OFFERED));
        assertEquals(0, bad(library, Status.SKIPPED));
    }

    private static int bad(PeerKind kind, Status status) {
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(8).headDim(8).build();
        PeerResult result = new PeerResult(List.of(PeerRow.without(kind, spec, status, "for a reason")));
        return PeersRun.bad(List.of(result)).size();
    }

    @Test
    void aQuickRunHasFewRoundsUnlessMoreAreAskedFor() {
        Bench.Output output = new Bench.Output();
        assertEquals(10, output.rounds());
        output.quick = true;
        assertEquals(3, output.rounds());
        output.rounds = 7;
        assertEquals(7, output.rounds());
    }

    @Test
    void everyModeHasMinutesOfItsOwnUnlessSomeAreAskedFor() {
        RunOptions options = new RunOptions();
        assertEquals(5, options.minutes(5));
        options.quick = true;
        assertEquals(2, options.minutes(5));
        options.minutes = 0.5;
        assertEquals(0.5, options.minutes(5));
    }

    private static CommandLine commandLine(StringWriter errors) {
        return Bench.commandLine().setErr(new PrintWriter(errors, true));
    }

    @CommandLine.Command
    private record Holder(@CommandLine.Mixin ShapeOptions shapes) {}
}
