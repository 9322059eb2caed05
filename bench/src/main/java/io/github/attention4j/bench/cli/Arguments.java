package io.github.attention4j.bench.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command line of {@code bench/run}. Which commands there are, and which options each has, is what {@code help.txt}
 * shows. This file needs nothing else but a JDK, so that {@code bench/run} can have it judge a command line before
 * anything is installed, built or downloaded.
 */
final class Arguments {
    private static final Pattern USAGE = Pattern.compile("Usage: bench/run ([a-z]*)(?s:.*)");
    private static final Pattern OPTION =
            Pattern.compile("(?m)^ +(?:-h, )?(--[a-z0-9-]+)(\\[)?(?:=([^\\s\\[\\]]+))?(\\[,)?");
    private static final List<String> SHAPES =
            List.of("--batch --heads --kv-heads --length --query-length --key-length --head-dim --value-dim --causal"
                    .split(" "));
    /** The help of each command; that of the comparison, which has no name, stands first. */
    private static final Map<String, String> HELP = new LinkedHashMap<>();
    /** The options of each command by name. */
    private static final Map<String, Map<String, Option>> COMMANDS = new LinkedHashMap<>();

    private static final Map<String, Option> ALL = new LinkedHashMap<>();

    /**
     * An option.
     *
     * @param value what the help shows for its value, such as {@code N} or {@code main|heads|small}; null if it has
     *     none
     * @param isList whether it takes several values
     * @param mayBeAlone whether it can go without
     */
    private record Option(String value, boolean isList, boolean mayBeAlone) {
        List<String> words() {
            return value != null && value.contains("|")
                    ? List.of(value.toUpperCase(Locale.ROOT).split("\\|"))
                    : List.of();
        }

        boolean isWord(String given) {
            return words().contains(given.toUpperCase(Locale.ROOT));
        }
    }

