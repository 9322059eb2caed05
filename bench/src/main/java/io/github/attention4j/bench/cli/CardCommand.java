package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What somebody with a card can do for the project; by itself also the command line of the bundle that
 * {@code bench/bundle} makes.
 */
public final class CardCommand {
    private static final double MINUTES = 20;

    private CardCommand() {}

    /** Starts it without the rest of the bench. */
    public static void main(String[] words) {
        List<String> all = Stream.concat(Stream.of("card"), Stream.of(words)).toList();
        System.exit(Bench.run("./run", all, System.err));
    }

    static int run(Arguments arguments) throws IOException {
        if (arguments.has("--list")) {
            AttentionEngine.devices().forEach(device -> System.out.println(device.describe()));
            return 0;
        }
        Device device = Engines.openCl(arguments, "; install the driver of your card, or PoCL to try it on the CPU");
        Path file = arguments.has("--json") ? arguments.path("--json") : named(device);
        return new CardRun(device, arguments.has("--quick"), Output.minutes(arguments, MINUTES), file, System.out)
                .run();
    }

    /** Where the findings go unless another file is asked for. */
    private static Path named(Device device) {
        String name = device.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return Path.of(Output.target(), "card-" + name.replaceAll("^-|-$", "") + ".json");
    }
}
