package io.github.attention4j.bench.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code bench/run} and its commands can be told. This file needs nothing but a JDK, so that {@code bench/run} can
 * have it judge a command line before anything is installed, built or downloaded; {@link Bench} judges by it as well. A
 * test holds its options against those of the commands.
 */
final class Arguments {
    /** What an option takes. */
    enum Kind {
        NOTHING,
        TEXT,
        TEXTS,
        FILE,
        DEVICES,
        INT,
        INTS,
        NUMBER,
        FAMILIES,
        GROUPS,
        /** yes, no, both, or nothing. */
        CAUSAL;

        boolean isList() {
            return this == TEXTS || this == DEVICES || this == INTS || this == FAMILIES || this == GROUPS;
        }
    }

    private static final String SHAPES =
            " --batch --heads --kv-heads --length --query-length --key-length --head-dim --value-dim --causal";
    /** The options of each command; those of the comparison, which has no name, stand first. */
    private static final Map<String, List<String>> COMMANDS = new LinkedHashMap<>();

    static final Map<String, Kind> OPTIONS = new LinkedHashMap<>();
    static final Map<Kind, List<String>> WORDS = Map.of(
            Kind.FAMILIES, List.of("TILES", "LANES", "MATRIX", "DECODE", "JAVA", "REFERENCE"),
            Kind.GROUPS, List.of("MAIN", "HEADS", "SMALL"),
            Kind.CAUSAL, List.of("YES", "NO", "BOTH"));

    static {
        command("", "--text --shared --device --family --rounds --json --report" + SHAPES);
        command("cost", "--device --family --quick --rounds --json --report");
        command("peers", "--device --only --group --bf16 --quick --save --rounds --json --report" + SHAPES);
        command("tune", "--device --family --quick --minutes --json" + SHAPES);
        command("card", "--device --quick --minutes --json --list");
        command("decode", "--device --family --quick --rounds --json --report");
        command("generate", "--device --family --tokens --weights --json");
        command("encode", "");
        command("memory", "--device --full");
        command("jmh", "--device");
        command("list", "");
        kind(Kind.NOTHING, "-h --help --quick --full --bf16 --save --list");
        kind(Kind.FILE, "--text --weights");
        kind(Kind.TEXT, "--shared --report --json");
        kind(Kind.TEXTS, "--only");
        kind(Kind.INT, "--rounds --tokens");
        kind(Kind.NUMBER, "--minutes");
        kind(Kind.DEVICES, "--device");
        kind(Kind.FAMILIES, "--family");
        kind(Kind.GROUPS, "--group");
        kind(Kind.INTS, SHAPES.replace(" --causal", "").trim());
        kind(Kind.CAUSAL, "--causal");
    }

    private final String command;
    private final Map<String, List<String>> given = new LinkedHashMap<>();
    private final List<String> others = new ArrayList<>();
    private boolean hasDashes;

    private Arguments(List<String> words) {
        command = !words.isEmpty() && COMMANDS.containsKey(words.get(0)) ? words.get(0) : "";
        for (int i = command.isEmpty() ? 0 : 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                hasDashes = true;
                others.addAll(words.subList(i + 1, words.size()));
                return;
            }
            if (!word.startsWith("-") || word.equals("-")) {
                others.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            Kind kind = OPTIONS.get(name);
            if (kind == null) {
                throw new IllegalArgumentException("Unknown option: '" + word + "'" + nearest(name));
            }
            String value = equals < 0 ? null : word.substring(equals + 1);
            require(kind != Kind.NOTHING || value == null, name + " takes no value, but got '" + value + "'");
            boolean mayFollow = i + 1 < words.size() && !isOption(words.get(i + 1));
            if (kind != Kind.NOTHING && value == null) {
                if (mayFollow && (kind != Kind.CAUSAL || isWord(kind, words.get(i + 1)))) {
                    value = words.get(++i);
                } else if (kind != Kind.CAUSAL) {
                    throw new IllegalArgumentException("Missing required parameter for option '" + name + "'");
                }
            }
            add(name, kind, value);
        }
    }

    private static void command(String name, String options) {
        COMMANDS.put(name, List.of(("-h --help " + options).trim().split(" +")));
    }

    private static void kind(Kind kind, String options) {
        Stream.of(options.split(" ")).forEach(option -> OPTIONS.put(option, kind));
    }

    /** The options of a command; an empty name stands for the comparison. */
    static List<String> options(String command) {
        return COMMANDS.get(command);
    }

    private static boolean isOption(String word) {
        return word.equals("--") || OPTIONS.containsKey(word.replaceFirst("(?s)=.*", ""));
    }

    private static boolean isWord(Kind kind, String value) {
        return WORDS.get(kind).contains(value.toUpperCase(Locale.ROOT));
    }

    private void add(String name, Kind kind, String value) {
        require(kind.isList() || !given.containsKey(name), "option '" + name + "' should be specified only once");
        List<String> values = given.computeIfAbsent(name, n -> new ArrayList<>());
        if (value != null) {
            for (String each : kind.isList() ? value.split(",", -1) : new String[] {value}) {
                check(name, kind, each);
                values.add(each);
            }
        }
    }

