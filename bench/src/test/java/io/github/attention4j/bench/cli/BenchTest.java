package io.github.attention4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.cost.CostGroups;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.peers.PeerResult;
import io.github.attention4j.bench.peers.PeerRow;
import io.github.attention4j.bench.peers.PeerRow.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "--device java --text /no/such/text | there is no file /no/such/text",
                "cost --length 64                  | --length is for the comparison, peers, tune",
                "cost --rounds 0                   | --rounds must be at least 1, but is 0",
                "--quick                           | --quick is for cost, functions, peers, speed, embed, tune, card, decode, train; name the command first",
                "cost --quick --device toaster:1   | \"toaster:1\"",
                "card --device java                | card needs an OpenCL device",
                "card --device gpu:99              | there is no device \"gpu:99\"",
                "--device gpu:99                   | there is no device \"gpu:99\"",
                "card --device gpu:0,cpu:0         | card takes one --device",
                "card --minutes 0                  | must be above 0",
                "cost --minutes 3                  | --minutes is for functions, speed, tune, card",
                "peers --rounds 0                  | --rounds must be at least 1, but is 0",
                "peers --group=tiny                | expected one of",
                "peers --group=main --length 64    | --group names shapes",
                "peers --only=torch7               | names no contender; there are [attention4j",
                "peers --device toaster:1          | there is no device \"toaster:1\"",
                "peers --family LANES              | --family is for",
                "--save                            | --save is for peers, speed",
                "speed --length 64                 | --length is for the comparison, peers, tune",
                "speed --minutes 0                 | must be above 0",
                "speed --device toaster:1          | there is no device \"toaster:1\"",
                "speed --bf16                      | --bf16 is for peers",
                "cost --backward                   | --backward is for peers",
                "tune --device java                | tune needs an OpenCL device",
                "tune --device gpu:99              | there is no device \"gpu:99\"",
                "tune --device gpu:0,cpu:0         | tune takes one --device",
                "memory --minutes 3                | --minutes is for functions, speed, tune, card",
                "--full                            | --full is for memory",
                "generate Once --length 64         | --length is for",
                "generate Once --tokens 0          | --tokens must be at least 1",
                "generate Once --tokens 600        | is 600: the prompt has",
                "generate Once --weights /no/such  | there is no file /no/such",
                "generate Once --quick             | --quick is for",
                "generate                          | generate takes one text",
                "train --form tiny                 | expected one of",
                "train --steps 0                   | --steps must be at least 1",
                "train --length 64                 | --length is for",
                "train --device toaster:1          | \"toaster:1\"",
                "--form dot                        | --form is for train",
                "encode One. --device java         | --device is for",
                "--tokens 8                        | --tokens is for generate",
                "decode --length 64                | --length is for",
                "decode --device toaster:1         | \"toaster:1\"",
                "--length 8 more                   | only jmh takes further arguments",
                "--length 8 tune                   | a command stands first: bench/run tune"
            })
    void nonsenseOnTheCommandLineIsExplained(String arguments, String expected) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = run(errors, arguments.trim().split(" +"));
        assertEquals(2, status, errors.toString());
        assertTrue(errors.toString().contains(expected.trim()), errors.toString());
        assertTrue(errors.toString().contains("--help"), errors.toString());
    }

    @Test
    void listsOfShapesGiveEveryCombination() {
        List<AttentionSpec> specs = specs("--heads=4,8", "--kv-heads", "2", "--length", "16,32", "--causal=both");
        assertEquals(8, specs.size());
        assertEquals(2, specs.get(7).kvHeads());
        assertEquals(8, specs.get(7).heads());
        assertEquals(32, specs.get(7).keyLength());
        assertEquals(64, specs.get(7).headDim());
    }

    @Test
    void oneLengthAloneIsThatOfQueriesAndKeys() {
        assertEquals(48, specs("--key-length", "48").get(0).queryLength());
        List<AttentionSpec> both = specs("--key-length", "48", "--query-length", "1");
        assertEquals(1, both.get(0).queryLength());
        assertEquals(48, both.get(0).keyLength());
    }

    private static List<AttentionSpec> specs(String... words) {
        return ShapeOptions.specs(Arguments.of(List.of(words)));
    }

    @Test
    void aSmallRunChecksTimesAndReports() {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        Path json = folder.resolve("out.json");
        int status = run(
                errors,
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
        Path json = folder.resolve("cost.json");
        String report = folder.resolve("report").toString();
        CostCommand cost = new CostCommand(Arguments.of(
                List.of("cost", "--device", "reference", "--quick", "--report", report, "--json", json.toString())));
        List<Group> onlyRagged = CostGroups.all(32).subList(3, 4);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status = cost.run(onlyRagged, new PrintStream(printed, true));
        String text = printed.toString();
        assertEquals(0, status, text);
        assertTrue(text.contains("1x16x64x64x64 causal on reference (reference)"), text);
        assertTrue(text.contains("<= 1.15"), text);
        assertTrue(text.contains("2 answers were checked, all of them right."), text);
        assertTrue(text.contains("quick run"), text);
        assertTrue(Files.readString(json).contains("\"option\" : \"ragged batch, per pair\""));
        assertTrue(Files.exists(folder.resolve("report/cost.html")));
    }

    @Test
    void aTrainingLearnsAsksAndReports() throws Exception {
        Path json = folder.resolve("train.json");
        String report = folder.resolve("report").toString();
        TrainCommand train = new TrainCommand(Arguments.of(List.of(
                "train",
                "--quick",
                "--form=dot",
                "--device=reference",
                "--report",
                report,
                "--json",
                json.toString())));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status = train.run(new PrintStream(printed, true));
        String text = printed.toString();
        assertEquals(0, status, text);
        assertTrue(text.contains("dot on reference\n  step 2 of 20, "), text);
        assertTrue(text.contains("this was a short training"), text);
        assertFalse(text.contains("\u001b") || text.contains("\r"), "made for a terminal: " + text);
        assertTrue(Files.readString(json).contains("\"form\" : \"dot\""));
        assertTrue(Files.exists(folder.resolve("report/train.html")));
    }

    @Test
    void aRunBesideOthersChecksTimesReportsAndSaves() throws Exception {
        String report = folder.resolve("report").toString();
        PeersCommand peers = new PeersCommand(
                Arguments.of(List.of("peers", "--save", "--quick", "--rounds", "1", "--report", report)));
        List<AttentionSpec> shapes = List.of(
                AttentionSpec.builder().heads(2).sequenceLength(32).headDim(16).build());
        List<Device> devices = AttentionEngine.devices().stream()
                .filter(device -> device.id().equals("java"))
                .toList();
        List<PeerKind> kinds = PeersCommand.chosen(PeerKind.all(List.of("java")), List.of("java", "loops"));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setProperty("bench.results", folder.resolve("results").toString());
        try {
            int status = peers.run(devices, kinds, shapes, new PrintStream(printed, true));
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
        return PeersCommand.bad(List.of(result)).size();
    }

    @Test
    void aQuickRunHasFewRoundsUnlessMoreAreAskedFor() {
        assertEquals(10, Output.rounds(Arguments.of(List.of("cost"))));
        assertEquals(3, Output.rounds(Arguments.of(List.of("cost", "--quick"))));
        assertEquals(7, Output.rounds(Arguments.of(List.of("cost", "--quick", "--rounds", "7"))));
    }

    @Test
    void everyCommandHasMinutesOfItsOwnUnlessSomeAreAskedFor() {
        assertEquals(5, Output.minutes(Arguments.of(List.of("tune")), 5));
        assertEquals(2, Output.minutes(Arguments.of(List.of("tune", "--quick")), 5));
        assertEquals(0.5, Output.minutes(Arguments.of(List.of("tune", "--quick", "--minutes", "0.5")), 5));
    }

    private static int run(ByteArrayOutputStream errors, String... words) {
        return Bench.run("bench/run", List.of(words), new PrintStream(errors, true));
    }
}
