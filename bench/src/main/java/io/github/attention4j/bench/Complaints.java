package io.github.attention4j.bench;

import io.github.attention4j.UnsupportedByDeviceException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;

/** What a command line says of a request that makes no sense: one line, where help is, and exit status 2. */
final class Complaints {
    private Complaints() {}

    /**
     * The command line, taught.
     *
     * @param name what it is called by
     */
    static CommandLine of(CommandLine commandLine, String name) {
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, result) -> {
                    if (e instanceof IllegalArgumentException || e instanceof UnsupportedByDeviceException) {
                        return complain(line, name, e.getMessage());
                    }
                    if (e instanceof NoSuchFileException) {
                        return complain(
                                line, name, "there is no file " + e.getMessage() + "; give one that can be read");
                    }
                    throw e;
                })
                .setParameterExceptionHandler((e, arguments) -> complain(e.getCommandLine(), name, e.getMessage()));
    }

    private static int complain(CommandLine line, String name, String message) {
        line.getErr().println(name + ": " + message + "\n" + name + " --help shows all options.");
        return line.getCommandSpec().exitCodeOnInvalidInput();
    }
}