    static {
        for (String block : read().split("\n(?=Usage: )")) {
            Matcher usage = USAGE.matcher(block);
            require(usage.matches(), "help.txt should begin with the usage");
            Map<String, Option> options = new LinkedHashMap<>(Map.of("-h", new Option(null, false, false)));
            for (Matcher m = OPTION.matcher(block); m.find(); ) {
                options.put(m.group(1), new Option(m.group(3), m.group(4) != null, m.group(2) != null));
            }
            HELP.put(usage.group(1), block);
            COMMANDS.put(usage.group(1), options);
            ALL.putAll(options);
        }
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
            Option option = ALL.get(name);
            require(option != null, "Unknown option: '" + word + "'" + nearest(name));
            String value = equals < 0 ? null : word.substring(equals + 1);
            require(option.value() != null || value == null, name + " takes no value, but got '" + value + "'");
            if (option.value() != null && value == null) {
                boolean follows = i + 1 < words.size() && !isOption(words.get(i + 1));
                if (follows && (!option.mayBeAlone() || option.isWord(words.get(i + 1)))) {
                    value = words.get(++i);
                } else {
                    require(option.mayBeAlone(), "Missing required parameter for option '" + name + "'");
                }
            }
            add(name, option, value);
        }
    }

    /**
     * A command line that makes sense.
     *
     * @throws IllegalArgumentException saying what is wrong if it does not
     */
    static Arguments of(List<String> words) {
        Arguments arguments = new Arguments(words);
        if (!arguments.has("-h") && !arguments.has("--help")) {
            arguments.checkTogether();
        }
        return arguments;
    }

    private static String read() {
        try (InputStream in = Arguments.class.getResourceAsStream("/help.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOption(String word) {
        return word.equals("--") || ALL.containsKey(word.replaceFirst("(?s)=.*", ""));
    }

    private void add(String name, Option option, String value) {
        require(option.isList() || !given.containsKey(name), "option '" + name + "' should be specified only once");
        List<String> values = given.computeIfAbsent(name, n -> new ArrayList<>());
        if (value != null) {
            for (String each : option.isList() ? value.split(",", -1) : new String[] {value}) {
                check(name, option, each);
                values.add(each);
            }
        }
    }

    private static void check(String name, Option option, String value) {
        String invalid = "Invalid value for option '" + name + "': ";
        if (name.equals("--family") && List.of("JAVA", "REFERENCE").contains(value.toUpperCase(Locale.ROOT))) {
            throw new IllegalArgumentException("--family must be LANES, TILES, MATRIX or DECODE, but is [" + value
                    + "]; for the others use --device java or --device reference");
        }
        require(
                option.words().isEmpty() || option.isWord(value),
                invalid + "expected one of " + option.words() + " (case-insensitive) but was '" + value + "'");
        if (name.equals("--minutes")) {
            require(value.matches("-?[0-9]*[.]?[0-9]+"), invalid + "'" + value + "' is not a number");
            require(Double.parseDouble(value) > 0, name + " must be above 0, but is " + value);
        } else if (option.value().equals("N")) {
            require(value.matches("-?[0-9]{1,9}"), invalid + "'" + value + "' is not an int");
            require(Integer.parseInt(value) >= 1, name + " must be at least 1, but is " + value);
        } else if (name.equals("--linear")) {
            require(
                    value.matches("[1-9][0-9]{0,6}x[1-9][0-9]{0,6}x[1-9][0-9]{0,6}"),
                    invalid + "expected rows x features in x features out, such as 128x384x1536, but was '" + value
                            + "'");
        } else if (option.value().equals("ID")) {
            require(
                    value.matches("(gpu|cpu|accelerator):[0-9]+|java|reference"),
                    "there is no device \"" + value
                            + "\"; bench/run list shows the ids, such as gpu:0, cpu:0, java and reference");
        } else if (List.of("--text", "--weights").contains(name)) {
            require(Files.exists(Path.of(value)), "there is no file " + value + "; give one that can be read");
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
        for (String option : ALL.keySet()) {
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

    private void checkTogether() {
        for (String name : given.keySet()) {
            require(COMMANDS.get(command).containsKey(name), name + " is for " + commandsWith(name));
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
                                    + names(COMMANDS.keySet().stream().skip(1)));
        }
        require(!has("--group") || !hasShapes(), "--group names shapes, and so do the shape options; give one");
        require(
                !List.of("tune", "card").contains(command) || texts("--device").size() <= 1,
                command + " takes one --device, but got " + texts("--device"));
        require(!has("--type") || has("--linear"), "--type is of linear layers; give --linear too");
        for (String name : given.keySet()) {
            require(
                    !has("--linear")
                            || List.of("--linear", "--type", "--device").contains(name),
                    "--linear takes --type and --device alone, but " + name + " is given too");
        }
        require(
                !has("--length") || !has("--query-length") && !has("--key-length"),
                "--length sets queries and keys alike, but --query-length or --key-length is given too; give --length, or the"
                        + " other two");
    }

    private static String names(Stream<String> commands) {
        return commands.map(name -> name.isEmpty() ? "the comparison" : name).collect(Collectors.joining(", "));
    }

    private static String commandsWith(String option) {
        List<String> with = COMMANDS.keySet().stream()
                .filter(command -> COMMANDS.get(command).containsKey(option))
                .toList();
        return names(with.stream())
                + (with.get(0).isEmpty()
                        ? ""
                        : "; name the command first, such as bench/run " + with.get(0) + " " + option);
    }

    /** The command; empty for the comparison. Who names a GPU and nothing else wants {@code card}. */
    String command() {
        boolean isCard = command.isEmpty()
                && given.size() == 1
                && texts("--device").size() == 1
                && text("--device").startsWith("gpu:");
        return isCard ? "card" : command;
    }

    /**
     * The help, if that is asked for, else null.
     *
     * @param name what the bench is called by, or the bundle that has but one of its commands
     */
    String help(String name) {
        String help = HELP.get(command);
        return !has("-h") && !has("--help")
                ? null
                : name.equals("bench/run") ? help : help.replace("bench/run " + command, name);
    }

    /** What an option of the command may be, in capitals, where that is one of some words. */
    static List<String> words(String option) {
        return ALL.get(option).words();
    }

    /** All options that there are. */
    static List<String> options() {
        return List.copyOf(ALL.keySet());
    }

    boolean has(String name) {
        return given.containsKey(name);
    }

    boolean hasShapes() {
        return SHAPES.stream().anyMatch(this::has);
    }

    /** What was given for an option; nothing if it was not. */
    List<String> texts(String name) {
        return given.getOrDefault(name, List.of());
    }

    /** The only value of an option, or null. */
    String text(String name) {
        return texts(name).isEmpty() ? null : texts(name).get(0);
    }

    Path path(String name) {
        return has(name) ? Path.of(text(name)) : null;
    }

    int number(String name, int otherwise) {
        return has(name) ? Integer.parseInt(text(name)) : otherwise;
    }

    /** The words that are no options. */
    List<String> others() {
        return List.copyOf(others);
    }

    /** Exits with 2, and says why, if the command line makes no sense. */
    public static void main(String[] words) {
        try {
            of(List.of(words));
        } catch (IllegalArgumentException e) {
            System.err.println("bench/run: " + e.getMessage() + "\nbench/run --help shows all options.");
            System.exit(2);
        }
    }
}
