package io.github.attention4j.bench.report;

import io.github.attention4j.Device;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where results come from: without this a time means nothing.
 *
 * @param devices the devices that took part, best first
 * @param commit which version was measured
 */
public record Machine(List<Device> devices, String commit) {
    /** This machine; the commit is what the start script says it is. */
    public static Machine here(List<Device> devices) {
        return new Machine(List.copyOf(devices), System.getProperty("bench.commit", "unknown"));
    }

    /** Names and values for people. */
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processor", processor() + ", " + Runtime.getRuntime().availableProcessors() + " logical");
        facts.put("system", property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
        facts.put("JDK", property("java.version") + ", " + property("java.vendor"));
        facts.put("commit", commit);
        facts.put("date", LocalDate.now().toString());
        for (Device device : devices) {
            facts.put(
                    "device " + device.id(), device.name() + ", " + device.platform() + ", driver " + device.driver());
        }
        return facts;
    }

    /** Prints them. */
    public void print(PrintStream out) {
        facts().forEach((name, value) -> out.printf("%-17s %s%n", name, value));
    }

    /** The processor's name as part of a file's name. */
    public String processorName() {
        return processor()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    /** Linux keeps the processor's name here; elsewhere its architecture has to do. */
    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(property("os.arch"));
        } catch (IOException e) {
            return property("os.arch");
        }
    }
}
