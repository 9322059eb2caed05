package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.Device;
import io.github.attention4j.internal.java.JavaBackend;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Children that do not do their work: each costs a bounded time, says why, and is not tried again. */
class ChildCompilerTest {
    private static final Device DEVICE = JavaBackend.device("java");

    private static String obstacleOf(long millis, String... command) {
        ChildCompiler compiler = new ChildCompiler(new ChildCommand(List.of(command)), millis);
        String source = "kernel ".repeat(100_000); // more than a pipe holds
        assertTrue(compiler.compile(DEVICE, source, "", true).isEmpty());
        String obstacle = compiler.obstacle();
        assertTrue(compiler.compile(DEVICE, source, "", true).isEmpty(), "not tried again");
        assertEquals(obstacle, compiler.obstacle());
        return obstacle;
    }

    private static String shell(long millis, String script) {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
        return obstacleOf(millis, "/bin/sh", "-c", script);
    }

    @Test
    void oneThatIsNotThereIsSaidSo() {
        assertTrue(obstacleOf(10_000, "/nowhere/bin/java").contains("/nowhere/bin/java"));
    }

    @Test
    void oneThatEndsIsSaidSo() {
        String ended = "its child process fails: it ended with exit code ";
        assertEquals(ended + "7", shell(60_000, "exit 7"));
        assertEquals(ended + "7", shell(60_000, "exec 3<&0; cat <&3 >/dev/null & sleep 0.2; kill $!; exit 7"));
        assertEquals(ended + "137", shell(60_000, "kill -9 $$"));
    }

    @Test
    void oneThatIsSilentIsEnded() {
        String silent = "its child process fails: no answer in 300 ms";
        assertEquals(silent, shell(300, "exec sleep 600"));
        assertEquals(silent, shell(300, "exec cat >/dev/null"));
    }

    @Test
    void oneThatOnlyPrintsIsNotBelieved() {
        assertEquals(
                "its child process fails: no answer in 1048576 bytes",
                shell(
                        60_000,
                        "exec 3<&0; cat <&3 >/dev/null & while true; do echo 012345678901234567890123456789; done"));
    }

    @Test
    void anAnswerIsFoundBehindWhatADriverPrints() throws Exception {
        CompilerRequest request = new CompilerRequest(0x1234567887654321L, "device", "quelltext ä", "-D A=1", true);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        request.write(new DataOutputStream(sent));
        assertEquals(request, CompilerRequest.read(in(sent.toByteArray())));

        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(answered);
        out.writeBytes("1 warning generated.\n");
        byte[] compiled = {1, 2, 3};
        request.answer(out, compiled);
        byte[] all = answered.toByteArray();
        assertArrayEquals(compiled, request.readAnswer(in(all)));
        for (int length = 0; length < all.length; length++) {
            byte[] cut = Arrays.copyOf(all, length);
            assertThrows(IOException.class, () -> request.readAnswer(in(cut)));
        }
        all[all.length - 9] ^= 1; // the last byte of what was compiled
        assertThrows(IOException.class, () -> request.readAnswer(in(all)));
    }

    private static DataInputStream in(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    @Test
    void signalsAreReadFromTheStatusOfAProcess() {
        String status = "Name:\tjava\nSigIgn:\t0000000000000000\nSigCgt:\t00000000410054cf\nCapInh:\t0\n";
        assertEquals(0x410054cfL, SignalHandlers.caught(status));
        assertEquals(0, SignalHandlers.caught(""));
        assertEquals(0, SignalHandlers.caught("SigCgt:\t12"));
    }
}
