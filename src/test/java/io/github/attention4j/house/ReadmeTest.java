package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the README and the pages behind it say is there: the programs that they quote ({@link ExamplesTest} runs them),
 * commands, files and headings. They stay short enough to be read.
 */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path PAGES = Path.of("src/site/markdown");
    private static final Path EXAMPLES = Path.of("src/examples/java");
    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern COMMAND =
            Pattern.compile("\\b(?:native-test|bench)/(?:run|setup|bundle|distribution)\\b");
    private static final Pattern BENCH_COMMAND = Pattern.compile("bench/run [a-z]+");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]+))?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    /** A class, or a file of kernels. */
    private static final Pattern NAME = Pattern.compile("`(?:[\\w-]+/)*([A-Z][A-Za-z]*[a-z][A-Za-z]*|\\w+\\.clh?)`");

    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
    /** A path from the root, as "/etc/OpenCL/vendors"; not the end of "bench/run" or of an address. */
    private static final Pattern ABSOLUTE_PATH =
            Pattern.compile("(?<![\\w/.:<>)}])/[A-Za-z][\\w.-]*(?:/[\\w.-]*)*|[A-Z]:\\\\\\w+");

    @Test
    void theFirstExampleIsAWholeProgramToPaste() throws IOException {
        String block = blocks(README).get(0);
        String program = Files.readString(EXAMPLES.resolve("io/github/attention4j/examples/First.java"));
        assertEquals(program, "package io.github.attention4j.examples;\n\n" + block);
    }

    @Test
    void javaIsQuotedFromProgramsThatRun() throws IOException {
        List<String> programs = new ArrayList<>();
        for (Path file : filesBelow(EXAMPLES, ".java")) {
            programs.add(Files.readString(file));
        }
        List<Path> pages = pages();
        pages.removeAll(artifacts()); // their own tests see to that
        for (Path page : pages) {
            for (String block : blocks(page)) {
                assertTrue(
                        programs.stream().anyMatch(program -> program.contains(block)),
                        page + " has a block that is part of no program in " + EXAMPLES + ":\n" + block);
            }
        }
    }

    @Test
    void theDependencyIsThisVersion() throws IOException {
        List<Path> pages = artifacts();
        pages.add(README);
        for (Path page : pages) {
            assertEquals(versionIn(Path.of("pom.xml")), versionIn(page), page::toString);
        }
    }

    @Test
    void theReadmeIsShort() throws IOException {
        int lines = Files.readAllLines(README).size();
        assertTrue(lines <= 160, lines + " lines; what goes deeper has a page in " + PAGES);
    }

    @Test
    void theCommandsAreThereAndCanBeRun() throws IOException {
        Set<String> commands = new TreeSet<>();
        for (Path page : pages()) {
            COMMAND.matcher(Files.readString(page)).results().forEach(command -> commands.add(command.group()));
        }
        assertTrue(commands.containsAll(List.of("bench/run", "native-test/run")), "both commands are named");
        List<String> missing = commands.stream()
                .filter(command -> !Files.isExecutable(Path.of(command)))
                .toList();
        assertEquals(List.of(), missing, "not there, or not executable");
    }

    @Test
    void theBenchKnowsTheCommandsThatAreNamed() throws IOException {
        String help = Files.readString(Path.of("bench/help.txt"));
        Set<String> unknown = new TreeSet<>();
        for (Path page : pages()) {
            BENCH_COMMAND
                    .matcher(Files.readString(page))
                    .results()
                    .map(MatchResult::group)
                    .filter(command -> !help.contains("Usage: " + command + " ")
                            && !Files.isExecutable(Path.of(command.replace("run ", "")))) // bench/bundle
                    .forEach(command -> unknown.add(page + ": " + command));
        }
        assertEquals(Set.of(), unknown);
    }

    @Test
    void linksLeadToFilesAndHeadingsThatAreThere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (MatchResult link : links(page)) {
                Path file = target(page, link);
                boolean isBroken = !Files.exists(file)
                        || link.group(2) != null && !anchors(file).contains(link.group(2));
                if (isBroken) {
                    broken.add(page + ": " + link.group());
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void pagesThatSayHowToAddSomethingNameClassesAndFilesThatAreThere() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String root : List.of("src", "kernels", "bench/src")) {
            filesBelow(Path.of(root), "")
                    .forEach(file -> names.add(file.getFileName().toString()));
        }
        List<String> missing = new ArrayList<>();
        for (Path page : filesBelow(PAGES, ".md")) {
            if (page.getFileName().toString().startsWith("add-")) {
                NAME.matcher(Files.readString(page))
                        .results()
                        .map(name -> name.group(1))
                        .map(name -> name.contains(".") ? name : name + ".java")
                        .filter(name -> !names.contains(name))
                        .forEach(name -> missing.add(page + ": " + name));
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void everyPageIsLinkedFromTheIndex() throws IOException {
        Path index = PAGES.resolve("index.md");
        Set<Path> linked =
                links(index).stream().map(link -> target(index, link)).collect(Collectors.toSet());
        List<Path> lost = filesBelow(PAGES, ".md").stream()
                .filter(page -> !page.equals(index) && !linked.contains(page))
                .toList();
        assertEquals(List.of(), lost);
    }

    @Test
    void noPathOfSomebodysOwnMachineIsNamed() throws IOException {
        List<String> paths = new ArrayList<>();
        for (Path page : pages()) {
            ABSOLUTE_PATH
                    .matcher(Files.readString(page))
                    .results()
                    .map(MatchResult::group)
                    .filter(path -> !path.startsWith("/etc/") && !path.startsWith("/usr/"))
                    .forEach(path -> paths.add(page + ": " + path));
        }
        assertEquals(List.of(), paths);
    }

    /** Everything written for readers of this repository. */
    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(
                README,
                Path.of("kernels/README.md"),
                Path.of("native-test/README.md"),
                Path.of("bench/README.md"),
                Path.of("bench/results/README.md")));
        pages.addAll(filesBelow(PAGES, ".md"));
        pages.addAll(filesBelow(Path.of(".github"), ".md"));
        pages.addAll(artifacts());
        return pages;
    }

    /** The pages of what is built on the library. */
    private static List<Path> artifacts() {
        return Stream.of("djl", "langchain4j", "spark", "spring-ai", "transformer")
                .map(artifact -> Path.of("src", artifact, "README.md"))
                .collect(Collectors.toList());
    }

    private static List<Path> filesBelow(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> blocks(Path page) throws IOException {
        return JAVA_BLOCK
                .matcher(Files.readString(page))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static List<MatchResult> links(Path page) throws IOException {
        return LINK.matcher(Files.readString(page)).results().toList();
    }

    private static Path target(Path page, MatchResult link) {
        Path here = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
        return here.normalize();
    }

    /** The headings of a page as addresses within it, as GitHub makes them. */
    private static Set<String> anchors(Path page) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String versionIn(Path file) throws IOException {
        return VERSION.matcher(Files.readString(file))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }
}
