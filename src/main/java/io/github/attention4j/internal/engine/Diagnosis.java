package io.github.attention4j.internal.engine;

import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.Folders;
import io.github.attention4j.internal.Obstacle;
import io.github.attention4j.internal.disk.CacheFolder;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import io.github.attention4j.internal.opencl.OpenClReport;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * What this machine has for OpenCL. Put together so that nothing keeps it from an answer: each line may fail by itself,
 * and no class that has a logger is touched, for the logger's own jar may be what is missing.
 *
 * @param text for people, many lines
 * @param hasDevice whether an OpenCL device can be used
 */
public record Diagnosis(String text, boolean hasDevice) {

    /** Looks at everything. */
    public static Diagnosis make() {
        Lines lines = new Lines();
        lines.add("attention4j", Diagnosis::library);
        lines.add("Java", Diagnosis::java);
        lines.add("system", Diagnosis::system);
        lines.add("Vector API", () -> MicroKernels.best().describe());
        lines.add("log", Logging::describe);
        lines.add("temporary folder", () -> folder(Path.of(System.getProperty("java.io.tmpdir"))));
        lines.add("program cache", Diagnosis::programCache);
        boolean hasDevice = false;
        try {
            OpenClReport report = OpenClReport.make();
            report.lines().forEach((name, text) -> lines.add(name, () -> text));
            hasDevice = report.hasDevice();
            lines.add("result", () -> result(report));
        } catch (RuntimeException | LinkageError e) {
            lines.add("result", () -> "pure Java because looking for devices failed: " + e);
        }
        return new Diagnosis(lines.text.toString().stripTrailing(), hasDevice);
    }

    private static String result(OpenClReport report) {
        if (report.hasDevice()) {
            return "AttentionEngine.open() uses " + report.best() + obstacles(report, "\nnot used: ");
        }
        return "pure Java" + obstacles(report, "\nbecause ");
    }

    private static String obstacles(OpenClReport report, String word) {
        StringBuilder text = new StringBuilder();
        for (Obstacle obstacle : report.obstacles()) {
            text.append(word).append(obstacle.cause()).append("\nwhat to do: ").append(obstacle.remedy());
        }
        return text.toString();
    }

    private static String library() {
        Module module = Diagnosis.class.getModule();
        String version = module.isNamed()
                ? module.getDescriptor().rawVersion().orElse(null)
                : Diagnosis.class.getPackage().getImplementationVersion();
        return (version == null ? "of unknown version" : version) + " on the " + (module.isNamed() ? "module" : "class")
                + " path";
    }

    private static String java() {
        return Runtime.version() + ", " + System.getProperty("java.vm.name") + " (" + System.getProperty("java.vendor")
                + ") in " + System.getProperty("java.home");
    }

    private static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " on "
                + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, user " + System.getProperty("user.name")
                + " with home " + System.getProperty("user.home") + ", locale " + Locale.getDefault() + ", text in "
                + Charset.defaultCharset() + ", file names in " + System.getProperty("sun.jnu.encoding");
    }

    private static String programCache() {
        Optional<String> problem = CacheFolder.problemByDefault();
        if (problem.isPresent()) {
            return "none, because " + problem.get();
        }
        Optional<Path> folder = EngineOptions.defaults().cacheDirectory();
        return folder.isPresent() ? folder(folder.get()) : "none";
    }

    private static String folder(Path folder) {
        String obstacle = Folders.obstacle(folder, 1 << 20);
        return folder
                + (obstacle != null ? ", which " + obstacle : "")
                + (Folders.forbidsPrograms(folder) ? " (mounted with noexec)" : "");
    }

    /** Apart, because SLF4J may not be there. */
    private static final class Logging {
        static String describe() {
            ILoggerFactory factory = LoggerFactory.getILoggerFactory();
            return factory instanceof NOPLoggerFactory
                    ? "no SLF4J provider, so warnings of this library are lost; add one, such as org.slf4j:slf4j-simple"
                    : factory.getClass().getName();
        }
    }

    /** Names and texts in two columns. */
    private static final class Lines {
        private static final int INDENT = 18;
        private final StringBuilder text = new StringBuilder();

        void add(String name, Supplier<String> line) {
            String content;
            try {
                content = line.get();
            } catch (NoClassDefFoundError e) {
                content = "not there: " + e.getMessage().replace('/', '.');
            } catch (RuntimeException | LinkageError e) {
                content = "not known: " + e;
            }
            text.append(name).append(" ".repeat(Math.max(1, INDENT - name.length())));
            text.append(content.strip().replace("\n", "\n" + " ".repeat(INDENT)))
                    .append('\n');
        }
    }
}