    private static void check(String name, Kind kind, String value) {
        String invalid = "Invalid value for option '" + name + "': ";
        switch (kind) {
            case INT, INTS -> {
                try {
                    require(Integer.parseInt(value) >= 1, name + " must be at least 1, but is " + value);
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(invalid + "'" + value + "' is not an int");
                }
            }
            case NUMBER -> {
                try {
                    require(Double.parseDouble(value) > 0, name + " must be above 0, but is " + value);
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(invalid + "'" + value + "' is not a number");
                }
            }
            case FAMILIES, GROUPS, CAUSAL ->
                require(
                        isWord(kind, value),
                        invalid + "expected one of " + WORDS.get(kind) + " (case-insensitive) but was '" + value + "'");
            case DEVICES ->
                require(
                        value.matches("(gpu|cpu|accelerator):[0-9]+|java|reference"),
                        "there is no device \"" + value
                                + "\"; bench/run list shows the ids, such as gpu:0, cpu:0, java and reference");
            case FILE ->
                require(Files.exists(Path.of(value)), "there is no file " + value + "; give one that can be read");
            default -> {}
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** What was probably meant: a command, or the option with the fewest letters changed, if they are few. */
    private static String nearest(String name) {
        String bare = name.replaceFirst("^-+", "");
        if (COMMANDS.containsKey(bare)) {
            return "; did you mean the command, bench/run " + bare + "?";
        }
        String best = "";
        int fewest = 3;
        for (String option : OPTIONS.keySet()) {
            int changes = changes(name, option);
            if (changes < fewest) {
                fewest = changes;
                best = "; did you mean " + option + "?";
            }
        }
        return best;
    }

    private static int changes(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private boolean has(String name) {
        return given.containsKey(name);
    }

    private boolean hasShapes() {
        return Stream.of(SHAPES.trim().split(" ")).anyMatch(given::containsKey);
    }

    private List<String> values(String name) {
        return given.getOrDefault(name, List.of());
    }

    /** Meant, though not asked for: what somebody wants who names a GPU and nothing else. */
    private boolean isCard() {
        return command.isEmpty()
                && given.size() == 1
                && values("--device").size() == 1
                && values("--device").get(0).startsWith("gpu:");
    }

    private void checkTogether() {
        for (String name : given.keySet()) {
            require(COMMANDS.get(command).contains(name), name + " is for " + commandsWith(name));
        }
        if (command.equals("generate")) {
            require(others.size() == 1, "generate takes one text, in quotes, but got " + others);
        } else if (!command.equals("encode")) {
            boolean isMisplaced = !others.isEmpty() && COMMANDS.containsKey(others.get(0));
            require(
                    others.isEmpty() || command.equals("jmh") && hasDashes,
                    isMisplaced
                            ? "a command stands first: bench/run " + others.get(0)
                            : "only jmh takes further arguments, behind --, but got " + others + "; the commands are "
                                    + names());
        }
        require(
                values("--family").stream()
                        .noneMatch(f -> f.equalsIgnoreCase("JAVA") || f.equalsIgnoreCase("REFERENCE")),
                "--family must be LANES, TILES, MATRIX or DECODE, but is " + values("--family")
                        + "; for the others use --device java or --device reference");
        require(!has("--group") || !hasShapes(), "--group names shapes, and so do the shape options; give one");
        require(
                !List.of("tune", "card").contains(command) || values("--device").size() <= 1,
                command + " takes one --device, but got " + values("--device"));
        require(
                !has("--length") || !has("--query-length") && !has("--key-length"),
                "--length sets queries and keys alike, but --query-length or --key-length is given too; give --length, or the"
                        + " other two");
    }

    private static String names() {
        return COMMANDS.keySet().stream().filter(name -> !name.isEmpty()).collect(Collectors.joining(", "));
    }

    private static String commandsWith(String option) {
        List<String> with = COMMANDS.entrySet().stream()
                .filter(command -> command.getValue().contains(option))
                .map(command -> command.getKey().isEmpty() ? "the comparison" : command.getKey())
                .toList();
        String commands = String.join(", ", with);
        return with.get(0).equals("the comparison")
                ? commands
                : commands + "; name the command first, such as bench/run " + with.get(0) + " " + option;
    }

    /** Whether a command line that makes sense, and names no command, means {@code card}. */
    static boolean meansCard(List<String> words) {
        return new Arguments(words).isCard();
    }

    /** What is wrong with a command line, or empty. */
    static String problem(List<String> words) {
        try {
            Arguments arguments = new Arguments(words);
            if (!arguments.has("-h") && !arguments.has("--help")) {
                arguments.checkTogether();
            }
            return "";
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** Exits with 2, and says why, if the command line makes no sense. */
    public static void main(String[] words) {
        String problem = problem(List.of(words));
        if (!problem.isEmpty()) {
            System.err.println("bench/run: " + problem + "\nbench/run --help shows all options.");
            System.exit(2);
        }
    }
}
