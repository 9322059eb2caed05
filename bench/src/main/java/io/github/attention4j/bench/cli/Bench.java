package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.bench.jmh.JmhRun;
import io.github.attention4j.examples.models.Encode;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** The command line of {@code bench/run}: the comparison, and commands for other things. */
public final class Bench {
    private static final int WRONG_ARGUMENTS = 2;

    private Bench() {}

    /** Starts it. */
    public static void main(String[] words) {
        System.exit(run("bench/run", List.of(words), System.err));
    }

    /**
     * Does what the words say; the exit status. What makes no sense is told in one line.
     *
     * @param name what it is called by
     */
    static int run(String name, List<String> words, PrintStream errors) {
        String problem;
        try {
            Arguments arguments = Arguments.of(words);
            String help = arguments.help(name);
            if (help == null) {
                return run(arguments);
            }
            System.out.print(help);
            return 0;
        } catch (IllegalArgumentException | UnsupportedByDeviceException e) {
            problem = e.getMessage();
        } catch (NoSuchFileException e) {
            problem = "there is no file " + e.getMessage() + "; give one that can be read";
        } catch (Exception e) {
            e.printStackTrace(errors);
            return 1;
        }
        errors.println(name + ": " + problem + "\n" + name + " --help shows all options.");
        return WRONG_ARGUMENTS;
    }

    private static int run(Arguments arguments) throws Exception {
        List<String> devices = arguments.texts("--device");
        switch (arguments.command()) {
            case "cost":
                return new CostCommand(arguments).run();
            case "functions":
                return new FunctionsCommand(arguments).run(System.out);
            case "peers":
                return new PeersCommand(arguments).run();
            case "speed":
                return new SpeedCommand(arguments).run(System.out);
            case "embed":
                return new EmbedCommand(arguments).run(System.out);
            case "tune":
                return new TuneCommand(arguments).run();
            case "card":
                return CardCommand.run(arguments);
            case "decode":
                return new DecodeCommand(arguments).run(System.out);
            case "generate":
                return new GenerateCommand(arguments).run(System.out);
            case "several":
                return new SeveralCommand().run(System.out);
            case "train":
                return new TrainCommand(arguments).run(System.out);
            case "encode":
                Encode.main(arguments.others().toArray(String[]::new));
                return 0;
            case "memory":
                JmhRun.memory(devices, arguments.has("--full") ? List.of("16384", "131072") : List.of("16384"));
                return 0;
            case "jmh":
                JmhRun.run(devices, arguments.others());
                return 0;
            case "list":
                AttentionEngine.devices().forEach(device -> System.out.println(device.describe()));
                return 0;
            default:
                return new CompareCommand(arguments).run(System.out);
        }
    }
}
