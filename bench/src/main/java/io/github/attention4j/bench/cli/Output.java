package io.github.attention4j.bench.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/** How much is measured, and where the findings go, as the options say. */
final class Output {
    private static final double QUICK_MINUTES = 2;
    private static final int ROUNDS = 10;
    private static final int QUICK_ROUNDS = 3;

    private Output() {}

    /** The rounds asked for, or what is usual. */
    static int rounds(Arguments arguments) {
        return arguments.number("--rounds", arguments.has("--quick") ? QUICK_ROUNDS : ROUNDS);
    }

    /** The minutes asked for, or what it takes otherwise. */
    static double minutes(Arguments arguments, double otherwise) {
        return arguments.has("--minutes")
                ? Double.parseDouble(arguments.text("--minutes"))
                : arguments.has("--quick") ? QUICK_MINUTES : otherwise;
    }

    /** The folder for what the bench makes. */
    static String target() {
        return System.getProperty("bench.target", "target");
    }

    /** Writes the page, and the figures if they are asked for; says so. */
    static void write(Arguments arguments, Report findings, String page, PrintStream out) throws IOException {
        Path folder = arguments.has("--report") ? arguments.path("--report") : Path.of(target(), "report");
        out.println("\n" + findings.write(folder, page) + " is the report.");
        writeJson(arguments, findings.json(), out);
    }

    /**
     * Writes Markdown and figures to where results are kept, named after date and processor, if that is asked for; says
     * so.
     *
     * @param what comes behind these in the name, or empty
     */
    static void save(Arguments arguments, Machine machine, Report findings, String what, PrintStream out)
            throws IOException {
        if (arguments.has("--save")) {
            Path folder = Path.of(System.getProperty("bench.results", "results"));
            String name = LocalDate.now() + "-" + machine.processorName() + (what.isEmpty() ? "" : "-" + what);
            JsonFile.write(folder.resolve(name + ".json"), findings.json());
            Path markdown = Files.writeString(folder.resolve(name + ".md"), findings.markdown());
            out.println(markdown + " and the .json beside it are saved.");
        }
    }

    /** Writes the figures if they are asked for; says so. */
    static void writeJson(Arguments arguments, ObjectNode figures, PrintStream out) throws IOException {
        if (arguments.has("--json")) {
            JsonFile.write(arguments.path("--json"), figures);
            out.println(arguments.path("--json") + " has the figures.");
        }
    }
}
