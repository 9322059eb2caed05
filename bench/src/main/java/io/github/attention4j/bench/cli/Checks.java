package io.github.attention4j.bench.cli;

import io.github.attention4j.testing.Verdict;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Everything that was checked in this run, and what of it failed. */
final class Checks {
    private final List<String> failures = new ArrayList<>();
    private int made;

    /** Notes one answer and how good it is; says whether it is good enough. */
    boolean add(String what, Verdict verdict) {
        made++;
        if (!verdict.passed()) {
            failures.add(what + ": " + verdict.fault());
        }
        return verdict.passed();
    }

    /** How it went, in one sentence. */
    String summary() {
        int failed = failures.size();
        return made + " answers were checked, "
                + (failed == 0 ? "all of them right." : failed + " of them were WRONG: " + failures);
    }

    /** Prints how it went, and a line for each that failed. */
    void print(PrintStream out) {
        out.println(summary().replaceFirst(": \\[.*", ":"));
        failures.forEach(failure -> out.println("  WRONG " + failure));
    }

    /** The exit status: 0, or 1 if an answer was wrong. */
    int status() {
        return failures.isEmpty() ? 0 : 1;
    }

    /** The checks that failed, in order. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}
