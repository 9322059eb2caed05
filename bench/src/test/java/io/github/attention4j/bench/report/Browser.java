package io.github.attention4j.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A browser that is asked how a page lies on a screen as wide as a telephone's; not every machine has one. */
public final class Browser {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final int SECONDS = 120;
    private static final Pattern ANSWER = Pattern.compile("<pre id=\"answer\">(\\d+);(.*?)</pre>");
    /**
     * A page in a frame of that width, since no window is that narrow, so high that no scroll bar takes of it, and a
     * script that measures it.
     */
    private static final String FRAME = """
            <!DOCTYPE html><meta charset="utf-8">
            <iframe style="width:%dpx;height:60000px;border:0" srcdoc="%s"></iframe>
            <pre id="answer"></pre>
            <script>
            const frame = document.querySelector("iframe");
            frame.addEventListener("load", () => {
              const page = frame.contentDocument;
              const out = [...page.querySelectorAll("body *")].filter(element =>
                  !element.closest(".scroll *") && element.getBoundingClientRect().right > %d);
              document.querySelector("#answer").textContent = page.documentElement.scrollWidth + ";"
                  + out.map(element => element.tagName + "." + element.className).join(" ");
            });
            </script>
            """;

    private Browser() {}

    /** Fails if the page can be scrolled sideways, or something outside of what scrolls by itself is cut off. */
    public static void assertFits(String page, Path folder) {
        Optional<Path> program = program();
        assumeTrue(program.isPresent(), "none of " + NAMES + " is on the path");
        Matcher answer = ask(program.get(), page, folder);
        assertEquals("", answer.group(2), "what sticks out of " + Telephone.WIDTH + " pixels");
        assertEquals(Telephone.WIDTH, Integer.parseInt(answer.group(1)), "the page's width");
    }

    private static Optional<Path> program() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Matcher ask(Path program, String page, Path folder) {
        try {
            Path frame = Files.writeString(
                    folder.resolve("frame.html"), FRAME.formatted(Telephone.WIDTH, Html.escape(page), Telephone.WIDTH));
            Path output = folder.resolve("output.html");
            Process browser = new ProcessBuilder(
                            program.toString(),
                            "--headless",
                            "--no-sandbox", // which root cannot have; the page is ours
                            "--disable-gpu",
                            "--user-data-dir=" + folder.resolve("profile"),
                            "--dump-dom",
                            frame.toUri().toString())
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertTrue(browser.waitFor(SECONDS, TimeUnit.SECONDS), "the browser does not end");
            Matcher answer = ANSWER.matcher(Files.readString(output));
            assertTrue(answer.find(), "the browser measured nothing");
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
