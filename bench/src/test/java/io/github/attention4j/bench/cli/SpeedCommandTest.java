package io.github.attention4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.bench.decode.DecodeCase;
import io.github.attention4j.bench.peers.FakePeer;
import io.github.attention4j.bench.peers.FakePeer.Behaviour;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.run.Deadline;
import io.github.attention4j.bench.speed.SpeedPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pure Java beside libraries that are not. */
class SpeedCommandTest {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(2).sequenceLength(32).headDim(16).build();
    private static final List<Device> JAVA = AttentionEngine.devices().stream()
            .filter(device -> device.id().equals("java"))
            .toList();

    @TempDir
    Path folder;

    private int status;

    private String run(double seconds, PeerKind... others) throws IOException {
        List<PeerKind> kinds = new ArrayList<>(PeerKind.all(List.of("java")).subList(0, 1));
        kinds.addAll(List.of(others));
        SpeedCommand speed = new SpeedCommand(
                Arguments.of(
                        List.of("speed", "--save", "--quick", "--rounds=1", "--report=" + folder.resolve("report"))),
                (limits, devices) -> devices.forEach(device -> limits.addMissing(device, "nobody asked")));
        List<DecodeCase> steps = List.of(new DecodeCase(32, 1, 128, DType.F32), new DecodeCase(32, 1, 128, DType.BF16));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setProperty("bench.results", folder.resolve("results").toString());
        try {
            status = speed.run(
                    JAVA,
                    List.of(new SpeedPart("Forward, f32", "forward", 1, kinds, List.of(SPEC))),
                    List.of(steps),
                    Deadline.inSeconds(seconds),
                    new PrintStream(printed, true));
        } finally {
            System.clearProperty("bench.results");
        }
        return printed.toString();
    }

    @Test
    void aRunChecksTimesReportsAndSaves() throws IOException {
        String text = run(1000, FakePeer.kind(Behaviour.RIGHT), FakePeer.kind(Behaviour.LACKING));
        assertEquals(0, status, text);
        assertTrue(text.contains("cpu:0: limits not measured: nobody asked"), text);
        assertTrue(text.contains("right        loops, of a kind"), text);
        assertTrue(text.contains("1 x 128 keys bf16"), text);
        assertTrue(text.contains("Before the run: load average"), text);
        assertFalse(text.contains("no time for"), text);
        assertTrue(Files.exists(folder.resolve("report/speed.html")));
        try (var saved = Files.list(folder.resolve("results"))) {
            List<String> names =
                    saved.map(file -> file.getFileName().toString()).sorted().toList();
            assertEquals(2, names.size());
            assertTrue(names.get(1).endsWith("-speed.md"), names.toString());
        }
    }

    @Test
    void aWrongAnswerMakesTheRunFailAndIsNotTheBest() throws IOException {
        String text = run(1000, FakePeer.kind(Behaviour.WRONG));
        assertEquals(1, status, text);
        assertTrue(text.contains("WRONG wrong, 1x2x32x32x16"), text);
    }

    @Test
    void whatThereIsNoTimeForIsNamed() throws IOException {
        String text = run(0, FakePeer.kind(Behaviour.RIGHT));
        assertEquals(0, status, text);
        assertTrue(
                text.contains(
                        "WARNING: there was no time for Forward, f32, 1x2x32x32x16, Steps on java, 32/8 heads, 1 x"
                                + " 128 keys."),
                text);
    }
}
