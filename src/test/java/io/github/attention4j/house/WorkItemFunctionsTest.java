package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Kernels ask for ids and sizes of dimension 1 or 2 only where every work-item comes by, and never of a computed
 * dimension. A compiler may join the calls in two branches of a choice, such as {@code p ? get_group_id(1) :
 * get_group_id(0)}, into one of a computed dimension; PoCL 7.0 and 7.1 have no function for that and then run no
 * work-item of the kernel. Dimension 0 alone cannot be joined with another, so it is free.
 */
class WorkItemFunctionsTest {
    private static final Path KERNELS = Path.of("kernels");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    private static final Pattern CALL = Pattern.compile(
            "\\bget_(?:group_id|num_groups|local_id|global_id|local_size|global_size|enqueued_local_size|global_offset)\\s*\\(([^()]*)\\)");
    private static final Pattern FUNCTION = Pattern.compile("\\b(\\w+)\\s*\\([^(){};]*\\)\\s*\\{");
    private static final Pattern HEAD = Pattern.compile("\\b(?:__kernel|KERNEL|INLINE)\\b");
    /** What makes a part of a statement run for some work-items only. */
    private static final Pattern CHOICE =
            Pattern.compile("\\?|&&|\\|\\||\\b(?:if|else|for|while|do|switch|case)\\b|\\b(?:UNROLL|NO_UNROLL)\\b");

    @Test
    void kernelsAskForOtherDimensionsOnlyOutsideOfChoices() throws IOException {
        List<String> all = new ArrayList<>();
        Set<String> asking = new TreeSet<>();
        List<Path> files;
        try (Stream<Path> found = Files.walk(KERNELS)) {
            files = found.filter(file -> file.toString().matches(".*\\.clh?"))
                    .sorted()
                    .toList();
        }
        assertTrue(files.size() > 30, "the kernels are not where this test looks: " + KERNELS.toAbsolutePath());
        for (Path file : files) {
            asking.addAll(functionsThatAsk(Files.readString(file)));
        }
        assertTrue(asking.contains("group_place"), asking.toString());
        for (Path file : files) {
            for (String offence : offences(Files.readString(file), asking)) {
                all.add(file + ": " + offence);
            }
        }
        assertEquals(List.of(), all);
    }

    @Test
    void theTestFindsWhatItLooksFor() {
        assertEquals(1, count("const int a = d ? get_group_id(1) : get_group_id(0);"));
        assertEquals(1, count("if (d) p[0] = get_group_id(1); else p[0] = get_group_id(0);"));
        assertEquals(1, count("if (d) { p[0] = get_local_size(2); }"));
        assertEquals(1, count("for (int i = 0; i < n; i += get_num_groups(1)) p[i] = 0;"));
        assertEquals(1, count("const bool a = d && get_global_id(1) == 0;"));
        assertEquals(1, count("p[0] = get_local_id(d);"));
        assertEquals(1, count("const int a = d ? asks() : 0;"), "a function that asks");
        assertEquals(1, count("if (d) {\n} else {\n  int a = get_global_size( 1 );\n}"));
        assertEquals(0, count("const int a = get_group_id(1), b = get_group_id(0); p[0] = d ? a : b;"));
        assertEquals(0, count("if (get_local_id(0) == 0) p[0] = d ? get_global_id(0) : 1; // get_group_id(1) ? 1"));
        assertEquals(0, count("const int a = asks();"));
        assertEquals(Set.of("asks"), functionsThatAsk("INLINE int asks(int d) { return get_group_id(1); }"));
        assertEquals(Set.of(), functionsThatAsk("INLINE int other(int d) { return get_group_id(0); }"));
    }

    private static int count(String body) {
        return offences("__kernel void f(__global int *p, int d) {\n" + body + "\n}\n", Set.of("asks"))
                .size();
    }

    /**
     * Statements of a source that ask for another dimension than 0 in a branch or a loop, or for one that is computed.
     */
    private static List<String> offences(String source, Set<String> asking) {
        List<String> offences = new ArrayList<>();
        for (Statement statement : statements(source)) {
            boolean asks = false;
            boolean isComputed = false;
            Matcher calls = CALL.matcher(statement.text());
            while (calls.find()) {
                asks |= !calls.group(1).trim().equals("0");
                isComputed |= !calls.group(1).trim().matches("[012]");
            }
            for (String function : asking) {
                asks |= Pattern.compile("\\b" + function + "\\s*\\(")
                                .matcher(statement.text())
                                .find()
                        && statement.depth() > 0;
            }
            boolean isChosen =
                    statement.depth() > 1 || CHOICE.matcher(statement.text()).find();
            if (isComputed || asks && isChosen) {
                offences.add(statement.text().strip().replaceAll("\\s+", " "));
            }
        }
        return offences;
    }

    /** The functions, other than kernels, that ask for another dimension than 0. */
    private static Set<String> functionsThatAsk(String source) {
        Set<String> names = new TreeSet<>();
        String current = "";
        for (Statement statement : statements(source)) {
            Matcher function = FUNCTION.matcher(statement.text() + "{");
            if (statement.depth() == 0 && function.find()) {
                current = statement.text().contains("kernel") ? "" : function.group(1);
            }
            Matcher calls = CALL.matcher(statement.text());
            while (calls.find()) {
                if (!calls.group(1).trim().equals("0") && !current.isEmpty()) {
                    names.add(current);
                }
            }
        }
        return names;
    }

    /**
     * A piece of a source between semicolons, braces and the heads of loops.
     *
     * @param depth how many braces are open around it
     */
    private record Statement(String text, int depth) {}

    private static List<Statement> statements(String source) {
        String code = COMMENT.matcher(source).replaceAll(" ");
        List<Statement> statements = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int depth = 0;
        int round = 0;
        for (String line : code.split("\n")) {
            if (line.stripLeading().startsWith("#") && !line.contains("#define")) {
                continue;
            }
            for (char c : (line + "\n").toCharArray()) {
                round += c == '(' ? 1 : c == ')' ? -1 : 0;
                boolean ends = c == '{' || c == '}' || c == ';' && round == 0;
                if (!ends) {
                    text.append(c);
                    continue;
                }
                if (c == '{' && HEAD.matcher(text).find()) {
                    depth = 0; // two heads of one body, of which #if takes one
                }
                statements.add(new Statement(text.toString(), depth));
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                text.setLength(0);
            }
        }
        return statements;
    }
}
