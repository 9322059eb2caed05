package io.github.attention4j.bench.cli;

import io.github.attention4j.UnsupportedByDeviceException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** The command line of {@code bench/run}: the comparison, and commands for other things. */
@Command(
        name = "bench/run",
        sortOptions = false,
        usageHelpWidth = 110,
        customSynopsis = {
            "Usage: bench/run [options]",
            "   or: bench/run COMMAND [options]; COMMAND --help says which",
            ""
        },
        synopsisHeading = "",
        description = {
            "Runs real text through a real encoder (all-MiniLM-L6-v2), every attention layer on each engine of this machine:"
                    + " OpenCL devices, pure Java, and the reference. Checks every answer, then times them.",
            "With shape options: only those shapes, on random data, unless --text is given too; lists like 1,2,4 give every"
                    + " combination. A --device that is a GPU, and nothing else, means the command card.",
            ""
        },
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:every answer was right",
            "1:an answer was wrong; which is printed",
            "2:the command line makes no sense"
        },
        subcommands = {
            CostCommand.class,
            PeersCommand.class,
            TuneCommand.class,
            CardCommand.class,
            DecodeCommand.class,
            GenerateCommand.class,
            EncodeCommand.class,
            MemoryCommand.class,
            JmhCommand.class,
            ListCommand.class
        })
public final class Bench extends CompareCommand {
    /** Starts it. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = withPlainErrors(new CommandLine(new Bench()), "bench/run");
        line.setParameterExceptionHandler((e, words) -> {
            String problem = Arguments.problem(List.of(words));
            return error(e.getCommandLine(), "bench/run", problem.isEmpty() ? e.getMessage() : problem);
        });
        return line.setExecutionStrategy(parsed -> {
            List<String> words = parsed.originalArgs();
            String problem = Arguments.problem(words);
            if (!problem.isEmpty()) {
                return error(line, "bench/run", problem);
            }
            if (Arguments.meansCard(words)) {
                String[] card = new String[words.size() + 1];
                card[0] = "card";
                System.arraycopy(words.toArray(String[]::new), 0, card, 1, words.size());
                return line.execute(card);
            }
            return new CommandLine.RunLast().execute(parsed);
        });
    }

    /** What is there without Java: the help of {@code bench/run}, then that of each command. */
    static String help() {
        CommandLine line = commandLine();
        StringBuilder help = new StringBuilder(line.getUsageMessage(Ansi.OFF));
        line.getSubcommands().values().forEach(command -> help.append('\n').append(command.getUsageMessage(Ansi.OFF)));
        return help.toString();
    }

    /**
     * Has a command line say in one line what makes no sense, and where help is, with exit status 2.
     *
     * @param name what it is called by
     */
    static CommandLine withPlainErrors(CommandLine commandLine, String name) {
        return commandLine
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, result) -> {
                    if (e instanceof IllegalArgumentException || e instanceof UnsupportedByDeviceException) {
                        return error(line, name, e.getMessage());
                    }
                    if (e instanceof NoSuchFileException) {
                        return error(line, name, "there is no file " + e.getMessage() + "; give one that can be read");
                    }
                    throw e;
                })
                .setParameterExceptionHandler((e, arguments) -> error(e.getCommandLine(), name, e.getMessage()));
    }

    private static int error(CommandLine line, String name, String message) {
        line.getErr().println(name + ": " + message + "\n" + name + " --help shows all options.");
        return line.getCommandSpec().exitCodeOnInvalidInput();
    }
}
