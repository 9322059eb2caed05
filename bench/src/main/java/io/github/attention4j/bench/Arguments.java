package io.github.attention4j.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@code bench/run} can be told, and what excludes what. This file needs nothing but a JDK, so that {@code bench/run} can have it
 * judge a command line before anything is installed, built or downloaded; {@link Bench} judges by it as well. A test holds its options
 * against those of {@link Bench}.
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

    private static final Set<String> MODES =
            Set.of("--list", "--cost", "--peers", "--jmh", "--card", "--tune", "--memory", "--decode", "--generate");
    private static final Set<String> SHAPES = Set.of(
            "--batch",
            "--heads",
            "--kv-heads",
            "--length",
            "--query-length",
            "--key-length",
            "--head-dim",
            "--value-dim",
            "--causal");
    static final Map<Kind, List<String>> WORDS = Map.of(
            Kind.FAMILIES, List.of("TILES", "LANES", "MATRIX", "DECODE", "JAVA", "REFERENCE"),
            Kind.GROUPS, List.of("MAIN", "HEADS", "SMALL"),
            Kind.CAUSAL, List.of("YES", "NO", "BOTH"));
    static final Map<String, Kind> OPTIONS = options();

    private final Map<String, List<String>> given = new LinkedHashMap<>();
    private final List<String> others = new ArrayList<>();

    private Arguments(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
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
            if (kind == Kind.NOTHING && value != null) {
                throw new IllegalArgumentException(name + " takes no value, but got '" + value + "'");
            }
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

    private static Map<String, Kind> options() {
        Map<String, Kind> options = new LinkedHashMap<>();
        MODES.forEach(mode -> options.put(mode, mode.equals("--generate") ? Kind.TEXT : Kind.NOTHING));
        SHAPES.forEach(shape -> options.put(shape, shape.equals("--causal") ? Kind.CAUSAL : Kind.INTS));
        Stream.of("--full", "-h", "--help", "--bf16", "--save", "--quick")
                .forEach(name -> options.put(name, Kind.NOTHING));
        Stream.of("--text", "--weights").forEach(name -> options.put(name, Kind.FILE));
        Stream.of("--shared", "--report", "--json").forEach(name -> options.put(name, Kind.TEXT));
        Stream.of("--only").forEach(name -> options.put(name, Kind.TEXTS));
        Stream.of("--rounds", "--tokens").forEach(name -> options.put(name, Kind.INT));
        options.put("--minutes", Kind.NUMBER);
        options.put("--device", Kind.DEVICES);
        options.put("--family", Kind.FAMILIES);
        options.put("--group", Kind.GROUPS);
        return options;
    }

    private static boolean isOption(String word) {
        return word.equals("--") || OPTIONS.containsKey(word.replaceFirst("(?s)=.*", ""));
    }

    private static boolean isWord(Kind kind, String value) {
        return WORDS.get(kind).contains(value.toUpperCase(Locale.ROOT));
    }

    private void add(String name, Kind kind, String value) {
        if (given.containsKey(name) && !kind.isList()) {
            throw new IllegalArgumentException("option '" + name + "' should be specified only once");
        }
        List<String> values = given.computeIfAbsent(name, n -> new ArrayList<>());
        if (value == null) {
            return;
        }
        for (String each : kind.isList() ? value.split(",", -1) : new String[] {value}) {
            check(name, kind, each);
            values.add(each);
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
                                + "\"; --list shows the ids, such as gpu:0, cpu:0, java and reference");
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

    /** The option that was probably meant: the one with the fewest letters changed, if they are few. */
    private static String nearest(String name) {
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

    private boolean has(String... names) {
        return Stream.of(names).anyMatch(given::containsKey);
    }

    private boolean hasShapes() {
        return SHAPES.stream().anyMatch(given::containsKey);
    }

    private List<String> values(String name) {
        return given.getOrDefault(name, List.of());
    }

    /** Asked for, or meant: what somebody wants who names a GPU and nothing else. */
    private boolean isCard() {
        boolean nothingElse =
                MODES.stream().noneMatch(given::containsKey) && !hasShapes() && !has("--family", "--text");
        return has("--card")
                || nothingElse
                        && values("--device").size() == 1
                        && values("--device").get(0).startsWith("gpu:");
    }

    private void checkTogether() {
        boolean timed = isCard() || has("--tune");
        boolean ownData = has("--text");
        require(
                others.isEmpty() || has("--jmh"),
                "only --jmh takes further arguments, but got " + others + "; options start with --");
        require(
                values("--family").stream()
                        .noneMatch(f -> f.equalsIgnoreCase("JAVA") || f.equalsIgnoreCase("REFERENCE")),
                "--family must be LANES, TILES, MATRIX or DECODE, but is " + values("--family")
                        + "; for the others use --device java or --device reference");
        require(
                MODES.stream().filter(given::containsKey).count() <= 1,
                "--list, --cost, --peers, --jmh, --card, --tune, --memory, --decode and --generate"
                        + " exclude one another; give one");
        require(
                has("--peers") || !has("--only", "--group", "--bf16", "--save"),
                "--only, --group, --bf16 and --save are for --peers; add it");
        require(
                !has("--peers") || !ownData && !has("--family"),
                "--peers has data of its own, and the planner chooses; leave out --text and --family");
        require(!has("--group") || !hasShapes(), "--group names shapes, and so do the shape options; give one");
        require(
                has("--generate") || !has("--tokens", "--weights"),
                "--tokens and --weights are for --generate; add it");
        require(
                !has("--generate") || !ownData && !hasShapes(),
                "--generate has a text and shapes of its own; leave out --text and all shape options");
        require(
                !has("--quick") || timed || has("--cost", "--peers", "--decode"),
                "--quick is for --cost, --card, --peers, --tune and --decode; add one of them, or give"
                        + " --length for small shapes");
        require(!has("--minutes") || timed, "--minutes is for --card and --tune; add one of them");
        require(!has("--full") || has("--memory"), "--full is for --memory; add it");
        require(
                !has("--tune") || values("--device").size() <= 1,
                "--tune takes one --device, but got " + values("--device"));
        require(
                !has("--memory", "--decode") || !hasShapes(),
                "--memory and --decode have shapes of their own; leave out all shape options");
        require(
                !has("--card") || values("--device").size() <= 1 && !hasShapes() && !ownData,
                "--card takes one --device, and has shapes of its own; leave out --text and all shape options");
        require(
                !has("--cost") || !hasShapes() && !ownData,
                "--cost has shapes and data of its own; leave out --text and all shape options");
        require(
                !has("--length") || !has("--query-length", "--key-length"),
                "--length sets queries and keys alike, but --query-length or --key-length is given too; give --length, or the"
                        + " other two");
    }

    /** Whether a command line that makes sense asks for a card run. */
    static boolean meansCard(List<String> words) {
        return new Arguments(words).isCard();
    }

    /** What is wrong with a command line, or empty. */
    static String problem(List<String> words) {
        try {
            Arguments arguments = new Arguments(words);
            if (!arguments.has("-h", "--help")) {
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
