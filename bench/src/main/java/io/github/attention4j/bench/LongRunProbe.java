package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.decode.LongRun;
import io.github.attention4j.bench.decode.LongRun.Growth;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Long runs in a fresh JVM, whose heap is all in use from the start: if the process grows, what grew is not Java's. */
final class LongRunProbe {
    private static final String PREFIX = "native objects, heap bytes, resident bytes, error: ";
    private static final List<String> FLAGS = List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch");

    private LongRunProbe() {}

    /** So many steps on a device, with each of these kernel families, or if there are none with the planner's choice. */
    static List<Growth> run(String device, int steps, List<KernelFamily> families) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(device, Integer.toString(steps)));
        families.forEach(family -> arguments.add(family.name()));
        String printed = ChildJvm.run(LongRunProbe.class, FLAGS, Map.of(), arguments);
        ChildJvm.after(PREFIX, printed); // at least one line
        return printed.lines()
                .filter(line -> line.startsWith(PREFIX))
                .map(line -> line.substring(PREFIX.length()).split(" "))
                .map(figures -> new Growth(
                        device,
                        steps,
                        Long.parseLong(figures[0]),
                        Double.parseDouble(figures[1]),
                        Long.parseLong(figures[2]),
                        Double.parseDouble(figures[3])))
                .toList();
    }

    /** Arguments: the device, the steps, and perhaps kernel families. */
    public static void main(String[] arguments) {
        List<KernelFamily> families =
                Arrays.stream(arguments).skip(2).map(KernelFamily::valueOf).toList();
        try (Engines engines = Engines.open(List.of(arguments[0]), families)) {
            for (AttentionEngine engine : engines.all()) {
                Growth growth = LongRun.run(engine, Integer.parseInt(arguments[1]));
                System.out.println(PREFIX + growth.natives() + " " + growth.heapBytes() + " " + growth.residentBytes()
                        + " " + growth.error());
            }
        }
    }
}
