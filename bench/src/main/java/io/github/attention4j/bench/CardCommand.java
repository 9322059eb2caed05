package io.github.attention4j.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line of the bundle that {@code bench/bundle} makes: {@code bench/run --card}, and nothing that needs more. */
@Command(
        name = "./run",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Checks every kernel of attention4j on an OpenCL device, tunes their tiles, measures, and writes one file to send in.",
            "Needs nothing but the device's driver."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:every answer was right",
            "1:a check failed; which is printed",
            "2:the command line makes no sense"
        })
public final class CardCommand implements Callable<Integer> {
    @Mixin
    private final CardOptions options = new CardOptions();

    @Option(names = "--list", description = "List the devices instead.")
    private boolean list;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /** Starts it. */
    public static void main(String[] arguments) {
        System.exit(Complaints.of(new CommandLine(new CardCommand()), "./run").execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (list) {
            AttentionEngine.devices().forEach(device -> System.out.println(device.describe()));
            return 0;
        }
        return new CardRun(options, System.out).run();
    }
}
