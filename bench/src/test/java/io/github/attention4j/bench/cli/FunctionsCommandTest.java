package io.github.attention4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.bench.cost.FunctionGroups;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionsCommandTest {
    @TempDir
    Path folder;

    private String run(String... more) throws IOException {
        List<Group> all = FunctionGroups.all(32);
        List<Group> some = List.of(all.get(0), all.get(1), all.get(all.size() / 2)); // causal, window; causal of 128
        String[] words = {"functions", "--device=reference", "--rounds=1", "--report=" + folder, ""};
        words[4] = more.length == 0 ? "--quick" : more[0];
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status =
                new FunctionsCommand(Arguments.of(List.of(words))).run(some, false, 32, new PrintStream(printed, true));
        assertEquals(0, status, printed.toString());
        assertTrue(Files.exists(folder.resolve("functions.html")));
        return printed.toString();
    }

    @Test
    void eachFunctionHasALineWithARatioForEachSizeOfRows() throws IOException {
        String text = run();
        assertTrue(text.contains("  times what is built in Rows of 64 on reference Rows of 128 on reference\n"), text);
        String number = " +[0-9.]+";
        assertTrue(text.lines().anyMatch(line -> line.matches("  causal by function" + number + number)), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("  window by function" + number + " +-")), text);
        assertTrue(text.contains("6 answers were checked, all of them right."), text);
        assertFalse(text.contains("no time for"), text);
    }

    @Test
    void whatThereIsNoTimeForIsNamed() throws IOException {
        String text = run("--minutes=0.00000001");
        assertTrue(text.contains("There was no time for causal by function, 1x4x64x64x64 causal on reference."), text);
    }
}
