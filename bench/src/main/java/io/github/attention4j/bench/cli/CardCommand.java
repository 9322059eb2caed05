package io.github.attention4j.bench.cli;

import io.github.attention4j.Device;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What somebody with a card can do for the project; by itself also the command line of the bundle that
 * {@code bench/bundle} makes.
 */
@Command(
        name = "card",
        sortOptions = false,
        usageHelpWidth = 110,
        abbreviateSynopsis = true,
        description =
                "Checks every kernel on an OpenCL device (the best one), tunes its tiles, measures, and writes one file to send in, named"
                        + " after the device; in 20 minutes.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:every answer was right",
            "1:a check failed; which is printed",
            "2:the command line makes no sense"
        })
public final class CardCommand implements Callable<Integer> {
    private static final double MINUTES = 20;

    @Mixin
    private final Help help = new Help();

    @Mixin
    private final DeviceChoice devices = new DeviceChoice();

    @Mixin
    private final Extent extent = new Extent();

    @Option(names = "--list", description = "List the devices instead.")
    private boolean list;

    /** Starts it without the rest of the bench. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new CardCommand()).setCommandName("./run");
        System.exit(Bench.withPlainErrors(line, "./run").execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (list) {
            return new ListCommand().call();
        }
        Device device = devices.openCl("card", "; install the driver of your card, or PoCL to try it on the CPU");
        return new CardRun(device, extent.quick, extent.minutes(MINUTES), file(device), System.out).run();
    }

    /** Where the findings go: a file named after the device, unless another is asked for. */
    private Path file(Device device) {
        String name = device.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return extent.json != null
                ? extent.json
                : Path.of(
                        System.getProperty("bench.target", "target"), "card-" + name.replaceAll("^-|-$", "") + ".json");
    }
}
