package io.github.attention4j.bench.cli;

import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How many rounds, and where the findings go. */
final class Output {
    private static final int ROUNDS = 10;
    private static final int QUICK_ROUNDS = 3;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds of timing (10, of peers 5; with --quick 3 and 2).")
    Integer rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    Path json;

    @Option(names = "--report", paramLabel = "DIR", description = "Folder for the HTML report (bench/target/report).")
    Path report = Path.of(System.getProperty("bench.target", "target"), "report");

    int rounds(boolean quick) {
        return rounds != null ? rounds : quick ? QUICK_ROUNDS : ROUNDS;
    }

    /** Writes the page, and the figures if they are asked for; says so. */
    void write(Report findings, String page, PrintStream out) throws IOException {
        out.println("\n" + findings.write(report, page) + " is the report.");
        if (json != null) {
            JsonFile.write(json, findings.json());
            out.println(json + " has the figures.");
        }
    }
}
